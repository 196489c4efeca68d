"""The Dockerfile carried out without Docker: its own steps, in an empty folder, and each process started from what they left.

Run by `make image-check`; it fetches each service's packages by hash, so it takes minutes.
"""

import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

import pytest

from bezkart.local.keys import fresh
from bezkart.local.services import SERVICES, Service
from tests.deploy.files.test_dockerfile import ENTRIES, IMAGES, PINS, chosen
from tests.deploy.reading import ROOT, required_names

BASE_BRINGS: Final = ("setuptools==79.0.1", "wheel==0.45.1")
"""Beside pip, as python:3.11 has it."""
START_SECONDS: Final = 90.0
NOWHERE: Final = "127.0.0.1:1"

pytestmark = pytest.mark.timeout(900, func_only=True)  # fetching is as slow as the network


def build_steps() -> list[tuple[str, str]]:
    """RUN and COPY of the stage that builds."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    stage = text.split("\nFROM ")[1]
    lines = [line for line in stage.splitlines() if line.startswith(("RUN ", "COPY "))]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python that the base image has."""
    folder = tmp_path_factory.mktemp("base")
    run(
        f"{os.path.realpath(ROOT / '.venv/bin/python')} -m venv {folder} && {folder}/bin/pip install -q {' '.join(BASE_BRINGS)}",
        folder,
    )
    return folder / "bin"


@pytest.fixture(scope="session")
def shelf(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that any image wants, fetched once; the steps find it there and look at the hashes all the same."""
    folder = tmp_path_factory.mktemp("shelf")
    names = set().union(*(chosen(image) for image in IMAGES))
    (folder / "all.lock").write_text("\n".join(PINS[name].text for name in sorted(names)), encoding="utf-8")
    run(f"{base}/pip download -q --no-deps --no-build-isolation --require-hashes -d . -r all.lock", folder)
    return folder


def run(script: str, folder: Path, **environment: str) -> None:
    known = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **environment}
    known = {name: value for name, value in os.environ.items() if name.startswith("PIP_")} | known
    done = subprocess.run(
        ["sh", "-ec", script], cwd=folder, env=known, capture_output=True, text=True, timeout=1800, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"


def built(image: str, base: Path, shelf: Path, folder: Path) -> Path:
    """`/app` as the steps leave it."""
    app, build = folder / "app", folder / "build"
    build.mkdir()
    for word, rest in build_steps():
        if word == "COPY":
            *sources, target = rest.split()
            names = " ".join(str(ROOT / source) for source in sources)
            run(f"mkdir -p $(dirname {target}) && cp -r {names} {target}", build)
        else:
            path = f"{base}:{os.environ['PATH']}"
            run(
                rest.replace("/app", str(app)),
                build,
                SERVICE=image,
                PATH=path,
                PIP_NO_INDEX="1",
                PIP_FIND_LINKS=str(shelf),
            )
    return app


def settings(service: Service, image: str, port: int) -> dict[str, str]:
    """What the process does not start without; the stores are nowhere."""
    secrets = fresh()
    known = {
        "BEZKART_MONGO_URL": f"mongodb://{NOWHERE}/?replicaSet=bezkart",
        "BEZKART_REDIS_URL": f"redis://{NOWHERE}/0",
        "BEZKART_AMQP_URL": f"amqp://{NOWHERE}/bezkart",
        "BEZKART_JWT_PUBLIC_JWKS": secrets.jwt_public_jwks,
        "BEZKART_JWT_PRIVATE_JWK": secrets.jwt_private_jwk,
        "BEZKART_GUEST_ID_KEY": secrets.guest_id_key,
        "BEZKART_PHONE_KEYS": secrets.phone_keys,
        "BEZKART_PHONE_INDEX_KEY": secrets.phone_index_key,
        "BEZKART_CONTACT_KEYS": secrets.contact_keys,
        "BEZKART_OPS_KEY": secrets.ops_key,
        "BEZKART_BOT_KEY": secrets.bot_key,
        "BEZKART_TELEGRAM_TOKEN": "1:token",
        "BEZKART_TELEGRAM_API": f"http://{NOWHERE}",
    }
    named = required_names(image) | {need.value for need in service.needs}
    chosen = {name: known.get(name, f"http://{NOWHERE}") for name in named if name in known or name.endswith("_URL")}
    env = "demo" if image == "standins" else "prod"
    return {**chosen, "BEZKART_ENV": env, "BEZKART_HTTP_HOST": "127.0.0.1", "BEZKART_HTTP_PORT": str(port)}


def answers(port: int, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, None


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def check_that_it_lives(service: Service, image: str, app: Path, log: Path) -> None:
    port = free_port()
    environment = {"PATH": f"{app}/venv/bin", "HOME": str(log.parent), **settings(service, image, port)}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [f"{app}/venv/bin/python", "-m", service.module, service.entry],
            cwd=app,
            env=environment,
            stdout=said,
            stderr=said,
        )
    path = "/health/ready" if image == "standins" else "/health/live"
    try:
        late = time.monotonic() + START_SECONDS
        while answers(port, path)[0] != 200:
            assert process.poll() is None, log.read_text(encoding="utf-8")[-3000:]
            assert time.monotonic() < late, log.read_text(encoding="utf-8")[-3000:]
            time.sleep(0.1)
        if {"BEZKART_MONGO_URL"} & {need.value for need in service.needs}:
            status, report = answers(port, "/health/ready")
            assert status == 503
            assert report["checks"]["mongo"].startswith("failing"), "red, with the reason, and alive"
    finally:
        process.kill()
        process.wait(30)


@pytest.mark.parametrize("image", IMAGES)
def test_each_process_starts_from_what_the_steps_left(image: str, base: Path, shelf: Path, tmp_path: Path) -> None:
    app = built(image, base, shelf, tmp_path)
    packages = {path.name.lower() for path in (app / "venv").glob("lib/python*/site-packages/*")}
    assert "pydantic" in packages
    assert not packages & {"pytest", "mypy", "ruff", "hypothesis", "playwright", "pip", "setuptools"}
    others = {path.name for path in (app / "services").iterdir()} - {"__init__.py", "__pycache__", image}
    assert not others, "no other service's rooms"
    processes = [service for service in SERVICES if service.module in ENTRIES[image] and service.has_http]
    assert processes
    for service in processes:
        check_that_it_lives(service, image, app, tmp_path / f"{service.name}.log")
