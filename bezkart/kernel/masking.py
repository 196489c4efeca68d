"""What staff may see of a phone number."""

import re
from typing import Final

_LONG_NUMBER: Final = re.compile(r"\+\d{8,15}|(?<![\w-])[78]\d{10}(?![\w-])")


def last_four(e164: str) -> str:
    """The digits a barista asks for: `+79130008323` → `8323`."""
    return e164[-4:]


def mask_phone(e164: str, *, country_code: str) -> str:
    """`+79130008323` with country code `7` → `+7 ••• •••-83-23`."""
    tail = last_four(e164)
    return f"+{country_code} ••• •••-{tail[:2]}-{tail[2:]}"


def mask_text(text: str) -> str:
    """Free text with anything that looks like a full phone number struck out: the safety net under logs."""
    return _LONG_NUMBER.sub("•••", text)
