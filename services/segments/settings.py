"""The environment of segments."""

from bezkart.kit.settings import GuestIdSettings, HttpSettings, StoreSettings


class SegmentsSettings(HttpSettings, StoreSettings, GuestIdSettings):
    """`sweep_seconds`: how often the clock is looked at for a shop's midnight."""

    sweep_seconds: float = 10.0
