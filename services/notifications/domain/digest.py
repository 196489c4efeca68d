"""One message instead of many (F43): what a guest gets when a channel works again after an outage. Pure."""

from collections.abc import Sequence
from typing import Final

DIGEST: Final = "digest"
SHOWN: Final = 5
HEADS: Final = {
    "ru": "Пока не было связи, мы хотели сказать:",
    "en": "While the connection was down, we wanted to say:",
}
RESTS: Final = {"ru": "Остальное — в ваших сообщениях.", "en": "The rest is in your messages."}


def digest(texts: Sequence[str], language: str) -> str:
    """`texts` oldest first → the newest ones under one heading; texts that repeat are said once."""
    newest = list(dict.fromkeys(reversed(texts)))
    shown = [f"• {text}" for text in newest[:SHOWN]]
    rest = [RESTS.get(language, RESTS["ru"])] if len(newest) > SHOWN else []
    return "\n\n".join([HEADS.get(language, HEADS["ru"]), *shown, *rest])
