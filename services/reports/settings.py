"""The environment of reports."""

from bezkart.kit.settings import BackboneSettings


class ReportsSettings(BackboneSettings):
    """`settle_seconds`: how often days are computed that nobody has asked for; `sweep_seconds`: how often it is looked for shops
    that have closed, `grace_seconds` after which their report leaves.
    """

    settle_seconds: float = 30.0
    sweep_seconds: float = 15.0
    grace_seconds: float = 30.0
