"""What must always be true of feedback (F92)."""

from datetime import timedelta
from typing import Final

from bezkart.kit.invariants import Finding
from services.feedback.usecases.collaborators import Feedback

LATE: Final = timedelta(minutes=10)


async def check_asking(service: Feedback) -> list[Finding]:
    """No guest waits for a decision that the sweep should have made long ago."""
    overdue = await service.agenda.overdue(service.clock.now() - LATE, "ask")
    return [Finding("questions that are overdue", overdue, "shops", ok=overdue == 0)]
