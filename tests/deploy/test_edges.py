"""Network policies: nothing is open by default, every call that a configuration names has its edge, at both ends."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.deploy.manifests import INSTALLATIONS, NAME, Pod, environment, of_kind, pods

installation = pytest.mark.parametrize("overlay", INSTALLATIONS)


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Tell whether a label selector fits."""
    fits = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return fits and all(labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", []))


def allowed(overlay: str, pod: dict[str, str], peer: dict[str, str], port: int, direction: str) -> bool:
    """Tell whether some policy of a pod lets it talk with a peer of its namespace, in one direction."""
    key = "from" if direction == "ingress" else "to"
    for policy in of_kind(overlay, "NetworkPolicy"):
        if not selects(policy["spec"]["podSelector"], pod):
            continue
        for rule in policy["spec"].get(direction, []):
            ports = {each["port"] for each in rule["ports"]}
            if port in ports and any("podSelector" in end and selects(end["podSelector"], peer) for end in rule[key]):
                return True
    return False


def calls(overlay: str, pod: Pod) -> list[tuple[str, int]]:
    """Give the services of this namespace that a pod's configuration names, and their ports."""
    services = {document["metadata"]["name"] for document in of_kind(overlay, "Service")}
    found = []
    for name, value in environment(overlay, pod).items():
        if not name.startswith(("CONSILIUM_", "OTEL_EXPORTER")) or name.endswith("_PUBLIC_URL") or ":" not in value:
            continue
        parts = urlsplit(value if "://" in value else f"grpc://{value}")
        host = (parts.hostname or "").removeprefix("mongodb-0.")
        if host in services and parts.port and host != pod.labels[NAME]:
            found.append((host, parts.port))
    return found


@installation
def test_every_call_has_its_edge_at_both_ends(overlay: str) -> None:
    services = {document["metadata"]["name"]: document["spec"] for document in of_kind(overlay, "Service")}
    missing = []
    for pod in (pod for pod in pods(overlay) if pod.ours):
        for name, port in calls(overlay, pod):
            labels = {**services[name]["selector"], "app.kubernetes.io/part-of": "consilium"}
            if not allowed(overlay, pod.labels, labels, port, "egress"):
                missing.append(f"{pod.name} to {name}:{port}")
            if not allowed(overlay, labels, pod.labels, port, "ingress"):
                missing.append(f"{name}:{port} from {pod.name}")

    assert missing == []


@installation
def test_every_port_is_in_a_policy(overlay: str) -> None:
    def named(pod: Pod) -> set[int]:
        return {
            port["port"]
            for policy in of_kind(overlay, "NetworkPolicy")
            if selects(policy["spec"]["podSelector"], pod.labels)
            for rule in policy["spec"].get("ingress", [])
            for port in rule["ports"]
        }

    # Asked by the kubelet alone, which no policy keeps out.
    kubelet = {("otel-collector", 13133), ("keycloak", 9000)}
    listening = [(pod, port["containerPort"]) for pod in pods(overlay) for port in pod.container.get("ports", [])]
    open_ = [
        f"{pod.name}:{port}"
        for pod, port in listening
        if port not in named(pod) and (pod.name, port) not in kubelet
        and not (overlay == "evaluation" and (pod.labels[NAME], port) in REACHED_BY_PORT_FORWARD)
    ]  # fmt: skip

    assert open_ == []


# `kubectl port-forward` comes from the node, like the kubelet.
REACHED_BY_PORT_FORWARD = {("gateway", 8080), ("mailbox", 8025)}


@installation
def test_nothing_is_open_unless_it_is_listed(overlay: str) -> None:
    policies = {policy["metadata"]["name"]: policy["spec"] for policy in of_kind(overlay, "NetworkPolicy")}

    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, spec in policies.items():
        for direction, key in (("ingress", "from"), ("egress", "to")):
            assert (direction in spec) <= (direction.title() in spec["policyTypes"]), name
            for rule in spec.get(direction, []):
                assert rule[key], f"{name} lets everybody through"
                assert rule["ports"], f"{name} lets everything through"
                assert all(end.get("namespaceSelector", True) for end in rule[key]), name
