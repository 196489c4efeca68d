"""The processes of our own. Adding a service is one row here."""

from dataclasses import dataclass
from enum import Enum


class Need(Enum):
    """What a process gets in its environment: nothing more than its row names."""

    MONGO = "BEZKART_MONGO_URL"
    REDIS = "BEZKART_REDIS_URL"
    AMQP = "BEZKART_AMQP_URL"
    TOKENS = "BEZKART_JWT_PUBLIC_JWKS"
    GUEST_IDS = "BEZKART_GUEST_ID_KEY"
    SIGNING_KEY = "BEZKART_JWT_PRIVATE_JWK"
    PHONES = "BEZKART_PHONE_KEYS"
    PHONE_INDEX = "BEZKART_PHONE_INDEX_KEY"
    CONTACTS = "BEZKART_CONTACT_KEYS"
    OPS = "BEZKART_OPS_KEY"
    BOT_KEY = "BEZKART_BOT_KEY"
    BOT_NAME = "BEZKART_BOT_USERNAME"
    CODES_PER_ADDRESS = "BEZKART_CODES_PER_ADDRESS"
    GATEWAY_URL = "BEZKART_GATEWAY_URL"
    COOKIES = "BEZKART_COOKIE_SECURE"
    IDENTITY_URL = "BEZKART_IDENTITY_URL"
    PURCHASES_URL = "BEZKART_PURCHASES_URL"
    SEGMENTS_URL = "BEZKART_SEGMENTS_URL"
    FEEDBACK_URL = "BEZKART_FEEDBACK_URL"
    REPORTS_URL = "BEZKART_REPORTS_URL"
    CAMPAIGNS_URL = "BEZKART_CAMPAIGNS_URL"
    RATING_DELAY = "BEZKART_RATING_DELAY_SECONDS"
    NOTIFICATIONS_URL = "BEZKART_NOTIFICATIONS_URL"
    TELEGRAM_API = "BEZKART_TELEGRAM_API"
    TELEGRAM_TOKEN = "BEZKART_TELEGRAM_TOKEN"
    SMS_PROVIDER = "BEZKART_SMS_PROVIDER"
    SMS_API = "BEZKART_SMS_API"
    SMS_LOGIN = "BEZKART_SMS_LOGIN"
    SMS_PASSWORD = "BEZKART_SMS_PASSWORD"
    PUSH_KEY = "BEZKART_PUSH_PRIVATE_KEY"
    PUSH_SERVICES = "BEZKART_PUSH_SERVICES"
    INBOX_MIRROR = "BEZKART_INBOX_MIRROR"


DATA = frozenset({Need.MONGO, Need.REDIS})
STORES = DATA | {Need.AMQP}


@dataclass(frozen=True, slots=True)
class Service:
    """`python -m <module> <entry>`. A process without an HTTP port is healthy while it lives.

    It is started when the stores named in `after` are ready. The broker need not be among them: everything but Celery
    connects to it on its own whenever it is there, and it is the slowest to start.
    """

    name: str
    module: str
    entry: str
    needs: frozenset[Need]
    has_http: bool = True
    after: frozenset[Need] = DATA


COMMON = STORES | {Need.TOKENS}
GUESTS = COMMON | {Need.GUEST_IDS}
IDENTITY = GUESTS | {Need.SIGNING_KEY, Need.PHONES, Need.PHONE_INDEX, Need.CONTACTS, Need.OPS, Need.COOKIES}
IDENTITY |= {Need.BOT_KEY, Need.BOT_NAME, Need.CODES_PER_ADDRESS}
CHANNELS = frozenset(
    {
        Need.TELEGRAM_API,
        Need.TELEGRAM_TOKEN,
        Need.SMS_PROVIDER,
        Need.SMS_API,
        Need.SMS_LOGIN,
        Need.SMS_PASSWORD,
        Need.PUSH_KEY,
        Need.PUSH_SERVICES,
        Need.INBOX_MIRROR,
    }
)
NOTIFICATIONS = GUESTS | {Need.CONTACTS} | CHANNELS
FEEDBACK = GUESTS | {Need.RATING_DELAY}
BOT = frozenset({Need.REDIS, Need.GATEWAY_URL, Need.BOT_KEY, Need.TELEGRAM_API, Need.TELEGRAM_TOKEN})
WEB = frozenset(
    {
        Need.TOKENS,
        Need.IDENTITY_URL,
        Need.PURCHASES_URL,
        Need.SEGMENTS_URL,
        Need.NOTIFICATIONS_URL,
        Need.FEEDBACK_URL,
        Need.CAMPAIGNS_URL,
        Need.REPORTS_URL,
    }
)

SERVICES: tuple[Service, ...] = (
    Service("identity", "services.identity.app", "api", IDENTITY),
    Service("purchases", "services.purchases.app", "api", GUESTS),
    Service("purchases-consumer", "services.purchases.app", "consumer", GUESTS),
    Service("segments", "services.segments.app", "api", GUESTS),
    Service("segments-consumer", "services.segments.app", "consumer", GUESTS),
    Service("segments-worker", "services.segments.worker", "worker", GUESTS),
    Service("segments-beat", "services.segments.beat", "beat", GUESTS, has_http=False),
    Service("notifications", "services.notifications.app", "api", NOTIFICATIONS),
    Service("notifications-consumer", "services.notifications.app", "consumer", NOTIFICATIONS),
    Service("notifications-urgent", "services.notifications.worker", "urgent", NOTIFICATIONS),
    Service("notifications-bulk", "services.notifications.worker", "bulk", NOTIFICATIONS),
    Service("notifications-beat", "services.notifications.beat", "beat", NOTIFICATIONS, has_http=False),
    Service("feedback", "services.feedback.app", "serve", FEEDBACK),
    Service("campaigns", "services.campaigns.app", "serve", GUESTS),
    Service("campaigns-worker", "services.campaigns.worker", "worker", GUESTS),
    Service("campaigns-beat", "services.campaigns.beat", "beat", GUESTS, has_http=False),
    Service("reports", "services.reports.app", "serve", GUESTS),
    Service("bot", "services.bot.app", "serve", BOT, after=frozenset()),
    Service("web", "services.web.app", "api", WEB, after=frozenset()),
    Service("standins", "bezkart.local.standins", "serve", frozenset(), after=frozenset()),
)
