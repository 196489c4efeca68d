"""The stand-ins' control: a drill switches those off, never a real provider."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from bezkart.cli.failures import Unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

MODES: Final = {"off": {"on": False}, "hang": {"hang": "before"}, "errors": {"error_share": 1.0}}
HEALTHY: Final = {"on": True, "hang": "", "error_share": 0.0}
BOOKS: Final = ("telegram", "smsc", "smsru", "smsaero")


def find_standins() -> str:
    """Of the stack on this machine. Raises Unreachable."""
    path = Path(os.environ.get("BEZKART_RUN_DIR") or ".run") / "stack.json"
    try:
        processes = json.loads(path.read_text(encoding="utf-8"))["processes"]
        ports = [process["port"] for process in processes if process["name"] == "standins"]
    except (OSError, ValueError, KeyError):
        ports = []
    if not ports:
        raise Unreachable("No stand-ins run here: a drill needs them, name their address with --standins.")
    return f"http://127.0.0.1:{ports[0]}"


class StandIns:
    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=10, trust_env=False)

    def __enter__(self) -> StandIns:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def down(self, provider: str, how: str) -> None:
        self._send("PATCH", f"/control/{provider}", MODES[how])

    def up(self, provider: str) -> None:
        self._send("PATCH", f"/control/{provider}", HEALTHY)

    def times(self, texts: Sequence[str]) -> dict[str, dict[str, int]]:
        """By provider: how often each text reached anybody."""
        return {book: self._send("POST", f"/control/{book}/times", {"texts": list(texts)})["times"] for book in BOOKS}

    def violations(self) -> int:
        """Calls before a `retry_after` was over."""
        return int(self._send("GET", "/control/telegram")["penalties"]["violations"])

    def _send(self, method: str, path: str, body: object = None) -> Any:
        try:
            return self._http.request(method, path, json=body).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unreachable(f"The stand-ins do not answer as expected ({error}).") from None
