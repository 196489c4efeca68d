"""A row's key: what it says, not where it stands, so that a second run or a longer export of the same file doubles nothing."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from bezkart.cli.imports.reading import Purchase


def keyed(purchases: Iterable[tuple[str, Purchase]]) -> Iterator[tuple[str, Purchase, str]]:
    """(guest id, purchase) → (guest id, purchase, key).

    Rows that are alike in guest, moment, amount, item and cups are told apart by their ordinal alone: which of them comes
    first makes no difference. The guest's id stands for the card or number, which never leaves the file.
    """
    seen: Counter[str] = Counter()
    for guest_id, purchase in purchases:
        amount = "" if purchase.amount is None else str(purchase.amount)
        said = "\x1f".join((guest_id, purchase.at.isoformat(), amount, purchase.item or "", str(purchase.cups)))
        seen[said] += 1
        yield guest_id, purchase, hashlib.sha256(f"{said}\x1f{seen[said]}".encode()).hexdigest()
