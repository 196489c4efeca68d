"""`/api/v1/program`: the conditions, as the owner wrote them and every guest is told."""

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kit.auth import Owner, RoleRequired, Staff, Unauthenticated, Visitor
from bezkart.kit.problems import documented
from services.purchases.api.caller import Service, actor
from services.purchases.domain.errors import ProgramChangedMeanwhile, ProgramInvalid
from services.purchases.domain.program import (
    DEFAULT_TIERS,
    Guards,
    Mode,
    Points,
    Program,
    Tier,
    TierName,
    Words,
    check_program,
)
from services.purchases.usecases.change_program import change_program
from services.purchases.usecases.describe_program import Reading, describe_program

MAX_MONEY: Final = 100_000_000

Minor = Annotated[int, Field(ge=0, le=MAX_MONEY, strict=True)]
GiftWords = Annotated[str, Field(min_length=2, max_length=80)]

router = APIRouter(prefix="/api/v1/program", tags=["program"], responses=documented(Unauthenticated, RoleRequired))


class TierBody(BaseModel):
    """`rate` in hundredths of a percent."""

    model_config = ConfigDict(extra="forbid")

    tier: TierName
    spend: Minor
    rate: Annotated[int, Field(ge=0, le=10_000, strict=True)]


class PointsBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tiers: Annotated[list[TierBody], Field(min_length=1, max_length=3)] = [
        TierBody(tier=tier.tier, spend=tier.spend, rate=tier.rate) for tier in DEFAULT_TIERS
    ]
    max_share: Annotated[int, Field(ge=0, le=100, strict=True)] = 50
    valid_days: Annotated[int, Field(ge=7, le=1095, strict=True)] = 365
    warn_days: Annotated[int, Field(ge=0, le=60, strict=True)] = 7
    welcome: Minor = 0
    birthday: Minor = 0
    referral_friend: Minor = 0
    referral_referrer: Minor = 0

    def points(self) -> Points:
        tiers = tuple(Tier(tier.tier, tier.spend, tier.rate) for tier in self.tiers)
        return Points(**{**self.model_dump(), "tiers": tiers})


class GuardsBody(BaseModel):
    """0 switches a guard off."""

    model_config = ConfigDict(extra="forbid")

    minutes_between: Annotated[int, Field(ge=0, le=1440, strict=True)] = 0
    cups_a_day: Annotated[int, Field(ge=0, le=1000, strict=True)] = 0
    purchases_a_day: Annotated[int, Field(ge=0, le=1000, strict=True)] = 0
    flag_purchases: Annotated[int, Field(ge=0, le=1000, strict=True)] = 5


class ProgramBody(BaseModel):
    """`version` is the one that was looked at; without it the change is made whatever it is by now."""

    model_config = ConfigDict(extra="forbid")

    cups_per_gift: Annotated[int, Field(ge=2, le=50, strict=True)]
    gift: GiftWords
    gift_en: Annotated[str, Field(max_length=80)] = ""
    operations_shown: Annotated[int, Field(ge=1, le=50, strict=True)] = 15
    undo_minutes: Annotated[int, Field(ge=0, le=120, strict=True)] = 15
    mode: Mode = "stamps"
    points: PointsBody = PointsBody()
    guards: GuardsBody = GuardsBody()
    version: Annotated[int | None, Field(ge=0, le=MAX_MONEY, strict=True)] = None

    def program(self) -> Program:
        plain = self.model_dump(include={"cups_per_gift", "gift", "gift_en", "operations_shown", "undo_minutes"})
        guards = Guards(**self.guards.model_dump())
        return Program(**plain, mode=self.mode, points=self.points.points(), guards=guards)


class Preview(BaseModel):
    """What a guest will read, by language."""

    ru: Reading
    en: Reading


class Conditions(BaseModel):
    """What a guest may know of the program; `conditions` are the words told at registration, by language."""

    mode: Mode
    cups_per_gift: int
    gift: Words
    conditions: Words


@router.get("/mine")
async def mine(caller: Visitor, service: Service) -> Conditions:
    """The program in a guest's words, also before registering."""
    program = await service.programs.current(caller.shop)
    said = {language: each.conditions for language, each in describe_program(program, caller.currency).items()}
    return Conditions(
        mode=program.mode, cups_per_gift=program.cups_per_gift, gift=program.gift_words, conditions=Words(**said)
    )


@router.get("")
async def current(caller: Staff, service: Service) -> Program:
    """The program in force."""
    return await service.programs.current(caller.shop)


@router.put("", responses=documented(ProgramInvalid, ProgramChangedMeanwhile))
async def change(body: ProgramBody, caller: Owner, service: Service) -> Program:
    """Change the program; an open stamp card ends under the rules it began with (F16)."""
    return await change_program(
        body.program(),
        expected=body.version,
        shop=caller.shop,
        currency=caller.currency,
        actor=actor(caller),
        programs=service.programs,
        clock=service.clock,
    )


@router.post("/preview", responses=documented(ProgramInvalid))
async def preview(body: ProgramBody, caller: Owner) -> Preview:
    """The words a guest will read if the program is saved like this. Changes nothing."""
    program = body.program()
    check_program(program)
    readings = describe_program(program, caller.currency)
    return Preview(ru=readings["ru"], en=readings["en"])
