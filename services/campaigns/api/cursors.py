"""Places in lists that are sorted by a moment and an id, newest first."""

import base64
import binascii
from datetime import UTC, datetime

from bezkart.kernel.calendar import EARLIEST_MOMENT
from services.campaigns.domain.errors import CursorUnknown


def cursor(moment: datetime, id_: str) -> str:
    """The place of this line."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{id_}".encode()).decode()


def position(text: str | None) -> tuple[datetime, str] | None:
    """The inverse; None for the beginning. Raises CursorUnknown."""
    if text is None:
        return None
    try:
        moment, _, id_ = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError, binascii.Error):
        raise CursorUnknown from None
    if not id_ or at < EARLIEST_MOMENT:
        raise CursorUnknown
    return at, id_
