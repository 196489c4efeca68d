"""Ready scenarios (F32): what works in most cafés, as drafts of a trigger and, where it needs one, of a promotion. Pure.

Nothing is launched by taking one: it is made inactive, for the owner to read and to edit. Points are minor units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Final, Literal

from bezkart.kernel.promotion import Benefit, Conditions, Rule
from services.campaigns.domain.trigger import Birthday, NearGift, On, Registered, SegmentEntered

Language = Literal["ru", "en"]
ScenarioName = Literal[
    "welcome",
    "one-cup-left",
    "win-back-leaving",
    "wake-sleeping",
    "happy-hours",
    "thank-active",
    "birthday",
]
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    ru: str
    en: str

    def say(self, language: Language) -> str:
        return self.ru if language == "ru" else self.en


@dataclass(frozen=True, slots=True)
class Scenario:
    """`points` or a coupon of `promotion` go with the message, good for `valid_days`; without either it is only a word.

    A promotion that is no coupon is open to everybody it names, and the message tells of it.
    """

    name: ScenarioName
    title: Words
    about: Words
    on: On
    text: Words
    delay_minutes: int = 0
    once_per_days: int = 30
    cancel_on_purchase: bool = False
    points: int = 0
    valid_days: int = 14
    promotion: Rule | None = None

    @property
    def gives(self) -> Literal["nothing", "points", "coupon", "promotion"]:
        """What comes with the message."""
        if self.promotion is not None:
            return "coupon" if self.gives_coupon else "promotion"
        return "points" if self.points else "nothing"

    @property
    def gives_coupon(self) -> bool:
        return self.promotion is not None and self.promotion.kind == "coupon"


_ALL: Final = (
    Scenario(
        name="welcome",
        title=Words("Добро пожаловать", "Welcome"),
        about=Words(
            "Новый гость через час получает приветствие и узнаёт, что его ждёт.",
            "A new guest is greeted an hour later and learns what awaits.",
        ),
        on=Registered(),
        delay_minutes=_HOUR,
        once_per_days=365,
        text=Words(
            "Здравствуйте, {name}! Рады, что вы теперь с нами.[ До подарка ({gift}) осталось чашек: {stamps_left}.] "
            "Будем рады видеть вас снова!",
            "Hello, {name}! We are glad you have joined us.[ Cups left to your gift ({gift}): {stamps_left}.] "
            "See you soon!",
        ),
    ),
    Scenario(
        name="one-cup-left",
        title=Words("Осталась одна чашка", "One cup left"),
        about=Words(
            "До подарка одна чашка, а гость сутки не заходил: напомнить.",
            "One cup is left to the gift, and the guest has not come for a day: a reminder.",
        ),
        on=NearGift(left=1),
        delay_minutes=_DAY,
        once_per_days=14,
        cancel_on_purchase=True,
        text=Words(
            "{name}, до подарка осталась всего одна чашка[: {gift}]! Ждём вас.",
            "{name}, just one more cup to your gift[: {gift}]! We look forward to seeing you.",
        ),
    ),
    Scenario(
        name="win-back-leaving",
        title=Words("Вернуть уходящего", "Win back who is leaving"),
        about=Words(
            "Постоянный гость давно не заходил: 50 баллов на 14 дней. Если купит раньше, письмо не уйдёт.",
            "A regular has been away: 50 points for 14 days. Whoever buys before is not written to.",
        ),
        on=SegmentEntered("leaving"),
        delay_minutes=_HOUR,
        once_per_days=45,
        cancel_on_purchase=True,
        points=5_000,
        valid_days=14,
        text=Words(
            "{name}, мы по вам соскучились! Дарим 50 баллов на любимый кофе: они ждут вас 14 дней.",
            "{name}, we miss you! Here are 50 points for your favourite coffee, good for 14 days.",
        ),
    ),
    Scenario(
        name="wake-sleeping",
        title=Words("Разбудить спящего", "Wake the sleeping"),
        about=Words(
            "Гость не был больше двух месяцев: купон «второй кофе в подарок» на 30 дней.",
            "A guest has not come for two months: a coupon, two for the price of one, for 30 days.",
        ),
        on=SegmentEntered("sleeping"),
        delay_minutes=_HOUR,
        once_per_days=90,
        cancel_on_purchase=True,
        valid_days=30,
        promotion=Rule(
            kind="coupon", name="Второй кофе в подарок", name_en="Two for one", benefit=Benefit(buy=2, pay=1)
        ),
        text=Words(
            "{name}, давно не виделись! Возвращайтесь: второй кофе в подарок. Купон уже у вас, он действует 30 дней.",
            "{name}, long time no see! Come back: two coffees for the price of one. The coupon is yours for 30 days.",
        ),
    ),
    Scenario(
        name="happy-hours",
        title=Words("Счастливые часы", "Happy hours"),
        about=Words(
            "Редким гостям скидка 20 % в тихие часы, с 14 до 17 по будням; о ней рассказывает сообщение.",
            "20 % off for rare guests in the quiet hours, 14 to 17 on weekdays; a message tells of it.",
        ),
        on=SegmentEntered("rare"),
        delay_minutes=_HOUR,
        once_per_days=60,
        promotion=Rule(
            kind="discount",
            name="Счастливые часы",
            name_en="Happy hours",
            benefit=Benefit(percent=20),
            conditions=Conditions(
                segments=("rare",), weekdays=(1, 2, 3, 4, 5), from_time=time(14), until_time=time(17)
            ),
        ),
        text=Words(
            "{name}, по будням с 14 до 17 у нас тихо, и для вас всё на 20 % дешевле. Заходите!",
            "{name}, on weekdays from 14 to 17 it is quiet here, and everything is 20 % off for you. Come by!",
        ),
    ),
    Scenario(
        name="thank-active",
        title=Words("Спасибо постоянным", "Thank the active"),
        about=Words(
            "Гость стал постоянным: спасибо и 30 баллов на месяц.",
            "A guest has become a regular: thanks, and 30 points for a month.",
        ),
        on=SegmentEntered("active"),
        delay_minutes=2 * _HOUR,
        once_per_days=180,
        points=3_000,
        valid_days=30,
        text=Words(
            "{name}, спасибо, что вы с нами! Дарим вам 30 баллов: просто так.",
            "{name}, thank you for being with us! 30 points for you: just because.",
        ),
    ),
    Scenario(
        name="birthday",
        title=Words("День рождения", "Birthday"),
        about=Words(
            "В день рождения с утра: поздравление и 100 баллов на две недели.",
            "On the morning of the birthday: congratulations and 100 points for two weeks.",
        ),
        on=Birthday(days_before=0),
        delay_minutes=9 * _HOUR,
        once_per_days=300,
        points=10_000,
        valid_days=14,
        text=Words(
            "{name}, с днём рождения! Дарим вам 100 баллов: угощайтесь в ближайшие две недели.",
            "{name}, happy birthday! 100 points for you: treat yourself within two weeks.",
        ),
    ),
)
SCENARIOS: Final[Mapping[str, Scenario]] = {each.name: each for each in _ALL}
