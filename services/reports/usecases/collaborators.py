"""Everything the use cases of reports work with; built in `app.py`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bezkart.kit.clock import Clock
from bezkart.kit.glossary import Glossary
from services.reports.store.days import Days
from services.reports.store.facts import Facts
from services.reports.store.places import Places
from services.reports.store.shops import Shops

Painter = Callable[[dict[str, Any]], Awaitable[bytes]]
"""Draws a Vega-Lite definition as a PNG. Raises PictureNotDrawn."""


@dataclass(frozen=True, slots=True)
class Reports:
    """`grace`: how long after closing the daily report leaves; `caught_up` says whether no events wait in the queues.

    `touched`: shops in which days may wait to be computed.
    """

    facts: Facts
    days: Days
    places: Places
    shops: Shops
    glossary: Glossary
    paint: Painter
    clock: Clock
    grace: timedelta
    caught_up: Callable[[], Awaitable[bool]]
    touched: set[str] = field(default_factory=set)
