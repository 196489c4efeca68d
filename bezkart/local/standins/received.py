"""What each address has received: the last few to look at, and how often each text came, to find lost and doubled ones."""

from collections import Counter, OrderedDict, deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from time import time
from typing import Any, Final

_NOTES_KEPT: Final = 50
_ADDRESSES_KEPT: Final = 2000
_REPEATS_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Note:
    """`kind`: `message`, `push`, or `sent` for what the guest said."""

    id: str
    text: str
    at: float
    kind: str = "message"
    extra: Mapping[str, Any] = field(default_factory=dict)


class Received:
    """`version` grows with every change, so that a page knows whether to draw itself again."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.version = 0
        self.total = 0
        self.cost = 0
        self._notes: OrderedDict[str, deque[Note]] = OrderedDict()
        self._times: Counter[tuple[str, str]] = Counter()

    def add(self, address: str, note: Note, *, cost: int = 0) -> None:
        """A message has reached `address`; `cost` in minor units."""
        self.show(address, note)
        self.total += 1
        self.cost += cost
        self._times[address, note.text] += 1

    def show(self, address: str, note: Note) -> None:
        """Something to look at that is no delivery."""
        notes = self._notes.get(address)
        if notes is None:
            notes = self._notes[address] = deque(maxlen=_NOTES_KEPT)
            if len(self._notes) > _ADDRESSES_KEPT:
                self._notes.popitem(last=False)
        else:
            self._notes.move_to_end(address)
        notes.append(note)
        self.version += 1

    def replace(self, address: str, note: Note) -> bool:
        """Put `note` in the place of the one with its id; false when there is none."""
        notes = self._notes.get(address, deque())
        for place, known in enumerate(notes):
            if known.id == note.id:
                notes[place] = note
                self.version += 1
                return True
        return False

    def one(self, address: str, identity: str) -> Note | None:
        return next((each for each in self._notes.get(address, ()) if each.id == identity), None)

    def remove(self, address: str, identity: str) -> bool:
        """False when there was none."""
        found = self.one(address, identity)
        if found is None:
            return False
        self._notes[address].remove(found)
        self.version += 1
        return True

    def addresses(self) -> list[str]:
        """The latest first."""
        return list(reversed(self._notes))

    def latest(self, address: str) -> float:
        """When the last note came there, 0 for never."""
        notes = self._notes.get(address)
        return notes[-1].at if notes else 0.0

    def of(self, address: str) -> list[dict[str, Any]]:
        return [asdict(note) for note in self._notes.get(address, ())]

    def counts(self) -> dict[str, Any]:
        repeated = [{"to": to, "text": text, "times": times} for (to, text), times in self._times.items() if times > 1]
        return {
            "total": self.total,
            "distinct": len(self._times),
            "repeated": len(repeated),
            "repeats": repeated[:_REPEATS_SHOWN],
            "cost": self.cost,
        }

    def times_of(self, texts: Iterable[str]) -> dict[str, int]:
        """How often each text came, to whomever."""
        by_text: Counter[str] = Counter()
        for (_, text), times in self._times.items():
            by_text[text] += times
        return {text: by_text[text] for text in texts}


def note(identity: str, text: str, *, kind: str = "message", **extra: Any) -> Note:
    return Note(identity, text, time(), kind, extra)
