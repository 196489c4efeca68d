"""The chart's values against the code: no process is missing, no setting is made up."""

import re
from typing import Any

import pytest

from bezkart.local.gateway import BEHIND, TEMPLATE
from bezkart.local.services import SERVICES, Service
from services.campaigns import schedule as campaigns
from services.notifications.queues import QUEUES
from services.segments.schedule import QUEUE
from tests.deploy.reading import CHART, DEPLOY, read_yaml, required_names, setting_names

VALUES: dict[str, Any] = read_yaml(CHART / "values.yaml")
PROCESSES: dict[str, Any] = VALUES["processes"]
WORKERS = {"worker", "urgent", "bulk"}


def needs(process: dict[str, Any]) -> set[str]:
    """The names of a process's settings, its groups taken apart."""
    groups = VALUES["groups"]
    return {name for need in process["needs"] for name in groups.get(need, [need])} | set(groups["everybody"])


def kind_of(service: Service) -> str:
    if service.entry in WORKERS:
        return "worker"
    return service.entry if service.entry in {"consumer", "beat"} else "api"


def test_every_process_is_in_the_chart_and_no_other() -> None:
    assert set(PROCESSES) == {service.name for service in SERVICES}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_block_says_what_its_row_says(service: Service) -> None:
    block = PROCESSES[service.name]
    assert block.get("module", f"services.{block['service']}.app") == service.module
    assert block["entry"] == service.entry
    assert block["kind"] == kind_of(service)
    assert (block["kind"] != "beat") == service.has_http


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_settings_are_complete_and_real(service: Service) -> None:
    block = PROCESSES[service.name]
    named = needs(block)
    assert {need.value for need in service.needs} <= named, "what its row needs"
    assert required_names(block["service"]) <= named, "what it does not start without"
    assert named <= setting_names(block["service"]), "nothing that it would not read"


def test_every_setting_has_one_source() -> None:
    secret = {name.removesuffix("?") for name in VALUES["secretSettings"]}
    plain = set(VALUES["settings"])
    addresses = {f"BEZKART_{name.upper()}_URL" for name, block in PROCESSES.items() if block["kind"] == "api"}
    named = {name for block in PROCESSES.values() for name in needs(block)}
    assert not secret & plain
    assert named <= secret | plain | addresses | {"BEZKART_GATEWAY_URL"}


def test_workers_scale_by_all_queues_they_work_on() -> None:
    scaled = {queue["name"] for block in PROCESSES.values() for queue in block.get("autoscaling", {}).get("queues", ())}
    assert scaled == {*QUEUES, QUEUE, *campaigns.QUEUES} - {"notifications.ticks", campaigns.TICKS}, "ticks are no load"


def test_the_gateway_is_complete() -> None:
    gateway = VALUES["gateway"]
    assert tuple(gateway["upstreams"]) == BEHIND
    named = set(re.findall(r"\$\{(GATEWAY_[A-Z_]+)\}", TEMPLATE.read_text(encoding="utf-8")))
    by_chart = {"GATEWAY_LISTEN", "GATEWAY_DIR", "GATEWAY_TRUSTED"} | {f"GATEWAY_{name.upper()}" for name in BEHIND}
    assert named == set(gateway["settings"]) | by_chart


def test_the_chart_carries_the_files_of_the_project() -> None:
    rules = {f"rules/{path.name}": path for path in (DEPLOY / "prometheus" / "rules").iterdir()}
    files = {"nginx.conf.template": TEMPLATE, "rabbitmq.conf": DEPLOY / "rabbitmq" / "rabbitmq.conf", **rules}
    carried = {str(path.relative_to(CHART / "files")): path for path in (CHART / "files").rglob("*") if path.is_file()}
    assert set(carried) == set(files)
    for name, path in carried.items():
        assert path.is_symlink(), "not a copy that grows old"
        assert path.resolve() == files[name].resolve()
