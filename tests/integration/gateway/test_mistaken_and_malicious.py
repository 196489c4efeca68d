"""What a clumsy till or a malicious client may try at the gateway."""

import pytest

from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.test_gateway import _logged, assert_problem, echo


def test_credentials_that_look_alike_when_joined_are_kept_apart(door: Gateway) -> None:
    signed_in = {"Authorization": "Bearer good", "Cookie": "bezkart_session=x|"}
    assert echo(door.client.get("/", headers=signed_in))["headers"]["authorization"] == "Bearer jwt-of-good"
    nobody = door.client.get("/", headers={"Authorization": "Bearer good|x"})
    assert "authorization" not in echo(nobody)["headers"]


@pytest.mark.parametrize("cookie", ['"cookie-1"', "cookie-1|", "cookie-1,cookie-1", "%63ookie-1"])
def test_a_cookie_we_never_made_is_no_cookie(door: Gateway, cookie: str) -> None:
    seen = len(door.seen.headers)
    headers = echo(door.client.get("/", headers={"Cookie": f"bezkart_session={cookie}"}))["headers"]
    assert "authorization" not in headers
    assert "cookie" not in door.seen.headers[seen]


@pytest.mark.parametrize(
    "number", ["+7 913 000-83-23", "8 (913) 000 83 23", "7.913.000.83.23", "%2B7%20913%20000%2D83%2D23", "79130008323"]
)
def test_a_number_in_a_path_is_not_logged_however_it_is_written(door: Gateway, number: str) -> None:
    request_id = f"till-{abs(hash(number)) % 10**6:06}"
    door.client.get(f"/api/v1/guests/{number}/card", headers={"X-Request-ID": request_id})
    assert _logged(door.log, request_id)["path"] == "/api/v1/guests/[number]"


@pytest.mark.parametrize("request_id", ["79130008323", "till-89130008323", "79130008323.1"])
def test_a_number_taken_for_a_request_id_is_replaced(door: Gateway, request_id: str) -> None:
    answer = door.client.get("/", headers={"X-Request-ID": request_id})
    assert len(answer.headers["x-request-id"]) == 32
    assert echo(answer)["headers"]["x-request-id"] == answer.headers["x-request-id"]
    assert request_id not in door.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("method", ["FOO", "PROPFIND", "PURGE"])
def test_a_method_nobody_offers_is_a_problem(door: Gateway, method: str) -> None:
    assert_problem(door.client.request(method, "/api/v1/purchases"), 405, "method-not-allowed")


def test_two_lengths_of_one_body_are_refused(door: Gateway) -> None:
    both = {"Transfer-Encoding": "chunked", "Content-Length": "4"}
    answer = door.client.post("/api/v1/purchases", headers=both, content=iter([b"0\r\n\r\n"]))
    assert answer.status_code == 400
