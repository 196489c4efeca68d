"""When a provider is left alone and when it is tried again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.breaker import BreakerRules, Circuit, State

RULES = BreakerRules()


def after(circuit: Circuit, now: float, *, succeeded: int = 0, failed: int = 0) -> Circuit:
    return circuit.counted(now, RULES, succeeded=succeeded, failed=failed, reason="http-502")


def opened(now: float = 0.0) -> Circuit:
    return after(Circuit(), now, failed=RULES.streak)


class TestOpening:
    def test_failures_one_after_another(self) -> None:
        circuit = Circuit()
        for _ in range(RULES.streak - 1):
            circuit = after(circuit, 1.0, failed=1)
        assert circuit.state is State.CLOSED

        circuit = after(circuit, 1.0, failed=1)

        assert (circuit.state, circuit.since, circuit.until) == (State.OPEN, 1.0, 1.0 + RULES.pause)
        assert circuit.reason == "http-502"

    def test_a_success_between_breaks_the_row(self) -> None:
        circuit = after(Circuit(), 1.0, failed=RULES.streak - 1)
        circuit = after(circuit, 2.0, succeeded=1)
        assert after(circuit, 3.0, failed=RULES.streak - 1).state is State.CLOSED

    def test_too_large_a_share_of_many_calls(self) -> None:
        circuit = Circuit()
        for second in range(9):
            circuit = after(circuit, float(second), succeeded=1, failed=1)
        assert circuit.state is State.CLOSED
        assert after(circuit, 9.0, succeeded=1, failed=1).state is State.OPEN

    def test_a_small_share_never_opens(self) -> None:
        circuit = Circuit()
        for second in range(1000):
            circuit = after(circuit, second / 10, succeeded=3, failed=1)
            assert circuit.state is State.CLOSED

    def test_old_failures_are_forgotten(self) -> None:
        circuit = after(Circuit(), 0.0, succeeded=1, failed=2)
        circuit = after(circuit, 1.0, succeeded=1, failed=2)
        later = after(circuit, 1.0 + RULES.window, succeeded=10, failed=1)
        assert (later.calls, later.failures, later.state) == (11, 1, State.CLOSED)

    def test_a_refusal_opens_at_once_and_for_longer(self) -> None:
        circuit = Circuit().refused(5.0, RULES, reason="no-money")
        assert (circuit.state, circuit.until, circuit.reason) == (State.OPEN, 5.0 + RULES.refused_pause, "no-money")


class TestProbing:
    def test_not_before_the_pause_is_over(self) -> None:
        circuit = opened()
        assert not circuit.may_probe(RULES.pause - 0.1)
        assert circuit.may_probe(RULES.pause)

    def test_one_at_a_time_until_the_prober_is_taken_for_dead(self) -> None:
        probing = opened().probing(10.0, RULES)
        assert not probing.may_probe(10.0 + RULES.probe - 0.1)
        assert probing.may_probe(10.0 + RULES.probe)

    def test_success_closes_with_a_clean_slate(self) -> None:
        circuit = opened().probing(10.0, RULES).probed(11.0, RULES, failure=None)
        assert (circuit.state, circuit.streak, circuit.failures, circuit.since) == (State.CLOSED, 0, 0, 11.0)

    def test_failure_doubles_the_pause_up_to_a_limit(self) -> None:
        circuit, now, pauses = opened(), 0.0, []
        for _ in range(6):
            now = circuit.until
            circuit = circuit.probing(now, RULES).probed(now, RULES, failure="timeout")
            pauses.append(circuit.until - now)
        assert pauses == [10.0, 20.0, 40.0, 60.0, 60.0, 60.0]
        assert circuit.since == 0.0

    def test_a_closed_circuit_is_not_probed(self) -> None:
        assert not Circuit().may_probe(1e9)

    def test_the_answer_of_a_prober_long_given_up_changes_nothing_once_closed(self) -> None:
        closed = replace(Circuit(), since=3.0)
        assert closed.probed(4.0, RULES, failure="timeout") == closed


class TestLateNews:
    @pytest.mark.parametrize("state", [State.OPEN, State.PROBING])
    def test_calls_that_began_before_it_opened_tell_nothing_new(self, state: State) -> None:
        circuit = replace(opened(), state=state)
        assert after(circuit, 1.0, succeeded=3, failed=9) == circuit


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.floats(0, 30)), max_size=60))
def test_whatever_comes_an_open_circuit_can_be_probed_again(calls: list[tuple[int, int, float]]) -> None:
    circuit, now = Circuit(), 0.0
    for succeeded, failed, pause in calls:
        now += pause
        circuit = after(circuit, now, succeeded=succeeded, failed=failed)
        assert circuit.failures <= circuit.calls
        if circuit.state is State.OPEN:
            assert circuit.until - now <= RULES.longest_pause
            circuit = circuit.probing(circuit.until, RULES).probed(circuit.until, RULES, failure=None)
            now = circuit.since
            assert circuit.state is State.CLOSED
