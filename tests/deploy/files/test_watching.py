"""Alerts, runbooks and dashboards against the code: every metric exists, every alert has its page and its test."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from fastapi.routing import APIRoute

from bezkart.contracts.subscriptions import MESSAGES
from bezkart.local.services import SERVICES, Need
from services.purchases.api import routers
from tests.deploy.files.test_chart import kind_of
from tests.deploy.reading import DEPLOY, ROOT, read_json, read_yaml

RULES: Final = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
DASHBOARDS: Final = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
TESTS: Final = sorted((DEPLOY / "prometheus" / "tests").glob("*.yml"))
SUFFIXES: Final = {"Counter": ("",), "Gauge": ("",), "Histogram": ("_bucket", "_sum", "_count")}
OF_OTHERS: Final[dict[str, set[str]]] = {
    "up": set(),
    "process_resident_memory_bytes": set(),
    "process_cpu_seconds_total": set(),
    "probe_ssl_earliest_cert_expiry": {"instance"},
    "certmanager_certificate_expiration_timestamp_seconds": {"namespace", "name"},
}
WORDS: Final = {"sum", "rate", "by", "le", "max", "min", "absent", "increase", "histogram_quantile", "or", "and"}


def rules() -> list[dict[str, Any]]:
    return [rule for path in RULES for group in read_yaml(path)["groups"] for rule in group["rules"]]


ALERTS: Final = {rule["alert"]: rule for rule in rules() if "alert" in rule}
RECORDED: Final = {rule["record"] for rule in rules() if "record" in rule}


def metrics() -> dict[str, set[str]]:
    """Name of a series -> its labels, as the code declares them."""
    found: dict[str, set[str]] = {}
    for top in ("bezkart", "services"):
        for path in (ROOT / top).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if "prometheus_client" in text:
                found |= dict(_declared(ast.parse(text)))
    return found


def _declared(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SUFFIXES:
            name = ast.literal_eval(node.args[0])
            labels = {"le"} if node.func.id == "Histogram" else set()
            for argument in node.args[2:3]:
                labels |= set(ast.literal_eval(argument))
            for suffix in SUFFIXES[node.func.id]:
                yield f"{name}{suffix}", labels | {"job", "instance"}


def expressions() -> list[tuple[str, str]]:
    of_rules = [(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]
    panels = [(path.stem, panel) for path in DASHBOARDS for panel in read_json(path)["panels"]]
    of_panels = [(f"{name}: {p['title']}", t["expr"]) for name, p in panels for t in p.get("targets", ())]
    return of_rules + of_panels


@pytest.mark.parametrize(("where", "expression"), expressions())
def test_every_metric_and_label_exists(where: str, expression: str) -> None:
    known = metrics() | OF_OTHERS
    bare = re.sub(r'"[^"]*"', '""', expression)
    names = set(re.findall(r"(?<![\w:])([a-z][a-z0-9_]*(?::[a-z0-9_:]+)?)(?=\{|\[|\)| [>=<]|$)", bare))
    used = {name for name in names if name.startswith("bezkart_") or ":" in name or name in OF_OTHERS}
    assert used, where
    assert {name for name in used if name not in RECORDED} <= set(known)
    parts_of_recorded = {part for name in RECORDED for part in name.split(":")}
    assert set(re.findall(r"bezkart_[a-z_]+(?![a-z_:])", bare)) <= set(known) | parts_of_recorded
    labels = {label for name in used for label in known.get(name, set())}
    selected = set(re.findall(r"([a-z_]+)(?:=~|!~|!=|=)\"", bare)) | {
        label.strip() for group in re.findall(r"by \(([^)]*)\)", bare) for label in group.split(",")
    }
    if not used & RECORDED:
        assert selected <= labels | {"job"}, where


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_a_page_and_a_test(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in {"page", "ticket"}
    page = ROOT / alert["annotations"]["runbook"]
    assert f"`{name}`" in page.read_text(encoding="utf-8")
    cases = [c for path in TESTS for t in read_yaml(path)["tests"] for c in t["alert_rule_test"]]
    of_this = [case for case in cases if case["alertname"] == name]
    assert any(case["exp_alerts"] for case in of_this), "fires"
    assert any(not case["exp_alerts"] for case in of_this), "keeps quiet"


def test_pages_are_about_alerts_that_exist_and_link_to_what_exists() -> None:
    for page in (DEPLOY / "runbooks").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"`(Bezkart\w+)`", text)) <= set(ALERTS)
        assert all((page.parent / link).exists() for link in re.findall(r"\]\(([a-z-]+\.md)\)", text))
        assert set(re.findall(r"`(bezkart_\w+)[`{]", text)) <= {name.removesuffix("_bucket") for name in metrics()}


def test_every_process_is_watched() -> None:
    jobs = {word for name in ("BezkartProcessDown", "BezkartConsumerDown") for word in _jobs(ALERTS[name]["expr"])}
    watched = {service.name for service in SERVICES if service.has_http and service.name != "standins"}
    assert jobs == watched
    workers = {service.name for service in SERVICES if kind_of(service) in {"worker", "consumer"}}
    assert _jobs(ALERTS["BezkartConsumerDown"]["expr"]) == workers
    answering_too = {service.name for service in SERVICES if service.entry == "serve" and Need.MONGO in service.needs}
    assert _jobs(ALERTS["BezkartConsumerMissing"]["expr"]) == workers | answering_too
    targets = read_yaml(DEPLOY / "prometheus" / "prometheus.yml")["scrape_configs"][0]["static_configs"][0]["targets"]
    assert set(targets) == {f"{name}:8000" for name in watched}


def _jobs(expression: str) -> set[str]:
    return {name for found in re.findall(r'job=~?"([^"]*)"', expression) for name in found.split("|")}


def test_routes_invariants_and_events_exist() -> None:
    text = " ".join(expression for _, expression in expressions())
    paths = {route.path for router in routers for route in router.routes if isinstance(route, APIRoute)}
    assert set(re.findall(r'route="([^"]*)"', text)) <= paths
    assert set(re.findall(r'type="([^"]*)"', text)) <= set(MESSAGES)
    code = " ".join(path.read_text() for top in ("bezkart", "services") for path in (ROOT / top).rglob("*.py"))
    invariants = {name for found in re.findall(r'invariant[=!~]+"([^"]*)"', text) for name in found.split("|")}
    assert all(f'Finding("{name}"' in code for name in invariants)


def test_dashboards_are_whole() -> None:
    uids = [read_json(path)["uid"] for path in DASHBOARDS]
    assert len(set(uids)) == len(uids) == 3
    for path in DASHBOARDS:
        panels = read_json(path)["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        sources = {json.dumps(panel["datasource"]) for panel in panels if panel["type"] != "row"}
        assert sources == {'{"type": "prometheus", "uid": "prometheus"}'}
