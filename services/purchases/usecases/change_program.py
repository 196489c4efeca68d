"""The owner changes the conditions (F16): a new version, told to everybody who tells guests."""

from dataclasses import replace

from bezkart.contracts.accounts import Tier
from bezkart.contracts.purchases import ProgramChanged
from bezkart.kit.clock import Clock
from services.purchases.domain.errors import ProgramChangedMeanwhile
from services.purchases.domain.operation import Actor
from services.purchases.domain.program import Program, check_program
from services.purchases.store.programs import Programs
from services.purchases.usecases.describe_program import describe_program
from services.purchases.usecases.events import actor_fact


async def change_program(
    wanted: Program, *, expected: int | None, shop: str, currency: str, actor: Actor, programs: Programs, clock: Clock
) -> Program:
    """The program in force from now on. `expected` is the version the owner looked at, None whatever it is.

    Raises ProgramInvalid, ProgramChangedMeanwhile.
    """
    check_program(wanted)
    present = await programs.fresh(shop)
    if expected is not None and expected != present.version:
        raise ProgramChangedMeanwhile(version=present.version)
    now = clock.now()
    program = replace(wanted, version=present.version + 1, changed_at=now)
    points = program.points
    event = ProgramChanged(
        shop=shop,
        version=program.version,
        mode=program.mode,
        cups_per_gift=program.cups_per_gift,
        gift={"ru": program.gift_words.ru, "en": program.gift_words.en},
        tiers=tuple(Tier(tier=tier.tier, spend=tier.spend, rate=tier.rate) for tier in points.tiers),
        max_share=points.max_share,
        valid_days=points.valid_days,
        warn_days=points.warn_days,
        welcome=points.welcome,
        birthday=points.birthday,
        referral_friend=points.referral_friend,
        referral_referrer=points.referral_referrer,
        conditions={language: reading.conditions for language, reading in describe_program(program, currency).items()},
        at=now,
        actor=actor_fact(actor),
    )
    await programs.save(shop, program, event, at=now)
    return program
