"""A few requests at once: what belongs together stays in one request, or goes in requests one after another."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event
from typing import Final, TypeVar

IN_FLIGHT: Final = 4
BATCH: Final = 500

Item = TypeVar("Item")


def pack(groups: Iterable[Sequence[Item]], *, size: int = BATCH) -> list[list[list[Item]]]:
    """Chains of batches of at most `size` items; the batches of a chain must go one after another.

    Groups are kept whole. One that is larger than a batch gets a chain of its own; such chains come first, as they take
    longest.
    """
    chains: list[list[list[Item]]] = []
    open_batch: list[Item] = []
    for group in sorted(groups, key=len, reverse=True):
        if len(group) > size:
            chains.append([list(group[at : at + size]) for at in range(0, len(group), size)])
        elif len(open_batch) + len(group) <= size:
            open_batch.extend(group)
        else:
            chains.append([open_batch])
            open_batch = list(group)
    return [*chains, [open_batch]] if open_batch else chains


def send_chains(chains: Sequence[Sequence[list[Item]]], send: Callable[[list[Item]], None]) -> None:
    """Send every batch, IN_FLIGHT chains at once. At the first failure or Ctrl-C the requests in flight end, no other begins."""
    stop = Event()

    def run(chain: Sequence[list[Item]]) -> None:
        for batch in chain:
            if stop.is_set():
                return
            try:
                send(batch)
            except BaseException:
                stop.set()  # here and now: who waits for the results below may hear of it many batches later
                raise

    with ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="lane") as pool:
        try:
            for done in as_completed([pool.submit(run, chain) for chain in chains]):
                done.result()
        except BaseException:
            stop.set()
            raise
