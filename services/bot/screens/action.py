"""What lies behind a button: `<verb>:<argument>:…@<shop>`, at most 64 bytes.

The shop is there as a short mark, so that a button under an old message never acts in another shop. Buttons that came with
a message of notifications and tell of one thing (`rate:…`, `nps:…`, `thread:…`) have none.
"""

from dataclasses import dataclass
from typing import Final

from bezkart.kernel.ids import shop_mark

LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Action:
    """`mark` is empty where no shop is meant."""

    verb: str
    arguments: tuple[str, ...] = ()
    mark: str = ""


def pack(verb: str, *arguments: str, shop: str = "") -> str:
    data = ":".join((verb, *arguments)) + (f"@{shop_mark(shop)}" if shop else "")
    if len(data.encode()) > LONGEST:
        raise ValueError(f"no button carries {verb} with so much")
    return data


def unpack(data: str) -> Action:
    told, _, mark = data.partition("@")
    verb, *arguments = told.split(":")
    return Action(verb, tuple(arguments), mark)
