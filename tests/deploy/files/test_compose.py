"""docker-compose.yml against the code: every process, port, setting and secret named there exists, and none is missing."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from bezkart.local.gateway import BEHIND, TEMPLATE
from bezkart.local.secret_files import write_missing
from bezkart.local.services import SERVICES, Need, Service
from tests.deploy.files.test_chart import kind_of
from tests.deploy.reading import DEPLOY, ROOT, read_yaml, required_names, setting_names

COMPOSE: Final[dict[str, Any]] = read_yaml(ROOT / "docker-compose.yml")
PARTS: Final[dict[str, Any]] = COMPOSE["services"]
OTHERS: Final = {"gateway", "mongo", "redis", "rabbitmq", "prometheus", "grafana"}
OF_IMAGES: Final = {"BEZKART_HTTP_HOST", "BEZKART_HTTP_PORT"}
OF_EVERYBODY: Final = {"BEZKART_ENV", "BEZKART_LOG_LEVEL"}
NOT_SETTINGS: Final = {"BEZKART_SECRETS_DIR", "BEZKART_BEAT_FILE", "REMAP_SIGTERM"}


def given(name: str) -> set[str]:
    part = PARTS[name]
    return set(part["environment"]) | set(part.get("secrets", ()))


def image_of(name: str) -> str:
    return str(PARTS[name]["build"]["args"]["SERVICE"])


def test_every_process_is_there_and_nothing_else() -> None:
    assert set(PARTS) == {service.name for service in SERVICES} | OTHERS
    assert [name for name, part in PARTS.items() if "profiles" in part] == ["standins"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_process_is_what_its_row_says(service: Service) -> None:
    part = PARTS[service.name]
    assert part["command"] == [service.module, service.entry]
    assert part["image"].startswith(f"bezkart/{image_of(service.name)}:")
    assert ("healthcheck" in part) != service.has_http, (
        "a beat is told by the age of its file, the others by their image"
    )
    assert ("BEZKART_BEAT_FILE" in part["environment"]) != service.has_http
    after = part.get("depends_on", {})
    stores = {Need.MONGO: "mongo", Need.REDIS: "redis"}
    assert {stores[need] for need in service.after} <= set(after)
    if kind_of(service) in {"worker", "beat"}:
        assert after["rabbitmq"] == {"condition": "service_healthy"}
    if kind_of(service) == "worker":
        assert part["environment"]["REMAP_SIGTERM"] == "SIGQUIT"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_settings_are_complete_and_real(service: Service) -> None:
    names = given(service.name)
    image = image_of(service.name)
    assert {need.value for need in service.needs} <= names
    assert required_names(image) <= names
    assert names - NOT_SETTINGS <= setting_names(image)
    assert setting_names(image) >= OF_IMAGES, "what the Dockerfile sets"


def test_secrets_are_files_that_the_command_writes(tmp_path: Path) -> None:
    written = set(write_missing(tmp_path, demo=True))
    named = {s if isinstance(s, str) else s["source"] for part in PARTS.values() for s in part.get("secrets", ())}
    assert named == set(COMPOSE["secrets"]) <= written
    assert all(secret == {"file": f"./secrets/{name}"} for name, secret in COMPOSE["secrets"].items())
    assert not [word for word in re.findall(r"(?i)password[=:]\s*\S+", str(PARTS)) if "secrets" not in word]


def test_the_gateway_knows_everybody() -> None:
    environment = PARTS["gateway"]["environment"]
    wanted = set(re.findall(r"\$\{(GATEWAY_[A-Z_]+)\}", TEMPLATE.read_text(encoding="utf-8")))
    assert {name for name in environment if name.startswith("GATEWAY_")} == wanted
    for name in BEHIND:
        assert environment[f"GATEWAY_{name.upper()}"] == f"{name}:8000"
        assert PARTS["gateway"]["depends_on"][name]["restart"] is True


def test_addresses_are_those_of_parts() -> None:
    text = (ROOT / "docker-compose.yml").read_text() + (DEPLOY / "compose" / "demo.env").read_text()
    hosts = set(re.findall(r"(?:http|mongodb)://([a-z-]+):\d+", text)) - {"localhost"}
    assert hosts <= set(PARTS)


def test_the_demo_sets_what_compose_reads() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    lines = (DEPLOY / "compose" / "demo.env").read_text().splitlines()
    names = {line.split("=")[0] for line in lines if line and not line.startswith("#")}
    assert names <= set(re.findall(r"\$\{([A-Z_]+):-", text))


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_watched_limited_and_mounted_from_what_exists(name: str) -> None:
    part = PARTS[name]
    assert "healthcheck" in part or "build" in part, "an image of ours brings its own"
    assert part["cap_drop"] == ["ALL"]
    assert part["deploy"]["resources"]["limits"]
    assert "build" in part or re.search(r":v?\d", part["image"])
    for mount in part.get("volumes", ()):
        source = mount.split(":")[0]
        assert source in COMPOSE["volumes"] or (ROOT / source).exists(), source
    assert all(str(port).startswith("127.0.0.1:") for port in part.get("ports", ()))
    assert set(part["networks"]) <= set(COMPOSE["networks"])


def test_stores_cannot_be_reached_from_outside() -> None:
    assert COMPOSE["networks"]["stores"] == {"internal": True}
    assert all(PARTS[name]["networks"] == ["stores"] for name in ("mongo", "redis", "rabbitmq"))
