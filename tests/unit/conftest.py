"""Unit tests reach nothing outside their process: connecting anywhere is an error."""

import socket
from typing import Any, NoReturn

import pytest


@pytest.fixture(autouse=True)
def _no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    # socketpair stays: asyncio's event loop wakes itself up through one.
    def refuse(_: socket.socket, address: Any) -> NoReturn:
        raise AssertionError(f"a unit test may not connect to {address}: it belongs to tests/integration")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
