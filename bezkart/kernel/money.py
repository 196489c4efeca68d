"""Money is an integer number of minor units and a currency; nothing is ever a float."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in minor units (kopecks, cents); `currency` by ISO 4217."""

    amount: int
    currency: str

    def plus(self, amount: int) -> "Money":
        """The same currency, `amount` minor units more."""
        return Money(self.amount + amount, self.currency)
