"""The limits as a provider keeps them: token buckets, and the penalty that follows when they are overrun."""

from collections import deque
from time import monotonic
from typing import Final

_FORGET_ABOVE: Final = 50_000
GRACE_SECONDS: Final = 0.2
"""What arrives so soon after a 429 was already on its way; it is counted by itself."""


class Buckets:
    """A bucket per key: `per_second` in the long run, `burst` at once."""

    def __init__(self) -> None:
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str, *, per_second: float, burst: float) -> bool:
        now = monotonic()
        level, since = self._levels.get(key, (burst, now))
        level = min(burst, level + (now - since) * per_second)
        taken = level >= 1
        self._levels[key] = (level - 1 if taken else level, now)
        if len(self._levels) > _FORGET_ABOVE:
            self._levels = {each: kept for each, kept in self._levels.items() if now - kept[1] < 10}
        return taken


class Penalties:
    """Who was told to wait, until when, and who called all the same."""

    def __init__(self) -> None:
        self._until: dict[str, tuple[float, float]] = {}
        self.told = 0
        self.in_flight = 0
        self.violations = 0

    def tell(self, key: str, seconds: float) -> None:
        now = monotonic()
        self._until[key] = (now, now + seconds)
        self.told += 1

    def remaining(self, key: str) -> float:
        """Seconds a caller must still wait; asking is calling, so a call within them is counted."""
        since, until = self._until.get(key, (0.0, 0.0))
        now = monotonic()
        if now >= until:
            self._until.pop(key, None)
            return 0.0
        if now - since <= GRACE_SECONDS:
            self.in_flight += 1
        else:
            self.violations += 1
        return until - now

    def shown(self) -> dict[str, int]:
        return {"told": self.told, "in_flight": self.in_flight, "violations": self.violations}


class Rates:
    """Deliveries a second, as they were: the best and the mean of the last minutes."""

    def __init__(self) -> None:
        self._seconds: deque[tuple[int, int]] = deque(maxlen=600)

    def count(self) -> None:
        second = int(monotonic())
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1] = (second, self._seconds[-1][1] + 1)
        else:
            self._seconds.append((second, 1))

    def shown(self) -> dict[str, float]:
        """Whole seconds only: the first and the last are cut short."""
        inner = list(self._seconds)[1:-1]
        if not inner:
            return {"seconds": 0, "mean": 0.0, "most": 0}
        span = inner[-1][0] - inner[0][0] + 1
        return {
            "seconds": span,
            "mean": sum(count for _, count in inner) / span,
            "most": max(count for _, count in inner),
        }
