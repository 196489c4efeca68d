"""What is asked and answered about triggers and ready scenarios (F32)."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.promotion import SegmentName
from services.campaigns.api.offers import FallbackName, HoldoutPercent, MessageText, OfferBody
from services.campaigns.domain.scenarios import Language, ScenarioName

Days = Annotated[int, Field(ge=1, le=366)]


class _On(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)


class OnSegmentEntered(_On):
    """The guest came into the segment."""

    kind: Literal["segment-entered"]
    segment: SegmentName


class OnRegistered(_On):
    """The guest registered here; those taken over from an older system did not."""

    kind: Literal["registered"]


class OnSilent(_On):
    """No purchase for so many days, counted from the registration where there was none."""

    kind: Literal["silent"]
    days: Days


class OnNearGift(_On):
    """So many cups are left to the gift, or fewer."""

    kind: Literal["near-gift"]
    left: Annotated[int, Field(ge=1, le=20)]


class OnLowRatingAnswered(_On):
    """The owner answered a rating of three stars or less."""

    kind: Literal["low-rating-answered"]


class OnBirthday(_On):
    """So many days before the birthday, or on it; of guests who told theirs."""

    kind: Literal["birthday"]
    days_before: Annotated[int, Field(ge=0, le=30)] = 0


class OnPointsExpiring(_On):
    """Points expire in so many days; not before the program itself warns of it."""

    kind: Literal["points-expiring"]
    days: Annotated[int, Field(ge=1, le=60)]


On = Annotated[
    OnSegmentEntered | OnRegistered | OnSilent | OnNearGift | OnLowRatingAnswered | OnBirthday | OnPointsExpiring,
    Field(discriminator="kind"),
]


class TriggerBody(BaseModel):
    """`delay_minutes` after it happened the guest is told, once in `once_per_days`.

    With `cancel_on_purchase` whoever bought meanwhile is left alone.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    on: On
    text: MessageText
    fallback_name: FallbackName = ""
    offer: OfferBody | None = None
    delay_minutes: Annotated[int, Field(ge=0, le=30 * 24 * 60)] = 0
    once_per_days: Days = 30
    cancel_on_purchase: bool = False
    holdout_percent: HoldoutPercent = 10
    active: bool = False


class TriggerChange(BaseModel):
    """What is given changes; `offer` null takes the offer away."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    on: On | None = None
    text: MessageText | None = None
    fallback_name: FallbackName | None = None
    offer: OfferBody | None = None
    delay_minutes: Annotated[int, Field(ge=0, le=30 * 24 * 60)] | None = None
    once_per_days: Days | None = None
    cancel_on_purchase: bool | None = None
    holdout_percent: HoldoutPercent | None = None
    active: bool | None = None


class TriggerView(BaseModel):
    """`sent` and `held_out` count guests so far.

    `stopped_because` says why it stands still although it is active (`plan-required`, `promotion-off`).
    """

    id: str
    name: str
    on: On
    text: str
    fallback_name: str
    offer: OfferBody | None
    delay_minutes: int
    once_per_days: int
    cancel_on_purchase: bool
    holdout_percent: int
    active: bool
    scenario: ScenarioName | None
    sent: int
    held_out: int
    last_sent_at: datetime | None
    stopped_because: str | None
    created_at: datetime


class TriggersView(BaseModel):
    """The latest first."""

    triggers: list[TriggerView]


class WordsView(BaseModel):
    """The same in both languages."""

    model_config = ConfigDict(from_attributes=True)

    ru: str
    en: str


class ScenarioView(BaseModel):
    """`gives` is what comes with the message; `trigger_id` is set where the shop has made it already."""

    name: ScenarioName
    title: WordsView
    about: WordsView
    text: WordsView
    on: On
    gives: Literal["nothing", "points", "coupon", "promotion"]
    points: int
    valid_days: int
    trigger_id: str | None


class ScenariosView(BaseModel):
    scenarios: list[ScenarioView]


class ScenarioBody(BaseModel):
    """In which language the words are written to guests."""

    model_config = ConfigDict(extra="forbid")

    language: Language = "ru"


class ScenarioMade(BaseModel):
    """Both inactive (a promotion is paused), to be read and edited; `promotion_id` null where none is needed."""

    trigger_id: str
    promotion_id: str | None
