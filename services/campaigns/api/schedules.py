"""When a mailing starts, as it is asked for and answered; times are the shop's."""

from datetime import time
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from services.campaigns.domain.schedule import At, Monthly, Now, Schedule, Weekly

WallTime = Annotated[time, PlainSerializer(lambda wall: wall.strftime("%H:%M"), return_type=str)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class _Schedule(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NowBody(_Schedule):
    """Four seconds after the launch: the time to take it back."""

    kind: Literal["now"]


class AtBody(_Schedule):
    kind: Literal["at"]
    at: AwareDatetime


class WeeklyBody(_Schedule):
    """1 is Monday."""

    kind: Literal["weekly"]
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    time: WallTime


class MonthlyBody(_Schedule):
    """1 to 28: every month has that day."""

    kind: Literal["monthly"]
    day: Annotated[int, Field(ge=1, le=28)]
    time: WallTime


ScheduleBody = Annotated[NowBody | AtBody | WeeklyBody | MonthlyBody, Field(discriminator="kind")]


def schedule_of(body: ScheduleBody) -> Schedule:
    match body:
        case NowBody():
            return Now()
        case AtBody():
            return At(body.at)
        case WeeklyBody():
            return Weekly(tuple(sorted(set(body.weekdays))), body.time.replace(tzinfo=None))
        case MonthlyBody():
            return Monthly(body.day, body.time.replace(tzinfo=None))


def schedule_view(schedule: Schedule) -> ScheduleBody:
    match schedule:
        case Now():
            return NowBody(kind="now")
        case At(at=at):
            return AtBody(kind="at", at=at)
        case Weekly(weekdays=weekdays, time=wall):
            return WeeklyBody(kind="weekly", weekdays=list(weekdays), time=wall)
        case Monthly(day=day, time=wall):
            return MonthlyBody(kind="monthly", day=day, time=wall)
