"""The chart as helm renders it: known to Kubernetes, within our policies, as it was when somebody last looked at it."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.deploy.outline import outline
from tests.deploy.reading import CHART, VALUES
from tests.deploy.rendered.conftest import Manifest, Render, tool

KUBERNETES = ("1.32", "1.35", "1.37")
CUSTOM = ("keda.sh/", "gateway.networking.k8s.io/", "monitoring.coreos.com/")  # their schemas are their operators'


def workloads(objects: tuple[Manifest, ...]) -> list[Manifest]:
    return [each for each in objects if each["kind"] in {"Deployment", "StatefulSet"}]


def jobs(objects: tuple[Manifest, ...]) -> list[Manifest]:
    return [each for each in objects if each["kind"] == "Job"]


def containers(objects: tuple[Manifest, ...]) -> list[dict[str, Any]]:
    return [container for each in workloads(objects) for container in each["spec"]["template"]["spec"]["containers"]]


def named(objects: tuple[Manifest, ...], kind: str) -> set[str]:
    return {each["metadata"]["name"] for each in objects if each["kind"] == kind}


def test_helm_has_nothing_to_say(values: str) -> None:
    command = [tool("helm"), "lint", "--strict", str(CHART), "--values", str(VALUES[values])]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_knows_every_field(objects: tuple[Manifest, ...], version: str) -> None:
    for each in objects:
        if not each["apiVersion"].startswith(CUSTOM):
            kubernetes_validate.validate(each, version, strict=True)


def test_nothing_has_changed_unseen(objects: tuple[Manifest, ...], golden: Path) -> None:
    now = outline(objects)
    if os.environ.get("BEZKART_RENEW_GOLDEN"):
        golden.write_text(now, encoding="utf-8")
    assert now == golden.read_text(encoding="utf-8"), "if it is meant: BEZKART_RENEW_GOLDEN=1 make helm-check"


def test_names_are_used_once(objects: tuple[Manifest, ...]) -> None:
    names = [(each["kind"], each["metadata"]["name"]) for each in objects]
    assert len(names) == len(set(names))
    assert all(len(name) <= 63 for _, name in names)


def test_no_pod_has_more_rights_than_it_needs(objects: tuple[Manifest, ...]) -> None:
    for each in workloads(objects):
        pod = each["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
        assert not [volume for volume in pod["volumes"] if "hostPath" in volume]
    for container in containers(objects):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_limits_and_probes_are_set(objects: tuple[Manifest, ...]) -> None:
    for container in containers(objects):
        for amounts in ("requests", "limits"):
            assert set(container["resources"][amounts]) == {"cpu", "memory"}, container["name"]
        probes = {"startupProbe", "livenessProbe", "readinessProbe"} & set(container)
        # A beat serves nobody, so it is never unready.
        assert len(probes) == (2 if container["name"].endswith("-beat") else 3), container["name"]


def test_images_are_pinned(objects: tuple[Manifest, ...]) -> None:
    for container in containers(objects):
        assert re.search(r":[^:/]*\d[^:/]*$|@sha256:", container["image"]), container["image"]
        assert not container["image"].endswith(":latest")


def test_every_pod_is_fenced_in(objects: tuple[Manifest, ...]) -> None:
    policies = [each["spec"] for each in objects if each["kind"] == "NetworkPolicy"]
    assert all(set(policy["policyTypes"]) == {"Ingress", "Egress"} for policy in policies)
    fenced = {policy["podSelector"]["matchLabels"].get("app.kubernetes.io/component") for policy in policies}
    components = {each["metadata"]["labels"]["app.kubernetes.io/component"] for each in workloads(objects)}
    assert components <= fenced
    everything = [p for p in policies if "app.kubernetes.io/component" not in p["podSelector"]["matchLabels"]]
    assert len(everything) == 1, "what is in no other rule may ask for names and nothing else"


def test_what_is_named_is_there(objects: tuple[Manifest, ...]) -> None:
    for each in workloads(objects):
        pod = each["spec"]["template"]["spec"]
        assert pod["serviceAccountName"] in named(objects, "ServiceAccount")
        maps = {v["configMap"]["name"] for v in pod["volumes"] if "configMap" in v}
        assert maps <= named(objects, "ConfigMap")
        assert {mount["name"] for c in pod["containers"] for mount in c["volumeMounts"]} <= {
            *(volume["name"] for volume in pod["volumes"]),
            *(claim["metadata"]["name"] for claim in each["spec"].get("volumeClaimTemplates", ())),
        }
    settings = next(each["data"] for each in objects if each["metadata"]["name"] == "bezkart-settings")
    for container in containers(objects):
        for variable in container.get("env", ()):
            source = variable.get("valueFrom", {}).get("configMapKeyRef")
            assert source is None or source["key"] in settings


def test_workers_stop_softly_and_beats_are_alone(objects: tuple[Manifest, ...]) -> None:
    for each in workloads(objects):
        pod = each["spec"]["template"]["spec"]
        environment = {variable["name"]: variable.get("value") for variable in pod["containers"][0].get("env", ())}
        entry = pod["containers"][0].get("command", ["x"])[-1]
        if entry in {"worker", "urgent", "bulk"}:
            assert environment["REMAP_SIGTERM"] == "SIGQUIT"
            assert pod["terminationGracePeriodSeconds"] >= 60
        if entry == "beat":
            assert each["spec"]["replicas"] == 1
            assert each["spec"]["strategy"] == {"type": "Recreate"}


def test_indexes_are_made_before_an_upgrade(objects: tuple[Manifest, ...]) -> None:
    made = {each["spec"]["template"]["spec"]["containers"][0]["command"][-2] for each in jobs(objects)}
    services = {"feedback", "identity", "notifications", "purchases", "segments"}
    assert made >= {f"services.{service}.app" for service in services}
    known = {container["image"] for container in containers(objects)}
    for each in jobs(objects):
        assert each["metadata"]["annotations"]["helm.sh/hook"] == "pre-upgrade"
        pod = each["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert container["command"][-1] == "indexes"
        assert container["image"] in known
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert "serviceAccountName" not in pod, "the accounts of this release are not there yet"
        assert not [v for v in container["env"] if "configMapKeyRef" in v.get("valueFrom", {})], "nor its settings"


def test_a_collector_of_traces_can_be_reached(helm: Render) -> None:
    assert "port: 4318" not in helm("production").stdout
    rendered = helm("production", "settings.BEZKART_OTLP_ENDPOINT=http://collector.monitoring:4318").stdout
    assert rendered.count("port: 4318") == rendered.count("name: BEZKART_OTLP_ENDPOINT") - rendered.count("kind: Job")


def test_queues_are_read_with_what_is_in_hand(helm: Render) -> None:
    rendered = helm("production").stdout
    assert rendered.count("kind: ScaledObject") == 4
    assert rendered.count("protocol: http") == rendered.count('excludeUnacknowledged: "false"') == 9


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("processes.purchases.replica=3", "at '/processes/purchases': additional properties 'replica' not allowed"),
        ("processes.purchase.replicas=3", "at '/processes/purchase': missing properties"),
        ("processes.segments-beat.replicas=2", "at '/processes/segments-beat'"),
        ("gatway.replicas=2", "additional properties 'gatway' not allowed"),
        ("env=production", "at '/env': value must be one of"),
        ("image.tag=latest", "at '/image/tag'"),
        ("settings.BEZKART_SMS_LOGN=x", "settings.BEZKART_SMS_LOGN: no process needs a setting of this name"),
        ("secrets.existing=", "secrets: give `existing`"),
        ("autoscaling.by=keda,stores.rabbitmq.bundled=false", "autoscaling.keda.managementUrl"),
    ],
)
def test_a_wrong_value_is_named(helm: Render, setting: str, said: str) -> None:
    answer = helm("trial", setting)
    assert answer.returncode != 0
    assert said in answer.stderr


def test_secrets_may_be_given_as_values(helm: Render) -> None:
    rendered = helm("minimal", "secrets.existing=,secrets.values.BEZKART_OPS_KEY=a-key-for-this-test-and-nobody-else")
    assert rendered.returncode == 0, rendered.stderr
    secret = next(each for each in yaml.safe_load_all(rendered.stdout) if each and each["kind"] == "Secret")
    assert set(secret["stringData"]) == {"BEZKART_OPS_KEY"}
    assert f"name: {secret['metadata']['name']}, key: BEZKART_OPS_KEY" in rendered.stdout


def test_a_long_name_is_cut_and_addresses_follow(helm: Render) -> None:
    rendered = helm("minimal", release="coffee-to-go-of-the-whole-town")
    assert rendered.returncode == 0, rendered.stderr
    objects = tuple(each for each in yaml.safe_load_all(rendered.stdout) if each)
    assert all(len(each["metadata"]["name"]) <= 63 for each in objects)
    services = named(objects, "Service")
    settings = next(each["data"] for each in objects if each["metadata"]["name"].endswith("-settings"))
    addresses = {value for value in settings.values() if value.startswith("http://")}
    assert {address.removeprefix("http://").split(":")[0] for address in addresses} <= services
