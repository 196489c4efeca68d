"""The environment of purchases."""

from bezkart.kit.settings import GuestIdSettings, HttpSettings, StoreSettings


class PurchasesSettings(HttpSettings, StoreSettings, GuestIdSettings):
    """Nothing beyond what the kit reads."""
