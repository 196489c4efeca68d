"""What lies behind a button: `<verb>:<argument>:…@<shop>`, at most 64 bytes.

The shop is there as a short mark, so that a button under an old message never acts in another shop. Buttons that came with
a message of notifications (`rate:…`, `nps:…`, `thread:…`) have none.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 64
_MARK_LETTERS: Final = 5


@dataclass(frozen=True, slots=True)
class Action:
    """`mark` is empty where no shop is meant."""

    verb: str
    arguments: tuple[str, ...] = ()
    mark: str = ""


def mark_of(shop: str) -> str:
    """The short mark of a shop; empty for none."""
    if not shop:
        return ""
    digest = hashlib.sha256(shop.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:_MARK_LETTERS]


def pack(verb: str, *arguments: str, shop: str = "") -> str:
    data = ":".join((verb, *arguments)) + (f"@{mark_of(shop)}" if shop else "")
    if len(data.encode()) > LONGEST:
        raise ValueError(f"no button carries {verb} with so much")
    return data


def unpack(data: str) -> Action:
    told, _, mark = data.partition("@")
    verb, *arguments = told.split(":")
    return Action(verb, tuple(arguments), mark)
