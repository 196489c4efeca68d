"""The environment of the web process."""

from bezkart.kit.settings import HttpSettings


class WebSettings(HttpSettings):
    """The addresses are internal and serve for nothing but merging the API documents."""

    identity_url: str
    purchases_url: str
    segments_url: str
    notifications_url: str
    feedback_url: str
    campaigns_url: str
    reports_url: str
