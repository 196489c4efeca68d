"""A screen: words and buttons, nothing of Telegram."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """`action` is at most 64 bytes."""

    text: str
    action: str


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """`contact_button`: the words of a button that shares one's own contact; then there are no others."""

    text: str
    rows: Rows = ()
    contact_button: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or a document beside the screen."""

    name: str
    content: bytes
    is_photo: bool
    caption: str = ""
    rows: Rows = ()


def stacked(*buttons: Button | None) -> Rows:
    """One below the other, without the missing ones."""
    return tuple((button,) for button in buttons if button)


def in_rows(buttons: list[Button], width: int) -> Rows:
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))
