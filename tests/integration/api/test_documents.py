"""Every route, sent what Schemathesis makes up from its OpenAPI document, fitting and not: no fault, no answer but the documented ones."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bezkart.kit import live
from bezkart.kit.auth import BOT_SESSION, Role
from tests.fixtures.house import House, token
from tests.integration.api.conftest import Foreign
from tests.integration.api.table import BY_TELEGRAM, OWN, PLATFORM, TABLE, Row

Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Any]
EXAMPLES = 6  # of each kind, for each of some fifty routes
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
QUIETLY = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def made_up(operation: Operation, mode: GenerationMode) -> list[AnyCase]:
    """The same cases in each run; none where nothing could be wrong."""
    cases: list[AnyCase] = []

    @QUIETLY
    @given(operation.as_strategy(generation_mode=mode))
    def keep(case: AnyCase) -> None:
        cases.append(case)

    with suppress(Unsatisfiable):
        keep()
    return cases


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def with_real_ids(case: AnyCase, ids: dict[str, str], place: int) -> None:
    """Every second case is about somebody who exists: made-up ids alone would never get past the first look-up."""
    if place % 2:
        return
    for known in (case.path_parameters, case.body):
        if isinstance(known, dict):
            known.update({name: value for name, value in ids.items() if name in known})
    if case.operation.method == "post":
        case.headers["Idempotency-Key"] = f"made-up-{place}"


async def bearer_for(house: House, row: Row, telegram_id: int) -> str:
    """Somebody who may call it; a guest of his own for each route of guests, for some end with his erasure."""
    if row.allowed == PLATFORM:
        return token(Role.OPS, shop="")
    if row.allowed == OWN:
        body = {"telegram_id": telegram_id, "consents": {"processing": True}}
        support = token(Role.OPS, staff="support")
        guest = await house.call("identity", "POST", "/api/v1/guests", json=body, bearer=support)
        return token(Role.GUEST, staff=guest.json()["id"], session=BOT_SESSION)
    if row.allowed == BY_TELEGRAM:
        return token(Role.VISITOR, staff=f"telegram:{telegram_id}", session=BOT_SESSION)
    return token(Role.OWNER, staff="s_owner")


async def send(house: House, service: str, case: AnyCase, bearer: str) -> None:
    request = case.as_transport_kwargs(base_url="http://test")
    known = {"headers": dict(request["headers"]), "params": request.get("params")}
    body = {"json": request["json"]} if "json" in request else {"content": request.get("data")}
    answer = await house.call(service, request["method"], request["url"], bearer=bearer, **known, **body)
    case.validate_response(answer, checks=CHECKS)


@pytest.mark.parametrize("service", TABLE)
async def test_whatever_is_sent_the_answer_is_a_documented_one(
    service: str, both: House, foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.0)
    document = (await both.call(service, "GET", "/openapi.json")).json()
    faults: dict[str, str] = {}
    for number, operation in enumerate(operations(document), start=1000):
        row = TABLE[service][f"{operation.method.upper()} {operation.path}"]
        bearer = await bearer_for(both, row, number)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for place, case in enumerate(made_up(operation, mode)):
                with_real_ids(case, foreign.ids, place)
                try:
                    await send(both, service, case, bearer)
                except Exception as fault:
                    faults.setdefault(operation.label, repr(getattr(fault, "exceptions", fault)))
    assert faults == {}
