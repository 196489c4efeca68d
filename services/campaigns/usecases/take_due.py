"""The tick: whatever is due in any shop is given to a worker, and nothing depends on one having survived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bezkart.kernel.errors import VersionConflict
from bezkart.kit.agenda import Due
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.fire_triggers import fire_triggers, next_due
from services.campaigns.usecases.launch_mailing import LEASE, finish_if_settled

MAILINGS: Final = 50
BATCHES: Final = 40
"""A tick takes so many at most: what urgent has to be done comes between them."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something for a worker: a mailing to launch or a batch to send."""

    shop: str
    id: str


@dataclass(frozen=True, slots=True)
class Jobs:
    launches: Sequence[Job]
    batches: Sequence[Job]


async def take_due(service: Campaigns) -> Jobs:
    """Two ticks at a time do no harm: what both take is done once. Triggers come first: what they say goes in batches as well."""
    await fire_triggers(service)
    now = service.clock.now()
    launches = [job for due in await service.agenda.due("mailings", now) for job in await _mailings(due, now, service)]
    batches = [job for due in await service.agenda.due("batches", now) for job in await _batches(due, now, service)]
    return Jobs(launches, batches)


async def look_everywhere(service: Campaigns) -> None:
    """Note what is due in every shop: a crash may have left it out of the agenda."""
    for shop in await service.guests.shops():
        await service.agenda.mark(shop, "mailings", await service.mailings.next_due(shop))
        await service.agenda.mark(shop, "batches", await service.batches.next_due(shop))
        await service.agenda.mark(shop, "triggers", await next_due(shop, service))


async def _mailings(due: Due, now: datetime, service: Campaigns) -> list[Job]:
    """Launches; a launch under way whose lease has ended begins anew; what is sending may be over."""
    launches = []
    for mailing in await service.mailings.due(due.shop, now, MAILINGS):
        try:
            if mailing.state == "sending":
                await finish_if_settled(due.shop, mailing, service)
            else:
                launches.append(Job(due.shop, mailing.id))
        except VersionConflict:
            continue  # it moves anyway
    following = await service.mailings.next_due(due.shop)
    if launches and following is not None:
        following = max(
            following, now + timedelta(seconds=5)
        )  # they are given to a worker: no need to ask every second
    await service.agenda.settle(due, "mailings", following)
    return launches


async def _batches(due: Due, now: datetime, service: Campaigns) -> list[Job]:
    taken = await service.batches.take_due(due.shop, now, lease=now + LEASE, limit=BATCHES)
    await service.agenda.settle(due, "batches", await service.batches.next_due(due.shop))
    return [Job(due.shop, each) for each in taken]
