"""The conditions of a shop's loyalty program."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """What the owner promised: every `cups_per_gift`-th cup earns `gift` (in words for the guest).

    `operations_shown` is the length of the short history; a barista may undo own purchases for `undo_minutes`.
    """

    cups_per_gift: int = 6
    gift: str = "капучино 0,2 л"
    operations_shown: int = 15
    undo_minutes: int = 15
