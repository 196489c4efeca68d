"""The gateway's client: patience, refusals, sessions. The transport is httpx's own stand-in: what counts is our side."""

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
import stamina

from bezkart.cli.address import Address
from bezkart.cli.client import Gateway
from bezkart.cli.failures import Refused, Unreachable

Answer = httpx.Response | Exception
ADDRESS = Address("http://127.0.0.1:1", "ops-key")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


def problem(status: int, slug: str, **members: object) -> httpx.Response:
    body = {"type": f"urn:bezkart:problem:{slug}", "title": "Refused", "status": status, **members}
    return httpx.Response(status, json=body, headers={"Retry-After": "1"} if status in {429, 503} else {})


class Script:
    """Answers one after another, and remembers the requests."""

    def __init__(self, *answers: Answer | Callable[[httpx.Request], httpx.Response]) -> None:
        self._answers: Iterator[Answer | Callable[[httpx.Request], httpx.Response]] = iter(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    @property
    def tokens(self) -> list[str]:
        return [request.headers["Authorization"].removeprefix("Bearer ") for request in self.requests]


def gateway(script: Script) -> Gateway:
    return Gateway(ADDRESS, transport=httpx.MockTransport(script))


def test_requests_go_to_the_api_with_the_ops_key() -> None:
    script = Script(httpx.Response(200, json={"shops": []}))
    assert gateway(script).get("shops") == {"shops": []}
    (request,) = script.requests
    assert (str(request.url), script.tokens) == ("http://127.0.0.1:1/api/v1/shops", ["ops-key"])


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("closed"),
        httpx.ReadTimeout("slow"),
        problem(502, "service-unavailable"),
        problem(503, "sign-in-unavailable"),
        problem(504, "service-unavailable"),
        problem(429, "too-many-requests"),
        problem(409, "history-catching-up"),
    ],
)
def test_a_system_that_is_away_for_a_moment_is_waited_for(trouble: Answer) -> None:
    script = Script(trouble, trouble, httpx.Response(200, json={"recorded": 1}))
    assert gateway(script).send("POST", "imports/purchases", body={"rows": []}) == {"recorded": 1}
    assert len(script.requests) == 3


def test_patience_ends_with_one_clear_sentence() -> None:
    script = Script(*[httpx.ConnectError("refused")] * 1000)
    with pytest.raises(Unreachable, match=r"http://127.0.0.1:1 does not answer: no connection") as failure:
        gateway(script).send("GET", "shops", patience=0.01)
    assert failure.value.exit_code == 1


def test_what_must_not_be_repeated_is_repeated_only_if_it_never_left() -> None:
    script = Script(httpx.ConnectError("refused"), httpx.Response(201, json={}))
    assert gateway(script).send("POST", "shops", body={}, repeatable=False) == {}
    script = Script(httpx.ReadError("reset"), httpx.Response(201, json={}))
    with pytest.raises(Unreachable):
        gateway(script).send("POST", "shops", body={}, repeatable=False)
    assert len(script.requests) == 1


def test_a_refusal_is_told_with_slug_detail_and_fields() -> None:
    faults = [{"pointer": "/timezone", "detail": "no such zone"}]
    script = Script(problem(422, "invalid", detail="look at the fields", errors=faults))
    with pytest.raises(Refused, match=r"look at the fields; /timezone: no such zone \(invalid, HTTP 422\)") as refusal:
        gateway(script).send("POST", "shops", body={})
    assert (refusal.value.slug, refusal.value.faults) == ("invalid", (("/timezone", "no such zone"),))


def test_an_answer_that_is_no_problem_document_is_a_refusal_too() -> None:
    for response in (httpx.Response(404, text="<html>"), httpx.Response(500, json=["?"])):
        with pytest.raises(Refused, match=f"HTTP {response.status_code}"):
            gateway(Script(response)).get("shops")


def test_an_answer_without_a_body_is_none() -> None:
    assert gateway(Script(httpx.Response(204))).send("DELETE", "sessions/current") is None


def opened(token: str) -> httpx.Response:
    return httpx.Response(201, json={"token": token, "shop": {"slug": "x", "timezone": "Europe/Moscow"}})


def test_a_shop_s_session_is_opened_once_and_again_when_it_ends() -> None:
    ended = problem(401, "unauthenticated")
    done = httpx.Response(200, json={"guests": 1})
    script = Script(opened("first"), done, ended, opened("second"), done, done)
    session = gateway(script).open_shop("x y")
    assert session.shop["timezone"] == "Europe/Moscow"
    assert [session.get("guests/totals") for _ in range(3)] == [{"guests": 1}] * 3
    assert script.tokens == ["ops-key", "first", "first", "ops-key", "second", "second"]
    assert script.requests[0].url.raw_path == b"/api/v1/shops/x%20y/sessions"


def test_a_session_that_is_refused_again_is_a_refusal() -> None:
    ended = problem(401, "unauthenticated")
    with pytest.raises(Refused):
        gateway(Script(opened("first"), ended, opened("second"), ended)).open_shop("x").get("guests/totals")


def test_bodies_are_json() -> None:
    script = Script(httpx.Response(200, json={}))
    gateway(script).send("POST", "guests/search", body={"last4": "8323"})
    assert json.loads(script.requests[0].content) == {"last4": "8323"}
    assert script.requests[0].headers["Content-Type"] == "application/json"


def test_the_library_s_own_retry_log_is_silent() -> None:
    gateway(Script())
    assert stamina.instrumentation.get_on_retry_hooks() == ()
