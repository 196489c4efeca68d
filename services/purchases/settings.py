"""The environment of purchases."""

from bezkart.kit.settings import BackboneSettings


class PurchasesSettings(BackboneSettings):
    """`sweep_seconds`: how often it is looked for accounts that time alone changes (locks, expiries)."""

    sweep_seconds: float = 15.0
