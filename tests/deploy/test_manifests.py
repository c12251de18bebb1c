"""Policies over every overlay: what is deployed can be run, watched, bounded and trusted."""

import base64
import importlib
import re
from typing import Any

import pytest
import yaml

from chassis.settings import Process, Variable, variables
from deploy.k8s.secrets import secrets
from deploy.k8s.tools import ROOT
from deploy.local.keys import keys
from tests.deploy.manifests import INSTALLATIONS, OVERLAYS, Pod, built, config, environment, of_kind, pods

# What processes are told by others' names: telemetry and the proxy for the world outside.
STANDARD = re.compile(r"OTEL_[A-Z_]+|HTTPS_PROXY|NO_PROXY")
# Programs of others that write beside themselves.
WRITES_ITS_ROOT = {"keycloak", "opensearch"}

every = pytest.mark.parametrize("overlay", OVERLAYS)
installation = pytest.mark.parametrize("overlay", INSTALLATIONS)


def wrong(overlay: str, said: list[str]) -> None:
    assert said == [], f"{overlay}: {said}"


@every
def test_images_have_a_version(overlay: str) -> None:
    images = [pod.container["image"] for pod in pods(overlay)]

    wrong(overlay, [image for image in images if not re.search(r":[^/:]*[0-9][^/:]*$", image) or "latest" in image])


@every
def test_every_container_is_bounded(overlay: str) -> None:
    needed = {(part, kind) for part in ("requests", "limits") for kind in ("cpu", "memory")}

    def given(pod: Pod) -> set[tuple[str, str]]:
        return {(part, kind) for part, kinds in pod.container.get("resources", {}).items() for kind in kinds}

    wrong(overlay, [pod.name for pod in pods(overlay) if needed - given(pod)])


@every
def test_what_goes_on_has_probes(overlay: str) -> None:
    lasting = [pod for pod in pods(overlay) if pod.kind in {"Deployment", "StatefulSet"}]
    needed = {"readinessProbe", "livenessProbe"}

    wrong(overlay, [pod.name for pod in lasting if needed - pod.container.keys()])
    wrong(overlay, [pod.name for pod in lasting if pod.ours and pod.kind == "Deployment" and not _tells_all(pod)])


def _tells_all(pod: Pod) -> bool:
    startup = pod.container["startupProbe"]["httpGet"]
    return bool(startup == {"path": "/readyz", "port": "pages"})


@every
def test_pods_are_restricted(overlay: str) -> None:
    def refused(pod: Pod) -> bool:
        whole, own = pod.spec["securityContext"], pod.container["securityContext"]
        return not (
            whole["runAsNonRoot"] and whole["seccompProfile"] == {"type": "RuntimeDefault"}
            and own["allowPrivilegeEscalation"] is False and own["capabilities"] == {"drop": ["ALL"]}
            and (own.get("readOnlyRootFilesystem") is True or pod.name in WRITES_ITS_ROOT)
            and pod.spec["automountServiceAccountToken"] is False
            and not pod.spec.get("hostNetwork")
            and not any("hostPath" in volume for volume in pod.spec.get("volumes", []))
        )  # fmt: skip

    wrong(overlay, [pod.name for pod in pods(overlay) if refused(pod)])
    for namespace in of_kind(overlay, "Namespace"):
        assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@every
def test_no_secret_lies_in_the_open(overlay: str) -> None:
    known = {variable.name for kind in _all_settings() for variable in variables(kind) if variable.secret}
    data = [(document["metadata"]["name"], document["data"]) for document in of_kind(overlay, "ConfigMap")]

    # An address is a secret only where it carries a password.
    held = [(f"{name}: {key}", value) for name, content in data for key, value in content.items() if key in known]
    wrong(overlay, [place for place, value in held if "://" not in value or "@" in value])
    wrong(overlay, [name for name, content in data if re.search(r"://[^/\s]*:[^/\s]*@", str(content))])
    own = [(pod.name, variable) for pod in pods(overlay) for variable in pod.container.get("env", [])]
    wrong(overlay, [name for name, variable in own if variable["name"] in known])
    assert of_kind(overlay, "Secret") == []


@installation
def test_a_process_knows_every_variable_and_is_told_all_that_it_needs(overlay: str) -> None:
    for pod in pods(overlay):
        if not pod.ours or pod.service == "deploy.local.mailbox":
            continue
        told = environment(overlay, pod)
        known = {variable.name: variable for variable in variables(_settings(pod.service))}
        names = {name.removesuffix("_FILE") for name in told if not STANDARD.fullmatch(name)}
        required = {name for name, variable in known.items() if variable.required}

        wrong(overlay, [f"{pod.name}: {name} is unknown" for name in names - known.keys()])
        wrong(overlay, [f"{pod.name}: {name} is required" for name in required - names])
        if pod.kind == "Deployment":
            wrong(overlay, [f"{pod.name}: {name} is not settled" for name in _addresses(known) - names])
        wrong(overlay, [f"{pod.name}: {path} is not mounted" for path in _files(told) if not _mounted(pod, path)])


def _settings(service: str) -> type[Any]:
    if service == "chassis.backup":
        return Process
    module = "gateway.config" if service == "gateway" else f"services.{service}.config"
    found: type[Any] = importlib.import_module(module).Settings
    return found


def _all_settings() -> list[type[Any]]:
    return [
        _settings(service) for service in ("access", "profile", "segment", "campaign", "channel", "report", "gateway")
    ]


def _addresses(known: dict[str, Variable]) -> set[str]:
    """Give the variables whose defaults fit one machine only."""
    return {name for name, variable in known.items() if "127.0.0.1" in str(variable.default)}


def _files(told: dict[str, str]) -> list[str]:
    files = [value for name, value in told.items() if name.startswith("CONSILIUM_") and name.endswith("_FILE")]
    folder = told.get("CONSILIUM_TLS_DIRECTORY")
    return [*files, f"{folder}/tls.key"] if folder else files


def _mounted(pod: Pod, path: str) -> bool:
    folder, _, _key = path.rpartition("/")
    return any(mount["mountPath"] == folder for mount in pod.container["volumeMounts"])


@installation
def test_volumes_refer_to_what_there_is(overlay: str) -> None:
    there = {(document["kind"], document["metadata"]["name"]) for document in built()[overlay]}
    for pod in pods(overlay):
        for volume in pod.spec.get("volumes", []):
            name = volume.get("configMap", {}).get("name")
            assert name is None or ("ConfigMap", name) in there, f"{overlay}: {pod.name} mounts {name}"
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            assert claim is None or ("PersistentVolumeClaim", claim) in there, f"{overlay}: {pod.name} mounts {claim}"


def test_the_secrets_of_an_evaluation_are_those_that_its_pods_want(tmp_path: Any) -> None:
    made = {secret["metadata"]["name"]: secret["stringData"] for secret in secrets(keys(tmp_path), "consilium")}
    ours = [pod for pod in pods("evaluation") if pod.ours]
    volumes = [volume for pod in pods("evaluation") for volume in pod.spec.get("volumes", [])]
    wanted = {volume["secret"]["secretName"] for volume in volumes if "secret" in volume}
    read = {path.rpartition("/")[2] for pod in ours for path in _files(environment("evaluation", pod))}

    assert set(made) == wanted
    assert read <= {key for content in made.values() for key in content}
    assert len(base64.b64decode(made["consilium"]["installation-key"])) == 32


@installation
def test_a_release_is_named_alike_everywhere(overlay: str) -> None:
    release = yaml.safe_load(config("components/release/kustomization.yaml").read_text(encoding="utf-8"))
    version = release["labels"][0]["pairs"]["app.kubernetes.io/version"]
    ours = [pod for pod in pods(overlay) if pod.ours and pod.kind != "StatefulSet"]

    assert {image["newTag"] for image in release["images"]} == {version}
    wrong(overlay, [pod.name for pod in ours if not pod.container["image"].endswith(f":{version}")])
    wrong(overlay, [pod.name for pod in ours if pod.labels["app.kubernetes.io/version"] != version])
    migrations = [pod.name for pod in ours if pod.kind == "Job"]
    wrong(overlay, [name for name in migrations if not name.endswith(f".{version}")])
    assert len(migrations) == 6


@installation
def test_a_release_starts_no_engine_anew_and_no_job_a_second_time(overlay: str) -> None:
    """A template that changes is a restart; that of a job, or of a volume, cannot be changed at all."""
    label = "app.kubernetes.io/version"
    engines = {each["metadata"]["name"]: each["spec"] for each in of_kind(overlay, "StatefulSet")}
    jobs = [pod for pod in pods(overlay) if pod.kind == "Job" and "consilium/" in pod.container["image"]]

    wrong(overlay, [name for name, spec in engines.items() if label in repr(spec)])
    wrong(overlay, [job.name for job in jobs if not job.name.endswith("." + job.container["image"].rpartition(":")[2])])


@installation
def test_doors_are_never_fewer_in_a_rollout_and_leave_slowly(overlay: str) -> None:
    for document in of_kind(overlay, "Deployment"):
        name, component = (
            document["metadata"]["name"],
            document["metadata"]["labels"].get("app.kubernetes.io/component"),
        )
        alone = name == "report" and component == "run"
        if component not in {"serve", "run"} or alone:
            continue
        container = document["spec"]["template"]["spec"]["containers"][0]
        assert document["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}, name
        assert container["lifecycle"]["preStop"] == {"sleep": {"seconds": 10}}, name
        assert document["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= 10 + 5 + 30, name


@installation
def test_every_deployment_of_ours_may_be_disturbed_one_pod_at_a_time(overlay: str) -> None:
    budgets = {
        tuple(sorted(budget["spec"]["selector"]["matchLabels"].items()))
        for budget in of_kind(overlay, "PodDisruptionBudget")
        if budget["spec"]["maxUnavailable"] == 1
    }
    selectors = {
        document["metadata"]["name"]: tuple(sorted(document["spec"]["selector"]["matchLabels"].items()))
        for document in of_kind(overlay, "Deployment")
        if document["metadata"]["name"] != "otel-collector"
    }

    wrong(overlay, [name for name, selector in selectors.items() if selector not in budgets])


def test_what_is_written_out_for_report_is_what_base_gives_to_all() -> None:
    by_name = {pod.name: pod for pod in pods("production") if pod.kind == "Deployment"}
    model, written = by_name["channel-work"], by_name["report-work"]

    assert {**written.spec, "containers": 0, "volumes": 0, "serviceAccountName": 0} == {
        **model.spec, "containers": 0, "volumes": 0, "serviceAccountName": 0
    }  # fmt: skip
    for key in ("securityContext", "startupProbe", "readinessProbe", "livenessProbe"):
        assert written.container[key] == model.container[key]


def test_cells_share_nothing() -> None:
    seen: dict[str, str] = {}
    for cell in ("cell/ru", "cell/kz", "cell/uz"):
        documents = built()[cell]
        namespaces = {
            document["metadata"].get("namespace") for document in documents if document["kind"] != "Namespace"
        }
        assert namespaces == {f"consilium-{cell[-2:]}"}
        told = {value for pod in pods(cell) if pod.ours for value in environment(cell, pod).values()}
        own = {value for value in told if "company.example" in value}
        assert {value for value in own if f"{cell[-2:]}." not in value} == set()
        for value in own:
            assert seen.setdefault(value, cell) == cell


def test_every_dashboard_and_every_alert_goes_along() -> None:
    (boards,) = [each for each in of_kind("production", "ConfigMap") if "dashboards" in each["metadata"]["name"]]
    (rules,) = of_kind("production", "PrometheusRule")
    made = yaml.safe_load((ROOT / "telemetry" / "alerts.yaml").read_text(encoding="utf-8"))

    assert set(boards["data"]) == {path.name for path in (ROOT / "telemetry" / "dashboards").iterdir()}
    assert rules["spec"] == made
