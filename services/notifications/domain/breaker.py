"""When a provider is left alone, and when it is tried again (F43): the rules of one circuit, without clock or store.

closed → open: `streak` failures one after another, or a share of failures among enough calls of a window; at once when the provider
refuses us as such (no money, wrong token). open → probing: the pause is over and somebody asks on purpose, one at a time.
probing → closed, or open again for twice as long.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """Times in seconds. A prober that has not answered after `probe` is taken for dead, and another may try."""

    streak: int = 3
    share: float = 0.5
    least_calls: int = 20
    window: float = 20.0
    pause: float = 5.0
    longest_pause: float = 60.0
    refused_pause: float = 30.0
    probe: float = 15.0


@dataclass(frozen=True, slots=True)
class Circuit:
    """`until`: end of the pause, or of the probe under way. `since`: when the state began. Moments in seconds of one clock."""

    state: State = State.CLOSED
    since: float = 0.0
    until: float = 0.0
    reason: str = ""
    pause: float = 0.0
    streak: int = 0
    window_began: float = 0.0
    calls: int = 0
    failures: int = 0

    def may_probe(self, now: float) -> bool:
        """The pause is over, or the prober never came back."""
        return self.state is not State.CLOSED and now >= self.until

    def probing(self, now: float, rules: BreakerRules) -> "Circuit":
        """Somebody tries on behalf of all."""
        return replace(self, state=State.PROBING, until=now + rules.probe)

    def counted(self, now: float, rules: BreakerRules, *, succeeded: int, failed: int, reason: str) -> "Circuit":
        """After calls of which the failed ones came last; what arrives when the circuit is open tells nothing new."""
        if self.state is not State.CLOSED or succeeded + failed == 0:
            return self
        fresh = now - self.window_began >= rules.window
        calls = (0 if fresh else self.calls) + succeeded + failed
        failures = (0 if fresh else self.failures) + failed
        streak = failed + (0 if succeeded else self.streak) if failed else 0
        counted = replace(
            self,
            streak=streak,
            calls=calls,
            failures=failures,
            window_began=now if fresh else self.window_began,
        )
        too_many = calls >= rules.least_calls and failures >= rules.share * calls
        return counted.opened(now, rules.pause, reason) if failed and (streak >= rules.streak or too_many) else counted

    def refused(self, now: float, rules: BreakerRules, *, reason: str) -> "Circuit":
        """The provider takes nothing from us until somebody acts."""
        return self if self.state is State.OPEN else self.opened(now, rules.refused_pause, reason)

    def probed(self, now: float, rules: BreakerRules, *, failure: str | None) -> "Circuit":
        """The end of a probe: None is a success."""
        if self.state is State.CLOSED:
            return self
        if failure is None:
            return Circuit(since=now, window_began=now)
        return self.opened(now, min(rules.longest_pause, 2 * self.pause or rules.pause), failure)

    def opened(self, now: float, pause: float, reason: str) -> "Circuit":
        since = now if self.state is State.CLOSED else self.since
        return Circuit(state=State.OPEN, since=since, until=now + pause, reason=reason, pause=pause)
