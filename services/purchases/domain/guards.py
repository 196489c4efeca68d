"""Guards against stamping for nothing (F17): refusals at the till, flags for the owner; and who may undo what, and when (F13). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Final

from bezkart.kernel.calendar import ShopCalendar
from services.purchases.domain.errors import AlreadyUndone, TooManyToday, TooSoon, UndoNotAllowed, UndoTooLate
from services.purchases.domain.operation import Actor, Operation, Purchase
from services.purchases.domain.program import Program

FLAG_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Flag:
    """One barista recorded more purchases of this guest on a day (its ordinal) than the owner thinks usual."""

    day: int
    actor_id: str
    purchases: int
    cups: int


def check_guards(
    operations: Sequence[Operation], purchase: Purchase, actor: Actor, program: Program, calendar: ShopCalendar
) -> None:
    """Owners are exempt. Raises TooSoon, TooManyToday."""
    guards = program.guards
    if actor.is_owner or not (guards.minutes_between or guards.purchases_a_day or guards.cups_a_day):
        return
    live = [line for line in operations if line.counts]
    if live and guards.minutes_between:
        wait = max(line.at for line in live) + timedelta(minutes=guards.minutes_between) - purchase.at
        if wait > timedelta(0):
            raise TooSoon(wait_seconds=ceil(wait.total_seconds()))
    # Everything of today is in the short history, however long that is: it may still be undone.
    today = [line for line in live if calendar.day(line.at) == calendar.day(purchase.at)]
    if guards.purchases_a_day and len(today) >= guards.purchases_a_day:
        raise TooManyToday
    if guards.cups_a_day and sum(line.purchase.cups for line in today) + purchase.cups > guards.cups_a_day:
        raise TooManyToday


def flags_after(
    flags: tuple[Flag, ...],
    lines: Sequence[Operation],
    *,
    actor_id: str,
    day: date,
    program: Program,
    calendar: ShopCalendar,
) -> tuple[Flag, ...]:
    """The flags with that of the barista and `day` as these lines say; old ones go."""
    start, end = calendar.midnight(day), calendar.end(day)
    theirs = [line for line in lines if start <= line.at < end and line.counts and line.actor_id == actor_id]
    others = tuple(
        flag
        for flag in flags
        if (flag.day, flag.actor_id) != (day.toordinal(), actor_id) and flag.day > day.toordinal() - FLAG_DAYS
    )
    if not 0 < program.guards.flag_purchases < len(theirs):
        return others
    cups = sum(line.purchase.cups for line in theirs)
    return (Flag(day.toordinal(), actor_id, len(theirs), cups), *others)


def check_undoable(line: Operation, actor: Actor, now: datetime, program: Program, calendar: ShopCalendar) -> None:
    """Raises AlreadyUndone, UndoNotAllowed, UndoTooLate."""
    if line.undone:
        raise AlreadyUndone
    if actor.is_owner:
        undoable = calendar.day(line.at) == calendar.day(now)
    elif line.actor_id != actor.id:
        raise UndoNotAllowed
    else:
        undoable = now - line.at <= timedelta(minutes=program.undo_minutes)
    if not undoable:
        raise UndoTooLate
