"""The sweeps look only where something is due, and miss nothing that is written down while they work."""

from datetime import timedelta

from services.feedback.usecases.tend import look_everywhere, tend
from tests.fixtures.house import eventually
from tests.integration.feedback.conftest import A_WHILE, OWNER, Cafe


async def test_a_shop_with_nothing_due_is_left_in_peace(cafe: Cafe) -> None:
    agenda = cafe.service.agenda
    rating_id = await cafe.was_asked()
    later = cafe.house.clock.now() + timedelta(hours=23)

    async def settled() -> bool:
        return await agenda.due("ask", later) == [] and await agenda.due("tend", later) == []

    await eventually(settled)
    assert len(await agenda.due("tend", later + timedelta(hours=1))) == 1  # the request expires then
    await cafe.rate(5, rating_id)
    cafe.pass_time(timedelta(hours=25))

    async def nothing_left() -> bool:
        return await agenda.due("tend", cafe.house.clock.now() + timedelta(days=400)) == []

    await eventually(nothing_left)


async def test_what_is_written_down_during_the_work_is_looked_at_again(cafe: Cafe) -> None:
    await cafe.house.stop("feedback-consumer")
    agenda, now = cafe.service.agenda, cafe.house.clock.now()
    await agenda.mark("demo", "ask", now)
    (due,) = await agenda.due("ask", now)
    await agenda.mark("demo", "ask", now + A_WHILE)
    await agenda.settle(due, "ask", None)
    assert len(await agenda.due("ask", now)) == 1
    (again,) = await agenda.due("ask", now)
    await agenda.settle(again, "ask", None)
    assert await agenda.due("ask", now + A_WHILE) == []
    await agenda.mark("demo", "ask", None)
    assert await agenda.due("ask", now + A_WHILE) == []
    await cafe.hear(cafe.purchase())
    await look_everywhere(cafe.service)
    assert len(await agenda.due("ask", cafe.house.clock.now())) == 1


async def test_who_waits_is_counted(cafe: Cafe) -> None:
    await cafe.hear(cafe.purchase())
    thread = (await cafe.write("есть кто?")).json()

    async def waiting(count: int) -> bool:
        await tend(cafe.service)
        return (await cafe.service.agenda.waiting()).threads == count

    await eventually(lambda: waiting(1))
    assert (await cafe.service.agenda.waiting()).oldest is not None
    await cafe.say(thread["id"], "да!", by=OWNER)
    await eventually(lambda: waiting(0))
