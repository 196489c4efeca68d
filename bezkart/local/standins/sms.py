"""What the three SMS gateways have in common: an account with money, prices, numbers that take no SMS."""

import re
from itertools import count
from typing import Final

from bezkart.local.standins.modes import Mode
from bezkart.local.standins.received import Received, note

FORBIDDEN: Final = "казино"
"""A text with this word is refused, as the gateways' moderation does."""

_PRICE: Final = 350  # minor units for one part
_FUNDS: Final = 100_000_00
_NUMBER: Final = re.compile(r"7\d{10}")


class Account:
    """One gateway's books. `number` is told without `+`; addresses in `Received` have it."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.received = Received()
        self._ids = count(100_001)

    @property
    def balance(self) -> int:
        """Minor units."""
        return 0 if self.mode.no_money else max(0, _FUNDS - self.received.cost)

    def reset(self) -> None:
        self.received.clear()

    def next_id(self) -> int:
        return next(self._ids)

    def take(self, number: str, text: str, identity: str) -> int:
        """Deliver; what it cost."""
        price = _PRICE * parts(text)
        self.received.add(f"+{number}", note(identity, text), cost=price)
        return price

    def undeliverable(self, number: str) -> bool:
        return not {number, f"+{number}"}.isdisjoint((*self.mode.blocked, *self.mode.gone))


def parts(text: str) -> int:
    """How many SMS a text is: 70 letters that are not Latin fit one, 67 each of several."""
    if text.isascii():
        return 1 if len(text) <= 160 else -(-len(text) // 153)
    return 1 if len(text) <= 70 else -(-len(text) // 67)


def digits(number: str) -> str | None:
    """`79…`, eleven digits; None for what is no Russian mobile number."""
    plain = re.sub(r"[\s()+-]", "", number)
    return plain if _NUMBER.fullmatch(plain) else None


def roubles(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
