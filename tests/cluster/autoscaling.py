"""Scaling by consumer lag where no Prometheus is: the base's autoscaler of a worker, fed by `lag.py`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from deploy.k8s.tools import ROOT
from tests.cluster import scripts
from tests.cluster.cluster import NAMESPACE, Cluster, until

_API = "v1beta1.external.metrics.k8s.io"
_PAGES = "workers"


@contextmanager
def scaled_by_lag(cluster: Cluster, worker: str, release: str, *, each: int) -> Iterator[None]:
    """Have a worker's Deployment scaled to two by the base's own autoscaler, of `each` facts a worker.

    Only how far and how soon differ from the base: metric, selector and target's kind are what is deployed in life.
    """
    scripts.run(cluster, "lag", release, {"PAGES": _PAGES})
    for manifest in (_service("lag", {"app.kubernetes.io/name": "lag"}, 443, 8443), _pages(), _api()):
        cluster.run("apply", "-f", "-", given=json.dumps(manifest))
    until(lambda: _available(cluster), "the API server knows the metric", 60)
    scaler = _of_base(worker)
    scaler["spec"]["maxReplicas"] = 2
    scaler["spec"]["metrics"][0]["external"]["target"]["averageValue"] = str(each)
    scaler["spec"]["behavior"] = {"scaleDown": {"stabilizationWindowSeconds": 0}}
    cluster.run("apply", "-f", "-", given=json.dumps(scaler))
    try:
        yield
    finally:
        cluster.run("delete", "horizontalpodautoscaler", worker)
        cluster.run("delete", "apiservice", _API)
        cluster.run("delete", "service", "lag", _PAGES)
        cluster.run("delete", "pod", "lag", "--wait=false")


def wanted(cluster: Cluster, worker: str) -> int:
    """Tell how many replicas the autoscaler wants."""
    return int(cluster.get("horizontalpodautoscaler", worker)["status"].get("desiredReplicas", 0))


def _of_base(worker: str) -> dict[str, Any]:
    base = (ROOT / "deploy" / "k8s" / "base" / "autoscaling.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = next(one for one in yaml.safe_load_all(base) if one["metadata"]["name"] == worker)
    return found


def _available(cluster: Cluster) -> bool:
    conditions = cluster.get("apiservice", _API).get("status", {}).get("conditions", [])
    return any(one["type"] == "Available" and one["status"] == "True" for one in conditions)


def _service(name: str, selector: dict[str, str], port: int, target: int) -> dict[str, Any]:
    spec = {"selector": selector, "ports": [{"port": port, "targetPort": target}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def _pages() -> dict[str, Any]:
    """Name the pods of all workers."""
    service = _service(_PAGES, {"app.kubernetes.io/component": "work"}, 9000, 9000)
    service["spec"]["clusterIP"] = "None"
    return service


def _api() -> dict[str, Any]:
    version, _, group = _API.partition(".")
    spec = {
        "group": group, "version": version, "groupPriorityMinimum": 100, "versionPriority": 100,
        "service": {"name": "lag", "namespace": NAMESPACE}, "insecureSkipTLSVerify": True,
    }  # fmt: skip
    return {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": _API}, "spec": spec}
