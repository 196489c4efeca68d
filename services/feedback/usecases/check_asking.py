"""What must always be true of feedback (F92)."""

from datetime import timedelta
from typing import Final

from bezkart.kit.invariants import Finding
from services.feedback.usecases.collaborators import Feedback

LATE: Final = timedelta(minutes=10)


async def check_asking(service: Feedback) -> list[Finding]:
    """No guest waits for a decision that the sweep should have made long ago."""
    before = service.clock.now() - LATE
    overdue = sum([await service.guests.overdue(shop, before) for shop in await service.guests.shops()])
    return [Finding("questions that are overdue", overdue, "guests", ok=overdue == 0)]
