"""A real nginx with our template in front of small stand-ins for the services."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from bezkart.local import gateway, ports
from bezkart.local.programs import find_programs

SESSIONS = {"Bearer good": "jwt-of-good", "bezkart_session=cookie-1": "jwt-of-cookie-1"}


@dataclass
class Seen:
    """What identity was asked, in order."""

    headers: list[dict[str, str]] = field(default_factory=list)


class StandIn(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, name: str, port: int, seen: Seen) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.name = name
        self.seen = seen


class Handler(BaseHTTPRequestHandler):
    """Echoes the request as JSON; a few paths behave in a special way."""

    protocol_version = "HTTP/1.1"
    server: StandIn

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.path.partition("?")[0]:
            case "/internal/token":
                self._token()
            case "/api/v1/segments/live":
                self._events()
            case "/api/v1/guests/limited":
                self._json(429, {"type": "urn:bezkart:problem:locked-out"}, {"Retry-After": "77"})
            case _:
                headers = {name.lower(): value for name, value in self.headers.items()}
                echo = {"service": self.server.name, "method": self.command, "path": self.path, "headers": headers}
                self._json(200, echo)

    def _token(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.headers.append(headers)
        token = SESSIONS.get(headers.get("authorization", ""), SESSIONS.get(headers.get("cookie", ""), ""))
        self._json(200, {}, {"X-Access-Token": token, "Cache-Control": "no-store", "Set-Cookie": "a=b"})

    def _events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(3):
            self.wfile.write(f"event: tick\ndata: {number} {time.time()}\n\n".encode())
            self.wfile.flush()
            time.sleep(0.4)
        self.close_connection = True

    def _json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet."""


for method in ("GET", "POST"):
    setattr(Handler, f"do_{method}", Handler.answer)  # the base class looks them up by these names


@dataclass
class Gateway:
    client: httpx.Client
    seen: Seen
    log: Path

    def fresh_client(self) -> httpx.Client:
        return httpx.Client(base_url=self.client.base_url, trust_env=False)


@contextmanager
def started(folder: Path, *, without: str = "", **settings: str) -> Iterator[Gateway]:
    """nginx and the stand-ins, all but the one named in `without`."""
    names = ("gateway", *gateway.BEHIND)
    chosen = ports.choose(names, remembered={})
    seen, log, config = Seen(), folder / "nginx.log", folder / "nginx.conf"
    config.write_text(gateway.render(folder, listen=chosen["gateway"], upstreams=chosen, **settings), encoding="utf-8")
    with ExitStack() as stack:
        for name in gateway.BEHIND:
            if name != without:
                stand_in = stack.enter_context(StandIn(name, chosen[name], seen))
                threading.Thread(target=stand_in.serve_forever, args=(0.05,), daemon=True).start()
                stack.callback(stand_in.shutdown)
        stack.enter_context(nginx(config, folder, log))
        client = stack.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{chosen['gateway']}", trust_env=False, timeout=10)
        )
        wait_until_up(client)
        yield Gateway(client, seen, log)


@contextmanager
def nginx(config: Path, folder: Path, log: Path) -> Iterator[None]:
    command = gateway.command(find_programs().nginx, folder=folder, config=config)
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            yield
        finally:
            process.terminate()


def wait_until_up(client: httpx.Client) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            assert client.get("/health").status_code == 200
        except httpx.TransportError:
            assert time.monotonic() < deadline, "nginx did not start"
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with started(tmp_path_factory.mktemp("gateway")) as running:
        yield running
