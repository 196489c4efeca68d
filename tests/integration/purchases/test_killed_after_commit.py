"""The process dies between the commit and the answer: the same request again is answered with what was committed."""

import asyncio
import os
import secrets
import signal
import sys
from typing import Any

import httpx

from bezkart.kernel.ids import GuestIds
from bezkart.local import ports
from tests.fixtures.house import House, token


async def api(house: House, port: int, faults: str) -> asyncio.subprocess.Process:
    """Purchases as a process of its own, answering."""
    known: dict[str, Any] = {**house.environment(), "guest_id_key": "g" * 40, "http_port": str(port), "faults": faults}
    environment = {**os.environ, **{f"BEZKART_{name.upper()}": value for name, value in known.items()}}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.purchases.app", "api", env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    async with httpx.AsyncClient(trust_env=False) as http:
        while process.returncode is None:
            try:
                await http.get(f"http://127.0.0.1:{port}/health/live")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                break
    return process


async def test_killed_between_commit_and_answer_is_replayed(house: House) -> None:
    guest_id, key = GuestIds("g" * 40).issue("demo"), secrets.token_hex(8)
    port = ports.choose(("purchases",), remembered={})["purchases"]
    headers = {"Authorization": f"Bearer {token()}", "Idempotency-Key": key}
    body = {"guest_id": guest_id, "cups": 2}
    dying = await api(house, port, "after-write:1")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers, trust_env=False) as http:
        try:
            lost = await http.post("/purchases", json=body)
        except httpx.TransportError:
            lost = None
        assert lost is None
        assert await dying.wait() == -signal.SIGKILL
        living = await api(house, port, "")
        first, second = [(await http.post("/purchases", json=body)) for _ in range(2)]
        account = (await http.get(f"/accounts/{guest_id}")).json()
        living.terminate()
        await living.wait()
    assert (first.status_code, first.content) == (201, second.content)
    assert (account["purchases"], account["cups"]) == (1, 2)
