"""What a reader may tap under a message. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """`action` is what comes back when it is tapped; buttons of one `row` stand beside each other."""

    text: str
    action: str
    row: int = 0


def rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """From the top, each from the left."""
    return [[each for each in buttons if each.row == row] for row in sorted({each.row for each in buttons})]
