"""What notifications keeps: `messages` and `guests` (with the staff) in each shop's database, `programs` and `templates` in its own.

The agenda is in Redis.
"""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from bezkart.kit.documents import OUTBOX_INDEX
from bezkart.kit.rotation import Shelf

MESSAGES: Final = "messages"
GUESTS: Final = "guests"
KEPT_SECONDS: Final = 180 * 24 * 3600

INDEXES: Final = {
    MESSAGES: (
        OUTBOX_INDEX,
        IndexModel("due_at", name="due", partialFilterExpression={"due_at": {"$exists": True}}),
        IndexModel([("guest_id", ASCENDING), ("created_at", DESCENDING)], name="guest"),
        IndexModel("created_at", name="kept", expireAfterSeconds=KEPT_SECONDS),
    ),
    GUESTS: (
        IndexModel("role", name="staff", partialFilterExpression={"role": {"$exists": True}}),
        IndexModel("browsers.id", name="browsers", partialFilterExpression={"browsers.id": {"$exists": True}}),
    ),
}

SEALED: Final = (
    Shelf(GUESTS, ("phone", "telegram")),
    Shelf(MESSAGES, ("sealed_phone",)),
    Shelf(MESSAGES, ("text",), only={"secret": True}),
)
"""What lies there under the contact keys; only what changes is written of a message, so its revision may stay."""
