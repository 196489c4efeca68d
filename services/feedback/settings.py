"""The environment of feedback."""

from bezkart.kit.settings import BackboneSettings


class FeedbackSettings(BackboneSettings):
    """`rating_delay_seconds`: how long after a purchase a guest is asked where the shop says nothing else.

    `sweep_seconds`: how often it is looked for guests to ask; `tend_seconds`: for what expires, and for whom to remind.
    """

    rating_delay_seconds: float = 1800.0
    sweep_seconds: float = 15.0
    tend_seconds: float = 60.0
