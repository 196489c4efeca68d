"""A fault of our own is answered and goes no further."""

import httpx

from bezkart.kit.http import build_app


async def test_an_unexpected_error_is_a_problem_and_never_reaches_the_server() -> None:
    app = build_app(title="test")

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("boom")

    # Raises what the server would see: it closes the connection then, under the next request of somebody else.
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/broken")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:bezkart:problem:internal-error")
    assert answer.headers["content-type"] == "application/problem+json"
