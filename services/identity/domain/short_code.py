"""The short code that a guest shows or says at the counter; it opens nothing."""

from collections.abc import Callable
from typing import Final

ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without I, L, O, 0 and 1, which are taken for one another
LENGTH: Final = 6


def draw_code(choose: Callable[[str], str]) -> str:
    """`choose` picks one letter of an alphabet at random."""
    return "".join(choose(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str:
    """The code as it is kept; what is typed small or with a gap is the same."""
    return typed.strip().upper().replace(" ", "").replace("-", "")
