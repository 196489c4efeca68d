"""While a backup is made no outbox is cleared, and everything that was cleared before has been handled.

So at the moment of the backup each event is either still in its outbox or in the stores of all who read it; what lies in the
broker is needed for nothing. After a restore the outboxes are published again, and readers know what they have seen.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pymongo import MongoClient

from bezkart.cli.backup.broker import STATISTICS_SECONDS, Broker
from bezkart.cli.failures import CommandFailed

DATABASE: Final = "bezkart"
"""Of the system as a whole; the publisher of each process looks there once a second (`bezkart.kit.bus.publisher`)."""
SEEN_SECONDS: Final = 2.0
LONGEST: Final = timedelta(minutes=10)


@contextmanager
def outboxes_kept(
    client: "MongoClient[dict[str, Any]]", broker: Broker, *, namespace: str, patience: float
) -> Iterator[None]:
    """The block runs when all is handled that may not be in an outbox. Raises CommandFailed when that does not come."""
    holds = client[f"{namespace}{DATABASE}"]["holds"]
    until = datetime.now(UTC) + LONGEST
    holds.update_one({"_id": "keep-outboxes"}, {"$set": {"until": until}}, upsert=True)
    try:
        time.sleep(SEEN_SECONDS + STATISTICS_SECONDS)
        _wait_until_handled(broker, time.monotonic() + patience)
        yield
    finally:
        holds.delete_one({"_id": "keep-outboxes"})


def _wait_until_handled(broker: Broker, late: float) -> None:
    """What waits now, in each queue; what comes later is in an outbox. Anew, while something is on its way to be tried again."""
    while True:
        queues = broker.events()
        waiting = {name: queue.waiting for name, queue in queues.items() if queue.waiting}
        astray = _astray(waiting)
        if waiting:
            _wait_for(waiting, broker, late)
        if not astray and not _astray({name for name, queue in broker.events().items() if queue.waiting}):
            return


def _wait_for(waiting: dict[str, int], broker: Broker, late: float) -> None:
    """Queues are worked through in turn: as many handled as were waiting, and these are among them."""
    time.sleep(STATISTICS_SECONDS)
    before = broker.events()
    while waiting:
        now = broker.events()
        waiting = {
            name: count
            for name, count in waiting.items()
            if now[name].waiting and now[name].handled - before[name].handled < count
        }
        if waiting and time.monotonic() > late:
            names = ", ".join(f"{name} ({count})" for name, count in sorted(waiting.items()))
            raise CommandFailed(f"Events wait that nobody handles, so no backup would be whole: {names}.")
        if waiting:
            time.sleep(0.5)


def _astray(names: Iterable[str]) -> bool:
    return any(".retry." in name or name.endswith(".dead") for name in names)
