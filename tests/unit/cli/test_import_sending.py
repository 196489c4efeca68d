"""Row keys, packing into requests, and what is sent."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.cli.imports.keys import keyed
from bezkart.cli.imports.lanes import IN_FLIGHT, pack, send_chains
from bezkart.cli.imports.reading import Purchase, Visitor

START = datetime(2024, 1, 1, tzinfo=UTC)
PURCHASES = st.builds(
    Purchase,
    line=st.integers(1, 10**6),
    visitor=st.builds(Visitor, card=st.sampled_from("ABC"), phone=st.none()),
    at=st.integers(0, 3).map(lambda hours: START + timedelta(hours=hours)),
    amount=st.sampled_from([None, 0, 3870]),
    item=st.sampled_from([None, "Latte"]),
    cups=st.integers(1, 2),
    text=st.just(""),
)


def keys(purchases: list[Purchase]) -> list[str]:
    return [key for _, _, key in keyed((purchase.visitor.card or "", purchase) for purchase in purchases)]


@given(st.lists(PURCHASES, max_size=30), st.randoms(use_true_random=False))
def test_keys_tell_all_rows_apart_and_do_not_depend_on_their_order(rows: list[Purchase], chance: random.Random) -> None:
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    assert len(set(keys(rows))) == len(rows)
    assert set(keys(shuffled)) == set(keys(rows))


@given(st.lists(PURCHASES, max_size=15), st.lists(PURCHASES, max_size=15))
def test_a_longer_export_keeps_the_keys_it_had(rows: list[Purchase], later: list[Purchase]) -> None:
    assert set(keys(rows)) <= set(keys(rows + later))


def test_keys_stay_as_they_are() -> None:
    """A changed key would double every history that was imported before."""
    purchase = Purchase(2, Visitor("A", None), START, 3870, "Latte", 1, "")
    assert keys([purchase, purchase]) == [
        "842666901a1bbb2d5409f2c2d15a59efad5f13e0d362d38f508a15d1f36cfc03",
        "5fb97f2aa149f14a04858c5d0affe758f3cf6246a28ce9799443f6a39a2637f1",
    ]


@given(st.lists(st.integers(1, 40), max_size=60))
def test_packing_keeps_groups_whole_and_batches_small(sizes: list[int]) -> None:
    groups = [[group] * size for group, size in enumerate(sizes)]
    chains = pack(groups, size=10)
    assert Counter(item for chain in chains for batch in chain for item in batch) == Counter(dict(enumerate(sizes)))
    assert all(1 <= len(batch) <= 10 for chain in chains for batch in chain)
    home = {item: place for place, chain in enumerate(chains) for batch in chain for item in batch}
    assert all(home[item] == place for place, chain in enumerate(chains) for batch in chain for item in batch)
    small = [chain for chain in chains if len(chain) == 1]
    assert len(small) <= 2 * sum(map(len, (batch for chain in small for batch in chain))) / 10 + 1


def test_the_batches_of_a_chain_go_in_order() -> None:
    lock, sent = Lock(), []

    def send(batch: list[int]) -> None:
        with lock:
            sent.extend(batch)

    send_chains([[[1], [2], [3]], [[10]], [[20], [21]]], send)
    assert sorted(sent) == [1, 2, 3, 10, 20, 21]
    assert [item for item in sent if item < 10] == [1, 2, 3]


def test_the_first_failure_stops_the_rest() -> None:
    sent = []

    def send(batch: list[int]) -> None:
        sent.append(batch)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        send_chains([[[1]] * 100] * 100, send)
    assert len(sent) <= IN_FLIGHT
