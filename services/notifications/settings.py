"""The environment of notifications."""

from pydantic import SecretStr

from bezkart.kit.settings import BackboneSettings
from services.notifications.channels.settings import ChannelSettings


class NotificationsSettings(BackboneSettings, ChannelSettings):
    """`contact_keys`: the keys identity seals contacts with, Fernet, comma separated, the newest first; they seal secret texts too.

    `tick_seconds`: how often what is due is looked at. `urgent_tasks` and `bulk_tasks`: chunks that a worker has in hand at a time.
    """

    contact_keys: SecretStr
    tick_seconds: float = 1.0
    urgent_tasks: int = 16
    bulk_tasks: int = 2
