"""The messages BezKart knows, with the words a shop starts with."""

from typing import Final

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
CATALOGUE: Final = {each.name: each for each in (GIFT_CODE, RECEIPT, WELCOME, POINTS_EXPIRING, TEXT)}
OWN_WORDS: Final = ("gift-code", "receipt", "welcome")
"""Those whose words a shop may change."""
