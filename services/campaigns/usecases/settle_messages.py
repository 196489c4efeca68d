"""What became of the messages (F34): a guest whom nothing reached is free for the next, and whose bot is blocked is known for it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from bezkart.contracts.notifications import CampaignMessageSettled
from services.campaigns.domain.batch import Ref
from services.campaigns.domain.guest import Guest
from services.campaigns.store.responses import End
from services.campaigns.usecases.announce import announce
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.learn_guests import Lesson, learn_guests

DEAD: Final = frozenset({"bot-blocked", "chat-not-found"})
"""What notifications calls it when Telegram does not reach the guest any more."""


async def settle_messages(shop: str, ends: Sequence[CampaignMessageSettled], service: Campaigns) -> None:
    """In any order and any number. Raises VersionConflict: the batch is handled again."""
    await service.responses.settle(shop, map(_end, ends))
    unreached: dict[str, list[str]] = defaultdict(list)
    for end in ends:
        if end.outcome != "delivered":
            unreached[_run(end.campaign)].append(end.guest_id)
    for run, guest_ids in unreached.items():
        await service.marks.take_back(shop, run, guest_ids)
    await learn_guests(shop, [lesson for end in ends for lesson in _lessons(end)], service)
    for campaign_id in {Ref.parse(end.campaign).id for end in ends if end.campaign.startswith("mailing:")}:
        await announce(shop, campaign_id, service)


def _end(end: CampaignMessageSettled) -> End:
    return End(end.key, end.outcome, end.at if end.outcome == "delivered" else None)


def _run(campaign: str) -> str:
    """`<kind>:<id>:<run>` of `<kind>:<id>:<run>:<variant>`."""
    return campaign.rpartition(":")[0]


def _lessons(end: CampaignMessageSettled) -> list[Lesson]:
    """Only what says something about Telegram; who is reachable as before is not written anew."""
    if end.reason in DEAD:
        return [Lesson(end.guest_id, lambda guest: _learned(guest, end, dead=True))]
    if end.channel == "telegram" and end.outcome == "delivered":
        return [Lesson(end.guest_id, lambda guest: _learned(guest, end, dead=False))]
    return []


def _learned(guest: Guest, end: CampaignMessageSettled, *, dead: bool) -> Guest:
    return guest if guest.telegram_dead == dead else guest.learn_telegram(end.at, dead=dead)
