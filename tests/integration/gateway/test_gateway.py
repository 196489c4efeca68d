"""The gateway's promises, on a real nginx: who gets through, as whom, what is cut off and what stays hidden."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.gateway.conftest import Gateway, started

PROBLEM = "application/problem+json"


def echo(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def assert_problem(answer: httpx.Response, status: int, slug: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json()
    assert problem["type"] == f"urn:bezkart:problem:{slug}"
    assert problem["status"] == status
    assert problem["title"]


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/api/v1/sessions", "identity"),
        ("/api/v1/sessions/current", "identity"),
        ("/api/v1/guests/g1/consents/advertising", "identity"),
        ("/api/v1/shops", "identity"),
        ("/api/v1/guest-sign-ins", "identity"),
        ("/api/v1/guest-sign-ins/in_1/confirm", "identity"),
        ("/api/v1/telegram/guests", "identity"),
        ("/api/v1/feedback/ratings/r_1", "feedback"),
        ("/api/v1/feedback/live", "feedback"),
        ("/api/v1/operations/feedback/invariants", "feedback"),
        ("/api/v1/mailings/c_1/launch", "campaigns"),
        ("/api/v1/reports/daily/2026-11-22/picture.png", "reports"),
        ("/api/v1/operations/reports/invariants", "reports"),
        ("/api/v1/mailings/live", "campaigns"),
        ("/api/v1/promotions/mine", "campaigns"),
        ("/api/v1/triggers", "campaigns"),
        ("/api/v1/coupons", "campaigns"),
        ("/telegram-webhook/demo", "bot"),
        ("/api/v1/staff/s1", "identity"),
        ("/api/v1/keys", "identity"),
        ("/api/v1/accounts/g1?limit=3", "purchases"),
        ("/api/v1/purchases", "purchases"),
        ("/api/v1/gifts", "purchases"),
        ("/api/v1/program", "purchases"),
        ("/api/v1/imports/purchases", "purchases"),
        ("/api/v1/segments", "segments"),
        ("/api/v1/segments/comparison", "segments"),
        ("/api/v1/messages?key=gift-1", "notifications"),
        ("/api/v1/messages/m_1/escalate", "notifications"),
        ("/api/v1/templates/receipt", "notifications"),
        ("/api/v1/channels/reachability", "notifications"),
        ("/api/v1/inbox", "notifications"),
        ("/api/v1/operations/notifications/channels", "notifications"),
        ("/api/docs", "web"),
        ("/api/openapi.json", "web"),
        ("/api/v1/guestsbook", "web"),
        ("/static/app.js", "web"),
        ("/", "web"),
        ("/no/such/page", "web"),
    ],
)
def test_each_address_goes_to_its_service_unchanged(door: Gateway, path: str, service: str) -> None:
    seen = echo(door.client.get(path))

    assert (seen["service"], seen["path"]) == (service, path)


class TestToken:
    def test_an_opaque_token_becomes_a_jwt(self, door: Gateway) -> None:
        headers = echo(door.client.get("/api/v1/accounts/g1", headers={"Authorization": "Bearer good"}))["headers"]

        assert headers["authorization"] == "Bearer jwt-of-good"
        assert "x-access-token" not in headers

    @pytest.mark.parametrize("path", ["/api/v1/accounts/g1", "/api/v1/sessions/current", "/owner/segments"])
    def test_a_session_cookie_becomes_a_jwt_and_goes_no_further(self, door: Gateway, path: str) -> None:
        headers = echo(door.client.get(path, headers={"Cookie": "bezkart_session=cookie-1; other=1"}))["headers"]

        assert headers["authorization"] == "Bearer jwt-of-cookie-1"
        assert "cookie" not in headers

    def test_a_page_learns_the_chosen_language_and_no_other_cookie(self, door: Gateway) -> None:
        cookies = "bezkart_session=cookie-1; bezkart_language=en; other=1"

        assert (
            echo(door.client.get("/terminal", headers={"Cookie": cookies}))["headers"]["cookie"]
            == "bezkart_language=en"
        )

    @pytest.mark.parametrize(
        "credentials", [{}, {"Authorization": "Bearer made-up"}, {"Cookie": "bezkart_session=old"}]
    )
    def test_without_a_session_a_request_is_anonymous(self, door: Gateway, credentials: dict[str, str]) -> None:
        headers = echo(door.client.get("/api/v1/accounts/g1", headers=credentials))["headers"]

        assert "authorization" not in headers
        assert "cookie" not in headers

    def test_nothing_a_client_says_about_itself_is_believed(self, door: Gateway) -> None:
        lies = {
            "X-Access-Token": "jwt-of-good",
            "X-Real-IP": "10.1.1.1",
            "X-Forwarded-For": "10.1.1.1",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "elsewhere.example",
            "Forwarded": "for=10.1.1.1",
            "X-Original-Method": "GET",
        }
        before = len(door.seen.headers)

        headers = echo(door.client.post("/api/v1/purchases", headers=lies))["headers"]

        assert headers["x-real-ip"] == headers["x-forwarded-for"] == "127.0.0.1"
        assert headers["x-forwarded-proto"] == "http"
        assert {"authorization", "x-access-token", "x-forwarded-host", "forwarded"}.isdisjoint(headers)
        asked = door.seen.headers[before]
        assert asked["x-real-ip"] == "127.0.0.1"
        assert asked["x-original-method"] == "POST"
        assert {"authorization", "x-access-token", "content-length"}.isdisjoint(asked)

    def test_identity_is_asked_once_in_five_seconds_for_one_session(self, door: Gateway) -> None:
        credentials = {"Authorization": f"Bearer once-{time.time()}"}
        before = len(door.seen.headers)

        for _ in range(5):
            door.client.get("/api/v1/accounts/g1", headers=credentials)

        assert len(door.seen.headers) - before == 1

    def test_the_answers_for_two_sessions_are_never_mixed_up(self, door: Gateway) -> None:
        for _ in range(2):
            token = echo(door.client.get("/", headers={"Authorization": "Bearer good"}))["headers"]["authorization"]
            cookie = echo(door.client.get("/", headers={"Cookie": "bezkart_session=cookie-1"}))["headers"][
                "authorization"
            ]
            nobody = echo(door.client.get("/"))["headers"].get("authorization")
            assert (token, cookie, nobody) == ("Bearer jwt-of-good", "Bearer jwt-of-cookie-1", None)

    def test_telegram_is_no_session_and_its_secret_reaches_the_bot(self, door: Gateway) -> None:
        before = len(door.seen.headers)

        seen = echo(door.client.post("/telegram-webhook/demo", headers={"X-Telegram-Bot-Api-Secret-Token": "s"}))

        assert seen["headers"]["x-telegram-bot-api-secret-token"] == "s"
        assert len(door.seen.headers) == before

    def test_files_need_no_question_to_identity(self, door: Gateway) -> None:
        before = len(door.seen.headers)

        echo(door.client.get("/static/app.js", headers={"Authorization": "Bearer good"}))

        assert len(door.seen.headers) == before


class TestHidden:
    @pytest.mark.parametrize(
        "path",
        [
            "/internal/token",
            "/internal",
            "/metrics",
            "/health/ready",
            "/health/live",
            "//internal/token",
            "/%69nternal/token",
            "/api/v1/guests/../../../internal/token",
            "/api/v1/guests/%2e%2e/%2e%2e/%2e%2e/internal/token",
            "/_token",
        ],
    )
    def test_what_is_for_the_cluster_only_is_not_there(self, door: Gateway, path: str) -> None:
        url = httpx.URL(door.client.base_url, raw_path=path.encode())
        before = len(door.seen.headers)

        assert_problem(door.client.get(url), 404, "not-found")
        assert len(door.seen.headers) == before

    def test_the_gateway_tells_its_own_health(self, door: Gateway) -> None:
        assert echo(door.client.get("/health")) == {"status": "ok"}


class TestLimits:
    def test_a_body_of_ten_megabytes_is_a_problem(self, door: Gateway) -> None:
        assert_problem(door.client.post("/api/v1/purchases", content=b"x" * 10_000_000), 413, "body-too-large")

    def test_an_endless_address_is_a_problem(self, door: Gateway) -> None:
        assert_problem(door.client.get("/" + "x" * 9000), 414, "address-too-long")

    def test_an_oversized_header_is_a_problem(self, door: Gateway) -> None:
        assert_problem(door.fresh_client().get("/", headers={"X-Much": "x" * 9000}), 400, "bad-request")

    @pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1/guest-sign-ins", "/api/v1/guest-sign-ins/a/confirm"])
    def test_signing_in_too_often_is_a_problem(self, tmp_path: Path, path: str) -> None:
        with started(tmp_path, sign_in_rate="1r/s", sign_in_burst="2") as door:
            answers = [door.client.post(path, json={}) for _ in range(5)]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
            assert_problem(answers[-1], 429, "too-many-requests")
            assert answers[-1].headers["retry-after"] == "1"
            assert door.client.get(path).status_code == 200

    def test_one_session_cannot_use_up_what_another_may_ask(self, tmp_path: Path) -> None:
        with started(tmp_path, rate="1r/s", burst="2") as door:
            greedy = [door.client.get("/", headers={"Authorization": "Bearer good"}).status_code for _ in range(5)]
            assert greedy == [200, 200, 200, 429, 429]
            assert door.client.get("/", headers={"Cookie": "bezkart_session=cookie-1"}).status_code == 200

    def test_a_made_up_token_each_time_does_not_help(self, tmp_path: Path) -> None:
        with started(tmp_path, address_rate="1r/s", address_burst="2") as door:
            made_up = [{"Authorization": f"Bearer {number}"} for number in range(5)]
            statuses = [door.client.get("/", headers=headers).status_code for headers in made_up]
            assert statuses == [200, 200, 200, 429, 429]

    def test_a_service_that_says_when_to_come_back_is_not_contradicted(self, door: Gateway) -> None:
        answer = door.client.get("/api/v1/guests/limited")

        assert answer.headers.get_list("retry-after") == ["77"]


class TestTrouble:
    def test_without_identity_nobody_signs_in(self, tmp_path: Path) -> None:
        with started(tmp_path, without="identity") as door:
            for path in ("/api/v1/accounts/g1", "/api/v1/sessions", "/"):
                answer = door.client.get(path, headers={"Authorization": "Bearer good"})
                assert_problem(answer, 503, "sign-in-unavailable")
                assert answer.headers["retry-after"] == "1"
            assert echo(door.client.get("/static/app.js"))["service"] == "web"

    def test_a_service_that_is_away_is_a_problem(self, tmp_path: Path) -> None:
        with started(tmp_path, without="purchases") as door:
            assert_problem(door.client.get("/api/v1/accounts/g1"), 503, "service-unavailable")


class TestAnswers:
    def test_events_arrive_one_by_one(self, door: Gateway) -> None:
        delays = []
        with door.client.stream("GET", "/api/v1/segments/live") as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            delays = list(_delays(answer))

        assert len(delays) == 3
        assert max(delays) < 0.3  # a stand-in pauses 0.4 s between two events

    def test_pages_carry_the_security_headers(self, door: Gateway) -> None:
        assert door.client.get("/static/app.js").headers["x-content-type-options"] == "nosniff"
        for path in ("/", "/api/v1/shops", "/internal/token"):
            headers = door.client.get(path).headers
            assert "default-src 'self'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "same-origin"

    def test_an_answer_shows_neither_the_token_nor_the_server(self, door: Gateway) -> None:
        headers = door.client.get("/", headers={"Authorization": "Bearer good"}).headers

        assert "x-access-token" not in headers
        assert "set-cookie" not in headers
        assert headers["server"] == "nginx"

    def test_a_request_can_be_followed(self, door: Gateway) -> None:
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        answer = door.client.get("/", headers={"X-Request-ID": "till-7.0001", "traceparent": trace})
        assert answer.headers.get_list("x-request-id") == ["till-7.0001"]
        assert echo(answer)["headers"]["x-request-id"] == "till-7.0001"
        assert echo(answer)["headers"]["traceparent"] == trace

        answer = door.client.get("/", headers={"X-Request-ID": 'a b"c', "traceparent": "nonsense"})
        made = answer.headers["x-request-id"]
        assert len(made) == 32
        assert echo(answer)["headers"]["traceparent"].startswith(f"00-{made}-{made[:16]}-")

    def test_the_log_is_json_without_anything_personal(self, door: Gateway) -> None:
        door.client.get(
            "/api/v1/guests/+79231234567?phone=79231234567",
            headers={"Cookie": "bezkart_session=cookie-1", "X-Request-ID": "in-the-log"},
        )

        entry = _logged(door.log, "in-the-log")
        assert entry["path"] == "/api/v1/guests/[number]"
        assert (entry["method"], entry["status"], entry["event"]) == ("GET", "200", "request_answered")
        entry.pop("upstream")
        assert not [value for value in entry.values() if re.search("9231234567|cookie-1|127.0.0.1", value)]
        assert "79231234567" not in door.log.read_text(encoding="utf-8")

    def test_the_log_does_not_tell_whose_sign_in_it_is(self, door: Gateway) -> None:
        door.client.post("/api/v1/guest-sign-ins/in_known/confirm", json={}, headers={"X-Request-ID": "a-sign-in"})

        assert _logged(door.log, "a-sign-in")["path"] == "/api/v1/guest-sign-ins/[id]/confirm"


def _delays(answer: httpx.Response) -> Iterator[float]:
    for line in answer.iter_lines():
        if line.startswith("data:"):
            yield time.time() - float(line.split()[2])


def _logged(log: Path, request_id: str) -> dict[str, str]:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8").splitlines():
            if request_id in line:
                entry: dict[str, str] = json.loads(line)
                return entry
        time.sleep(0.05)
    raise AssertionError("the request is not in the log")
