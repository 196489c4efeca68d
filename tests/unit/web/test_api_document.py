"""One API document out of several."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bezkart.kernel.errors import Unavailable
from services.web.domain.api_document import merge
from services.web.usecases import publish_document
from services.web.usecases.publish_document import ApiDocument


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def document(path: str, **schemas: Any) -> dict[str, Any]:
    operation = {"operationId": "show", "responses": {"200": {"content": reference("Page")}}}
    paths = {
        path: {"get": operation},
        "/internal/token": {"get": {}},
        "/health/live": {"get": {}},
        "/metrics": {"get": {}},
    }
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}


def merged(**documents: dict[str, Any]) -> dict[str, Any]:
    return merge(documents, title="BezKart API", version="1")


def test_public_paths_of_all_services_and_nothing_else() -> None:
    found = merged(identity=document("/api/v1/guests"), purchases=document("/api/v1/purchases"))
    assert set(found["paths"]) == {"/api/v1/guests", "/api/v1/purchases"}
    operation = found["paths"]["/api/v1/guests"]["get"]
    assert (operation["tags"], operation["operationId"]) == (["identity"], "identity_show")


def test_an_operation_is_titled_by_what_it_does() -> None:
    found = document("/api/v1/guests")
    found["paths"]["/api/v1/guests"]["get"] |= {"summary": "One", "description": "A guest's\nprofile. Masked."}
    operation = merged(identity=found)["paths"]["/api/v1/guests"]["get"]
    assert (operation["summary"], operation["description"]) == ("A guest's profile", "Masked.")


def test_equal_schemas_are_kept_once() -> None:
    same = {"type": "object"}
    found = merged(identity=document("/api/a", Page=same), segments=document("/api/b", Page=same))
    assert found["components"]["schemas"] == {"Page": same}


def test_different_schemas_of_one_name_are_kept_apart_with_all_that_lean_on_them() -> None:
    wrap = {"properties": {"page": reference("Page")}}
    outer = {"items": [reference("Wrap")]}
    found = merged(
        identity=document("/api/a", Page={"type": "object"}, Wrap=wrap, Outer=outer),
        segments=document(
            "/api/b", Page={"type": "array"}, Wrap=wrap, Outer=outer, Own={"properties": {"page": reference("Page")}}
        ),
    )
    schemas = found["components"]["schemas"]
    assert {"IdentityPage", "SegmentsPage", "IdentityWrap", "SegmentsOuter", "Own"} <= schemas.keys()
    assert schemas["IdentityPage"] == {"type": "object"}
    assert schemas["SegmentsWrap"]["properties"]["page"] == reference("SegmentsPage")
    assert schemas["SegmentsOuter"]["items"] == [reference("SegmentsWrap")]
    assert schemas["Own"]["properties"]["page"] == reference("SegmentsPage")
    assert found["paths"]["/api/b"]["get"]["responses"]["200"]["content"] == reference("SegmentsPage")


def test_merging_leaves_the_originals_alone() -> None:
    original = document("/api/a", Page={"type": "object"})
    merged(identity=original, segments=document("/api/b", Page={"type": "array"}))
    assert original == document("/api/a", Page={"type": "object"})


def client(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_services_are_asked_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=document(f"/api/{request.url.host}"))

    api = ApiDocument({"identity": "http://identity/", "segments": "http://segments"}, client(answer))
    assert await api.current() == await api.current()
    assert asked == ["http://identity/openapi.json", "http://segments/openapi.json"]
    monkeypatch.setattr(publish_document, "KEPT_SECONDS", -1.0)
    await api.current()
    assert len(asked) == 4


@pytest.mark.parametrize("answer", [httpx.Response(503), httpx.Response(200, text="not a document"), None])
async def test_a_service_that_is_down_makes_a_problem(answer: httpx.Response | None) -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        if answer is None:
            raise httpx.ConnectError("refused")
        return answer

    with pytest.raises(Unavailable):
        await ApiDocument({"identity": "http://identity"}, client(refuse)).current()
