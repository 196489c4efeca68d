"""Everything the use cases of segments work with; built in `app.py`."""

from dataclasses import dataclass

from bezkart.kit.clock import Clock
from bezkart.kit.live import LiveUpdates
from services.segments.store import Guests, Shops, Snapshots, SweepGuard


@dataclass(frozen=True, slots=True)
class Segments:
    guests: Guests
    snapshots: Snapshots
    shops: Shops
    live: LiveUpdates
    sweeps: SweepGuard
    clock: Clock
