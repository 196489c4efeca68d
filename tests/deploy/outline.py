"""A rendered chart in a few lines per object: what a review has to see when a template changes."""

from collections.abc import Iterable, Iterator
from typing import Any

Manifest = dict[str, Any]


def outline(objects: Iterable[Manifest]) -> str:
    lines = [line for each in sorted(objects, key=_name) for line in _object(each)]
    return "\n".join(lines) + "\n"


def _name(one: Manifest) -> tuple[str, str]:
    return one["kind"], one["metadata"]["name"]


def _object(one: Manifest) -> Iterator[str]:
    yield f"{one['kind']} {one['metadata']['name']}"
    match one["kind"]:
        case "Deployment" | "StatefulSet" | "Job":
            yield from _workload(one["spec"])
        case "NetworkPolicy":
            yield from (
                f"    from {_peers(rule.get('from'))}: {_ports(rule)}" for rule in one["spec"].get("ingress") or ()
            )
            yield from (f"    to {_peers(rule.get('to'))}: {_ports(rule)}" for rule in one["spec"].get("egress") or ())
        case "ConfigMap":
            yield from (
                f"    {key}{'' if chr(10) in value else ': ' + value}" for key, value in sorted(one["data"].items())
            )
        case "PrometheusRule":
            yield from (
                f"    {rule['alert']}" for group in one["spec"]["groups"] for rule in group["rules"] if "alert" in rule
            )
        case "ScaledObject" | "HorizontalPodAutoscaler" | "HTTPRoute":
            yield from (f"    {key}: {value}" for key, value in sorted(one["spec"].items()))


def _workload(spec: Manifest) -> Iterator[str]:
    pod = spec["template"]["spec"]
    if "backoffLimit" not in spec:
        strategy = spec.get("strategy", {}).get("type", "")
        seconds = pod["terminationGracePeriodSeconds"]
        yield f"    replicas {spec.get('replicas', 'scaled')} {strategy}, ends within {seconds} s"
    for container in pod["containers"]:
        yield f"    {container['image']} {' '.join(map(str, container.get('command', ())))}"
        resources = container["resources"]
        yield f"    resources {resources['requests']} … {resources['limits']}"
        yield from (f"    {probe}: {container[probe]}" for probe in sorted(container) if probe.endswith("Probe"))
        yield from (f"    env {_env(each)}" for each in container.get("env", ()))
        yield from (f"    mount {each['mountPath']} of {each['name']}" for each in container["volumeMounts"])


def _env(variable: Manifest) -> str:
    if "value" in variable:
        return f"{variable['name']}={variable['value']}"
    ((kind, source),) = variable["valueFrom"].items()
    return f"{variable['name']} from {kind}{' if there' if source.get('optional') else ''}"


def _peers(peers: list[Manifest] | None) -> str:
    if not peers:
        return "anywhere"
    return " or ".join(_peer(peer) for peer in peers)


def _peer(peer: Manifest) -> str:
    if "ipBlock" in peer:
        return str(peer["ipBlock"]["cidr"])
    ((kind, selector),) = peer.items()
    labels: Manifest = selector.get("matchLabels", {})
    return str(labels.get("app.kubernetes.io/component") or f"{kind} {labels}")


def _ports(rule: Manifest) -> str:
    return ", ".join(str(port["port"]) for port in rule.get("ports", ())) or "any"
