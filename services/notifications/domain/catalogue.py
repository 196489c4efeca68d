"""The messages BezKart knows, with the words a shop starts with."""

from typing import Final

from services.notifications.domain.digest import DIGEST
from services.notifications.domain.templates import LONGEST, Template

GIFT_CODE: Final = Template(
    name="gift-code",
    samples={"code": "888888", "gift": "большой капучино на овсяном молоке 0,4 л", "minutes": 20},
    required=frozenset({"code"}),
    secret=True,
    by_sms=True,
    texts={
        "ru": "Код подарка: {code}. Назовите его бариста[: {gift}]."
        "[ Действует {minutes} {minutes:минуту|минуты|минут}.]",
        "en": "Your gift code: {code}. Tell it to the barista[: {gift}].[ Valid for {minutes} {minutes:minute|minutes}.]",
    },
)
RECEIPT: Final = Template(
    name="receipt",
    topic="receipts",
    samples={
        "cups": 20,
        "stamps": 20,
        "card_size": 20,
        "left": 20,
        "gifts": 10,
        "gift": "большой капучино на овсяном молоке 0,4 л",
        "points": 1_000_000,
        "earned": 100_000,
    },
    texts={
        "ru": "Спасибо за покупку! [+{cups} {cups:чашка|чашки|чашек}.] [На карте {stamps} из {card_size}: "
        "ещё {left} {left:чашка|чашки|чашек} до подарка.] [Вас {gifts:ждёт|ждут|ждут} {gifts} "
        "{gifts:подарок|подарка|подарков}: {gift}.] [Баллов: {points}] [(+{earned})]",
        "en": "Thank you! [+{cups} {cups:cup|cups}.] [{stamps} of {card_size} on your card: {left} more "
        "{left:cup|cups} to the gift.] [{gifts} {gifts:gift|gifts} waiting for you: {gift}.] [Points: {points}] [(+{earned})]",
    },
)
WELCOME: Final = Template(
    name="welcome",
    samples={"conditions": "x" * 1500},
    texts={
        "ru": "Добро пожаловать! Карта вам не нужна: просто называйте последние цифры номера. [{conditions}]",
        "en": "Welcome! You need no card: just say the last digits of your number. [{conditions}]",
    },
)
POINTS_EXPIRING: Final = Template(
    name="points-expiring",
    topic="reminders",
    samples={"points": 1_000_000, "days": 60},
    required=frozenset({"points", "days"}),
    texts={
        "ru": "Через {days} {days:день|дня|дней} {points:сгорит|сгорят|сгорят} {points} {points:балл|балла|баллов}. Ждём вас!",
        "en": "{points} {points:point|points} will expire in {days} {days:day|days}. See you soon!",
    },
)
TEXT: Final = Template(
    name="text",
    samples={"text": "x" * LONGEST},
    required=frozenset({"text"}),
    by_sms=False,
    texts={"ru": "{text}", "en": "{text}"},
)
CAMPAIGN: Final = Template(
    name="campaign",
    samples={
        "text": "x" * 2000,
        "name": "x" * 60,
        "fallback_name": "x" * 60,
        "stamps_left": 20,
        "points": 1_000_000,
        "gift": "большой капучино на овсяном молоке 0,4 л",
    },
    required=frozenset({"text"}),
    own_words=True,
    texts={"ru": "{text}", "en": "{text}"},
)
NAMELESS: Final = {"ru": "гость", "en": "guest"}
"""What a campaign calls a guest whose name nobody knows."""
DAILY_REPORT: Final = Template(
    name="daily-report",
    samples={"text": "x" * 2000, "text_en": "x" * 2000},
    texts={"ru": "{text}", "en": "{text_en}"},
)
SIGN_IN_CODE: Final = Template(
    name="sign-in-code",
    samples={"code": "888888", "minutes": 20, "shop_name": "x" * 60},
    required=frozenset({"code"}),
    secret=True,
    by_sms=True,
    in_inbox=False,
    texts={
        "ru": "{code} — код для входа[: {shop_name}]. Никому его не называйте.[ Действует {minutes} {minutes:минуту|минуты|минут}.]",
        "en": "{code} is your code to sign in[: {shop_name}]. Tell it to nobody.[ Valid for {minutes} {minutes:minute|minutes}.]",
    },
)
RATING_REQUEST: Final = Template(
    name="rating-request",
    topic="ratings",
    samples={"shop_name": "x" * 60, "barista": "x" * 60},
    texts={
        "ru": "Как вам у нас сегодня?[ Вас обслуживал бариста {barista}.] Поставьте оценку от 1 до 5.",
        "en": "How was it today?[ Your barista was {barista}.] Rate it from 1 to 5.",
    },
)
NPS_REQUEST: Final = Template(
    name="nps-request",
    topic="ratings",
    samples={"question": "x" * 500, "shop_name": "x" * 60},
    texts={
        "ru": "[{question}\n]Оцените от 0 до 10, насколько вероятно, что вы посоветуете нас друзьям.",
        "en": "[{question}\n]How likely are you to recommend us to a friend, from 0 to 10?",
    },
)
OWNER_REPLY: Final = Template(
    name="owner-reply",
    samples={"text": "x" * 2000, "shop_name": "x" * 60},
    required=frozenset({"text"}),
    texts={"ru": "Вам ответили[ ({shop_name})]:\n{text}", "en": "You have an answer[ ({shop_name})]:\n{text}"},
)
LOW_RATING: Final = Template(
    name="low-rating",
    samples={"stars": 3, "guest": "x" * 60, "barista": "x" * 60, "comment": "x" * 2000},
    required=frozenset({"stars"}),
    texts={
        "ru": "Низкая оценка: {stars} из 5.[ Гость: {guest}.][ Бариста: {barista}.][\n«{comment}»]",
        "en": "A low rating: {stars} of 5.[ Guest: {guest}.][ Barista: {barista}.][\n“{comment}”]",
    },
)
LOW_RATING_REMINDER: Final = Template(
    name="low-rating-reminder",
    samples={"stars": 3, "guest": "x" * 60, "comment": "x" * 2000, "hours": 24},
    required=frozenset({"stars"}),
    texts={
        "ru": "Гость ждёт ответа[ уже {hours} {hours:час|часа|часов}]: оценка {stars} из 5.[ Гость: {guest}.][\n«{comment}»]",
        "en": "A guest is waiting for an answer[ for {hours} {hours:hour|hours}]: {stars} of 5.[ Guest: {guest}.][\n“{comment}”]",
    },
)
GUEST_MESSAGE: Final = Template(
    name="guest-message",
    samples={"text": "x" * 2000, "guest": "x" * 60, "contact_me": 1},
    required=frozenset({"text"}),
    texts={
        "ru": "Вам написал гость[ {guest}]:\n«{text}»"
        "[\n{contact_me:Просит с ним связаться.|Просит с ним связаться.|Просит с ним связаться.}]",
        "en": "A guest wrote to you[ ({guest})]:\n“{text}”[\n{contact_me:Asks to be contacted.|Asks to be contacted.}]",
    },
)
CATALOGUE: Final = {
    each.name: each
    for each in (
        GIFT_CODE,
        SIGN_IN_CODE,
        RECEIPT,
        WELCOME,
        POINTS_EXPIRING,
        RATING_REQUEST,
        NPS_REQUEST,
        OWNER_REPLY,
        LOW_RATING,
        LOW_RATING_REMINDER,
        GUEST_MESSAGE,
        CAMPAIGN,
        DAILY_REPORT,
        TEXT,
    )
}
TOPICS: Final = tuple(sorted({each.topic for each in CATALOGUE.values() if each.topic}))
"""What a guest may switch off; codes and answers always come."""
OUTSIDE_INBOX: Final = frozenset({DIGEST, *(each.name for each in CATALOGUE.values() if not each.in_inbox)})
OWN_WORDS: Final = ("gift-code", "receipt", "welcome")
"""Those whose words a shop may change."""
