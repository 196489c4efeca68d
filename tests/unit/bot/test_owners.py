"""The owner's menu: report and segments with pictures, mailings and ready scenarios."""

from typing import Any

import httpx
import pytest
from aiogram.methods import SendPhoto
from aiogram.types import BufferedInputFile

from services.bot.screens.action import LONGEST
from tests.unit.bot.chatting import Chatting

MAILING = "c_" + "a" * 24
PNG = b"\x89PNG picture"


def mailing(state: str = "draft", **facts: Any) -> dict[str, Any]:
    known = {
        "id": MAILING,
        "name": "Скучаем",
        "state": state,
        "reason": "",
        "audience": {"segments": ["leaving"], "saved": None},
        "texts": [{"variant": "a", "text": "{name}, ждём вас!"}],
        "fallback_name": "",
        "offer": {"kind": "points", "points": 5000, "valid_days": 14},
        "holdout_percent": 10,
        "starts_at": None,
        "runs": [],
    }
    return {**known, **facts}


def progress(**facts: Any) -> dict[str, Any]:
    figures = {"audience": 0, "handed": 0, "delivered": 0, "failed": 0, "cancelled": 0, "held_out": 0}
    return {**figures, "left_out": {}, "held_until": None, **facts}


def estimate(will_get: int = 23, **facts: Any) -> dict[str, Any]:
    known = {"will_get": will_get, "holdout": 2, "excluded": {"no-consent": 5}, "gift_cost_max": None}
    return {**known, "quiet_until": None, **facts}


def scenario(name: str = "win-back-leaving", **facts: Any) -> dict[str, Any]:
    words = {"ru": "Вернуть уходящего", "en": "Win back"}
    on = {"kind": "segment-entered", "segment": "leaving"}
    known = {"name": name, "title": words, "about": words, "text": {"ru": "{name}, ждём!", "en": "Come!"}, "on": on}
    return {**known, "trigger_id": None, **facts}


@pytest.fixture
def owner(barista: Chatting) -> Chatting:
    system = barista.system
    staff = {"id": "s_1", "login": "olga", "name": "Ольга", "role": "owner"}
    shop = {"slug": "zerno", "name": "Зерно", "timezone": "Europe/Moscow", "currency": "RUB", "plan": "pro"}
    system.on("GET", "/sessions/current", {"staff": staff, "shop": shop})
    system.on("GET", "/mailings", {"mailings": [mailing()], "next": None})
    system.on("GET", f"/mailings/{MAILING}", mailing())
    system.on("GET", f"/mailings/{MAILING}/progress", progress())
    system.on("POST", "/mailings/estimate", estimate())
    system.on("GET", "/triggers/scenarios", {"scenarios": [scenario()]})
    system.on("POST", "/triggers/scenarios/win-back-leaving", {"trigger_id": "t_1", "promotion_id": None}, status=201)
    trigger = {"id": "t_1", "text": "{name}, ждём!", "fallback_name": "", "holdout_percent": 10, "active": False}
    system.on("GET", "/triggers/t_1", {**trigger, "offer": {"kind": "points", "points": 5000, "valid_days": 14}})
    return barista


def pictures(chat: Chatting) -> list[SendPhoto]:
    return [each for each in chat.paper.calls if isinstance(each, SendPhoto)]


def drawn(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=PNG, headers={"Content-Type": "image/png"})


class TestFigures:
    def today(self, chat: Chatting, **facts: Any) -> None:
        sizes = [
            {"segment": "leaving", "guests": 23, "week_ago": 20},
            {"segment": "new", "guests": 1200, "week_ago": 1200},
        ]
        step = {"kind": "win-back", "segment": "leaving", "guests": 23}
        known = {"day": "2026-11-22", "segments": sizes, "won_back_week": 2, "next_step": step}
        chat.system.on("GET", "/reports/today", {**known, **facts})
        chat.system.on("GET", "/reports/daily/2026-11-22", {"text": {"ru": "Сегодня 40 покупок", "en": "40 purchases"}})

    async def test_todays_report_with_its_picture(self, owner: Chatting) -> None:
        self.today(owner)
        owner.system.answers["GET", "/reports/daily/2026-11-22/picture.png"] = drawn
        await owner.say("/start")
        assert await owner.press("Отчёт") == "Сегодня 40 покупок"
        (photo,) = pictures(owner)
        assert isinstance(photo.photo, BufferedInputFile)
        assert photo.photo.data == PNG
        (asked,) = owner.system.of("GET", "/reports/daily/2026-11-22/picture.png")
        assert asked.headers["Accept-Language"] == "ru"

    async def test_where_no_picture_can_be_drawn_the_words_stand_alone(self, owner: Chatting) -> None:
        self.today(owner)
        await owner.say("/start")
        assert await owner.press("Отчёт") == "Сегодня 40 покупок"
        assert pictures(owner) == []

    async def test_segments_in_their_order_with_the_change_and_what_to_do(self, owner: Chatting) -> None:
        self.today(owner)
        owner.system.answers["GET", "/reports/charts/segments.png"] = drawn
        await owner.say("/start")
        shown = await owner.press("Сегменты")
        assert shown.index("Новички: 1\xa0200") < shown.index("Уходящие: 23 ▲ +3")
        assert "вернулись 2 гостя" in shown
        assert "23 гостя уходят" in shown
        assert len(pictures(owner)) == 1

    async def test_a_barista_has_no_such_buttons(self, barista: Chatting) -> None:
        await barista.say("/start")
        assert not [words for words in barista.buttons.values() if "Отчёт" in words or "Рассылки" in words]


class TestMailings:
    async def test_launched_only_with_the_number_that_was_shown(self, owner: Chatting) -> None:
        owner.system.on("POST", f"/mailings/{MAILING}/launch", {})
        await owner.say("/start")
        await owner.press("Рассылки")
        await owner.press("Скучаем")
        shown = await owner.press("Разослать…")
        assert "Получат: 23 гостя" in shown
        assert owner.system.of("POST", f"/mailings/{MAILING}/launch") == []
        go, screen = owner.behind("Да, 23"), owner.talk.screen
        assert all(len(data.encode()) <= LONGEST for data in owner.buttons)
        owner.system.on("GET", f"/mailings/{MAILING}", mailing("scheduled", starts_at="2026-11-22T09:00:04Z"))
        assert "Начнётся" in await owner.press_data(go, message_id=screen)
        owner.system.refuse("POST", f"/mailings/{MAILING}/launch", "mailing-not-draft")
        assert "Начнётся" in await owner.press_data(go, message_id=screen)
        sent = owner.system.of("POST", f"/mailings/{MAILING}/launch")
        assert {each.headers["Idempotency-Key"] for each in sent} == {sent[0].headers["Idempotency-Key"]}
        assert owner.system.bodies("POST", f"/mailings/{MAILING}/launch")[0] == {"expected": 23}

    async def test_another_number_by_now_is_asked_about_anew(self, owner: Chatting) -> None:
        await owner.say("/start")
        await owner.press("Рассылки")
        await owner.press("Скучаем")
        await owner.press("Разослать…")
        owner.system.refuse("POST", f"/mailings/{MAILING}/launch", "audience-changed", count=90)
        owner.system.on("POST", "/mailings/estimate", estimate(90, quiet_until="2026-11-23T06:00:00Z"))
        shown = await owner.press("Да, 23")
        assert "Число гостей изменилось" in shown
        assert "90 гостей" in shown
        assert "тихие часы" in shown

    async def test_nobody_would_get_it(self, owner: Chatting) -> None:
        owner.system.on("POST", "/mailings/estimate", estimate(0))
        await owner.say("/start")
        await owner.press("Рассылки")
        await owner.press("Скучаем")
        assert "никто не получит" in await owner.press("Разослать…")
        assert not [words for words in owner.buttons.values() if words.startswith("Да")]

    async def test_an_old_button_launches_nothing(self, owner: Chatting) -> None:
        await owner.say("/start")
        await owner.press("Рассылки")
        await owner.press("Скучаем")
        await owner.press("Разослать…")
        await owner.press_data(owner.behind("Да, 23"), age=13 * 3600)
        assert owner.system.of("POST", f"/mailings/{MAILING}/launch") == []
        assert "устарела" in (owner.toasts[-1] or "")

    async def test_progress_and_the_stop_button(self, owner: Chatting) -> None:
        run = {"number": 1, "outcome": "", "audience": 5000}
        owner.system.on("GET", f"/mailings/{MAILING}", mailing("sending", runs=[run]))
        going = progress(audience=5000, handed=1200, delivered=1100, held_out=500, left_out={"frequency": 3})
        owner.system.on("GET", f"/mailings/{MAILING}/progress", going)
        owner.system.on("POST", f"/mailings/{MAILING}/stop", {})
        await owner.say("/start")
        await owner.press("Рассылки")
        shown = await owner.press("Скучаем")
        assert "Ушло 1\xa0200 из 5\xa0000" in shown
        assert "Доставлено: 1\xa0100" in shown
        owner.system.on("GET", f"/mailings/{MAILING}", mailing("stopped", reason="owner", runs=[run]))
        assert "Вы её остановили" in await owner.press("Остановить")
        assert "остальным не отправим" in (owner.toasts[-1] or "")

    async def test_stopped_too_late_shows_what_holds_now(self, owner: Chatting) -> None:
        owner.system.on("GET", f"/mailings/{MAILING}", mailing("sending"))
        owner.system.refuse("POST", f"/mailings/{MAILING}/stop", "mailing-not-running")
        await owner.say("/start")
        await owner.press("Рассылки")
        await owner.press("Скучаем")
        stop = owner.behind("Остановить")
        owner.system.on("GET", f"/mailings/{MAILING}", mailing("done"))
        assert "Отправлена" in await owner.press_data(stop)

    async def test_a_plan_without_mailings_says_so(self, owner: Chatting) -> None:
        owner.system.refuse("GET", "/mailings", "plan-required", status=402, needed="growth")
        await owner.say("/start")
        assert "нет в тарифе" in await owner.press("Рассылки")


class TestScenarios:
    async def test_sent_to_those_it_is_about_today(self, owner: Chatting) -> None:
        owner.system.on("POST", "/mailings", mailing(), status=201)
        await owner.say("/start")
        await owner.press("Рассылки")
        await owner.press("Готовые сценарии")
        assert "касается 23 гостей" in await owner.press("Вернуть уходящего")
        assert "Разослать «Скучаем»?" in await owner.press("Разослать сейчас: 23")
        (body,) = owner.system.bodies("POST", "/mailings")
        assert body["audience"] == {"segments": ["leaving"]}
        assert body["offer"] == {"kind": "points", "points": 5000, "valid_days": 14}
        assert owner.system.of("POST", f"/mailings/{MAILING}/launch") == []

    async def test_switched_on_after_a_question_that_says_how_many(self, owner: Chatting) -> None:
        made = {"trigger_id": "t_1", "promotion_id": "pr_1"}
        owner.system.on("POST", "/triggers/scenarios/win-back-leaving", made, status=201)
        owner.system.on("PATCH", "/triggers/t_1", {})
        owner.system.refuse("POST", "/promotions/pr_1/resume", "promotion-not-paused")
        await owner.say("/start")
        await owner.press("Рассылки")
        await owner.press("Готовые сценарии")
        await owner.press("Вернуть уходящего")
        assert "Сейчас подходит: 23 гостя" in await owner.press("Включить")
        assert owner.system.of("PATCH", "/triggers/t_1") == []
        owner.system.on("GET", "/triggers/scenarios", {"scenarios": [scenario(trigger_id="t_1")]})
        owner.system.on("GET", "/triggers/t_1", {"active": True})
        assert "работает сам" in await owner.press("Да, включить")
        assert owner.system.bodies("PATCH", "/triggers/t_1") == [{"active": True}]
        assert len(owner.system.of("POST", "/promotions/pr_1/resume")) == 1

    async def test_one_about_no_segment_can_only_be_switched_on(self, owner: Chatting) -> None:
        owner.system.on("GET", "/triggers/scenarios", {"scenarios": [scenario("birthday", on={"kind": "birthday"})]})
        await owner.say("/start")
        await owner.press("Рассылки")
        await owner.press("Готовые сценарии")
        await owner.press("Вернуть уходящего")
        assert not [words for words in owner.buttons.values() if "сейчас" in words]
        await owner.press_data(owner.behind("Включить").replace("scn_ask", "scn_mail"))
        assert owner.system.of("POST", "/mailings") == []
