"""What reports answers. Money is in minor units of `currency`, shares in percent with one decimal; None is "nothing to divide by"."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bezkart.contracts.segments import SegmentName

ClosingTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["21:00"])]
ExportKind = Literal["days", "staff", "cohorts", "hours"]
ChartName = Literal["today", "days", "segments", "flow", "hours", "cohorts"]


class Compared(BaseModel):
    """A figure of today until now, and of the same weekday a week ago until the same time of day."""

    now: int | None
    week_ago: int | None


class TodayFigures(BaseModel):
    """`revenue` is money paid: the bill without discounts and points. `average_ticket` is of purchases whose bill is known."""

    purchases: Compared
    cups: Compared
    revenue: Compared
    average_ticket: Compared
    new_guests: Compared
    gifts: Compared


class SegmentNow(BaseModel):
    """`week_ago`: how many guests the segment had when the day seven days ago ended; None while no guest was known then."""

    segment: SegmentName
    guests: int
    week_ago: int | None


class NextStep(BaseModel):
    """The one thing to do next: `win-back` the leaving, `wake` the sleeping, or `invite` the rare."""

    kind: Literal["win-back", "wake", "invite"]
    segment: SegmentName
    guests: int


class TodayView(BaseModel):
    """`won_back_week`: guests who went from leaving or rare to active in the last seven days, today included."""

    day: date
    until: datetime
    currency: str
    figures: TodayFigures
    won_back_week: int
    segments: list[SegmentNow]
    next_step: NextStep | None


class FiguresView(BaseModel):
    """Of a day or a period.

    `guests` are different ones who bought; `gifts` handed over, minus those taken back; `undos` counted when they were made, while the
    undone purchase no longer counts in its own day; `ratings` of visits of these days; `messages` of campaigns that arrived.
    """

    purchases: int
    cups: int
    revenue: int
    average_ticket: int | None
    discount: int
    points_spent: int
    guests: int
    new_guests: int
    gifts: int
    undos: int
    ratings: int
    rating_average: float | None
    messages: int


class DayView(FiguresView):
    """`segments`: guests in each when the day ended (today: now)."""

    day: date
    segments: dict[SegmentName, int]


class DaysView(BaseModel):
    first: date
    last: date
    currency: str
    total: FiguresView
    days: list[DayView]


class SegmentChange(BaseModel):
    """`change` since the evening before."""

    segment: SegmentName
    guests: int
    change: int


class MessagesFigures(BaseModel):
    """Campaign messages of the day, and purchases of the day by guests who got one in the three days before."""

    delivered: int
    failed: int
    purchases: int
    revenue: int


class DailyView(BaseModel):
    """The daily report. `text` is what the owner's message says, by language; `until` the moment it tells of."""

    day: date
    until: datetime
    currency: str
    figures: FiguresView
    week_ago: FiguresView
    segments: list[SegmentChange]
    messages: MessagesFigures
    text: dict[Literal["ru", "en"], str]


class KpiView(BaseModel):
    """`title` and `definition` in the reader's language; `value` is None where there is nothing to divide by.

    `unit`: `percent`, `money` (minor units), `days`, `visits`, `points` (NPS, −100 to 100). `enough`: based on 30 cases or more.
    """

    name: Literal[
        "crr", "repeat-rate", "frequency", "average-ticket", "days-between-visits", "redemption-rate", "nps", "csat"
    ]
    title: str
    value: float | None
    unit: Literal["percent", "money", "days", "visits", "points"]
    definition: str
    enough: bool


class KpisView(BaseModel):
    first: date
    last: date
    currency: str
    kpis: list[KpiView]


class Returned(BaseModel):
    """Guests of the cohort who bought in its `month`-th month (0 is the month of registration); `share` in percent of the cohort."""

    month: int
    guests: int
    share: float | None


class CohortView(BaseModel):
    """Guests registered in the month that begins at `month`."""

    month: date
    guests: int
    returned: list[Returned]


class CohortsView(BaseModel):
    cohorts: list[CohortView]


class HourCell(BaseModel):
    """`weekday` 1 is Monday; `hour` by the shop's clock."""

    weekday: int
    hour: int
    purchases: int
    revenue: int


class HoursView(BaseModel):
    """Only cells in which something was bought."""

    first: date
    last: date
    currency: str
    cells: list[HourCell]


class StaffLine(BaseModel):
    """`undos` were made by this person. `csat`: percent of ratings that are 4 or 5."""

    staff_id: str
    purchases: int
    cups: int
    revenue: int
    average_ticket: int | None
    undos: int
    gifts: int
    ratings: int
    rating_average: float | None
    csat: float | None


class StaffView(BaseModel):
    first: date
    last: date
    currency: str
    staff: list[StaffLine]


class SettingsBody(BaseModel):
    """`closing_time` by the shop's clock; one before noon closes the day before."""

    model_config = ConfigDict(extra="forbid")

    closing_time: ClosingTime
    daily_report: bool


class SettingsView(SettingsBody):
    """`next_report_at`: None while no daily report is wanted."""

    next_report_at: datetime | None


class TotalsView(BaseModel):
    """Of guests who have not been erased, all days together: what purchases' accounts must come to as well."""

    purchases: int
    spent: int


class SentView(BaseModel):
    """`with_picture`: false when it could not be drawn; the words go without it."""

    day: date
    with_picture: bool
