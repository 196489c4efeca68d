"""The environment of purchases."""

from bezkart.kit.backbone import BackboneSettings


class PurchasesSettings(BackboneSettings):
    """Nothing beyond what the kit reads."""
