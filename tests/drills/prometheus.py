"""A real Prometheus beside the stack: the project's rules, looked at every second instead of every quarter of a minute."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from bezkart.local import Stack
from bezkart.local.services import SERVICES
from tests.drills.conftest import until

ROOT = Path(__file__).parents[2]
PROGRAM = shutil.which("prometheus")
SHORT = "1s"


@dataclass(frozen=True, slots=True)
class Prometheus:
    client: httpx.Client

    def targets(self) -> dict[str, str]:
        """Process -> up, down or unknown."""
        found = self._ask("targets")["activeTargets"]
        return {target["labels"]["job"]: target["health"] for target in found}

    def firing(self) -> list[dict[str, str]]:
        """The labels of each alert that fires."""
        return [each["labels"] for each in self._ask("alerts")["alerts"] if each["state"] == "firing"]

    def value(self, query: str) -> list[Any]:
        return list(self._ask("query", query=query)["result"])

    def _ask(self, path: str, **params: str) -> Any:
        return self.client.get(path, params=params).raise_for_status().json()["data"]


@contextmanager
def watching(stack: Stack, folder: Path) -> Iterator[Prometheus]:
    """It discovers what the stack's file names, as `deploy/prometheus/prometheus.yml` does by name."""
    assert PROGRAM, "prometheus is not here: run `make drills`, it installs what is missing"
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_configuration(stack, _impatient_rules(folder))), encoding="utf-8")
    command = [PROGRAM, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
    log = folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen([*command, "--web.listen-address=127.0.0.1:0"], stdout=said, stderr=said)
    try:
        until(lambda: _port(log) is not None, "prometheus listens")
        with httpx.Client(base_url=f"http://127.0.0.1:{_port(log)}/api/v1/", timeout=10, trust_env=False) as client:
            yield Prometheus(client)
    finally:
        process.terminate()
        process.wait(30)


def _port(log: Path) -> str | None:
    found = re.search(r"[Ll]istening on\"? address=127\.0\.0\.1:(\d+)", log.read_text(encoding="utf-8"))
    return found[1] if found else None


def _impatient_rules(folder: Path) -> list[str]:
    """The project's rules; only `for` is shorter."""
    written = []
    for path in sorted((ROOT / "deploy" / "prometheus" / "rules").glob("*.yml")):
        text = re.sub(r"^(\s+for:).*$", rf"\1 {SHORT}", path.read_text(encoding="utf-8"), flags=re.M)
        (folder / path.name).write_text(text, encoding="utf-8")
        written.append(str(folder / path.name))
    return written


def _configuration(stack: Stack, rules: list[str]) -> dict[str, Any]:
    ports = stack.document["ports"]
    watched = [service.name for service in SERVICES if service.has_http and service.name != "standins"]
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s", "scrape_timeout": "1s"},
        "rule_files": rules,
        "scrape_configs": [
            {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{ports[name]}"]}]} for name in watched
        ]
        + [
            {
                "job_name": "rabbitmq",
                "static_configs": [{"targets": [f"127.0.0.1:{ports['rabbitmq-prometheus']}"]}],
            }
        ],
    }


def pause(pid: int, *, on: bool) -> None:
    """A process that hangs: it is there and does nothing."""
    os.kill(pid, signal.SIGSTOP if on else signal.SIGCONT)
