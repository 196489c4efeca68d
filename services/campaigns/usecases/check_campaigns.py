"""What must always be true of campaigns (F92)."""

from datetime import timedelta
from typing import Final

from bezkart.kit.invariants import Finding
from services.campaigns.usecases.collaborators import Campaigns

LATE: Final = timedelta(minutes=10)


async def check_campaigns(service: Campaigns) -> list[Finding]:
    """Nothing waits that the clock should have taken up long ago: nobody beats, or nobody works."""
    overdue = await service.agenda.overdue(service.clock.now() - LATE, "mailings", "batches", "triggers")
    return [Finding("campaigns that are overdue", overdue, "shops", ok=overdue == 0)]
