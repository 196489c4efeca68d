"""The environment of segments."""

from bezkart.kit.settings import BackboneSettings


class SegmentsSettings(BackboneSettings):
    """`sweep_seconds`: how often the clock is looked at for a shop's midnight."""

    sweep_seconds: float = 10.0
