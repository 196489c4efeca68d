"""Prices as gateways write them."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any


def minor_units(price: Any) -> int:
    """`"3.50"` roubles are 350; what is no price is 0: a text that went out is not lost for a missing figure."""
    try:
        return int((Decimal(str(price)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        return 0
