"""Every document fits the schema of its kind, and trivy finds nothing that is not explained here."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.deploy.manifests import OVERLAYS, built, tools

# Their operators' definitions are in no module that a registry gives: what they say is checked by their operators.
UNKNOWN = {
    ("monitoring.coreos.com/v1", "PodMonitor"),
    ("monitoring.coreos.com/v1", "PrometheusRule"),
    ("opensearch.opster.io/v1", "OpenSearchCluster"),
    ("clickhouse.altinity.com/v1", "ClickHouseInstallation"),
    ("clickhouse-keeper.altinity.com/v1", "ClickHouseKeeperInstallation"),
}

# What trivy finds and why it stays: (check, what it names).
EXPLAINED = {
    "KSV-0125": "images come from the public registries until components/registry names the company's",
    "KSV-01010": "a ConfigMap speaks of secrets; test_no_secret_lies_in_the_open looks at what it holds",
    "KSV-0014": "keycloak and opensearch write beside their programs; every process of ours has a read-only root",
    "KSV-0020": "keycloak and opensearch own their folders as uid 1000",
    "KSV-0021": "keycloak and opensearch own their folders as gid 1000",
}  # fmt: skip


@cache
def _kinds() -> dict[tuple[str, str], str]:
    definitions = json.loads((tools().schemas / "_definitions.json").read_bytes())["$defs"]
    known = {}
    for name, definition in definitions.items():
        for kind in definition.get("x-kubernetes-group-version-kind", []):
            version = "/".join(filter(None, (kind["group"], kind["version"])))
            known[version, kind["kind"]] = name
    return known


@cache
def _validator(version: str, kind: str) -> Any:
    definition = _kinds().get((version, kind))
    if definition is not None:
        text = (
            (tools().schemas / "_definitions.json").read_text(encoding="utf-8").replace("/api/_definitions.json#", "#")
        )
        whole = json.loads(text)
        return jsonschema_rs.validator_for({"$ref": f"#/$defs/{definition}", "$defs": whole["$defs"]})
    for file in tools().definitions.glob("*.yaml"):
        for found in yaml.load_all(file.read_bytes(), yaml.CSafeLoader):
            spec = (found or {}).get("spec", {})
            if spec.get("names", {}).get("kind") != kind or not version.startswith(f"{spec['group']}/"):
                continue
            served = next(each for each in spec["versions"] if version == f"{spec['group']}/{each['name']}")
            return jsonschema_rs.validator_for(_strict(served["schema"]["openAPIV3Schema"]))
    raise LookupError(f"no schema of {version} {kind}")


def _strict(schema: Any) -> Any:
    """Refuse fields that a definition does not name, as the server drops them."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _strict(value) for key, value in schema.items()}
    loose = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if isinstance(schema.get("properties"), dict) and not loose:
        made["properties"] = {"apiVersion": {}, "kind": {}, "metadata": {}, **made["properties"]}
        made["additionalProperties"] = False
    return made


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_document_fits_its_schema(overlay: str) -> None:
    faults: list[str] = []
    for document in built()[overlay]:
        kind = (document["apiVersion"], document["kind"])
        if kind in UNKNOWN:
            continue
        name = f"{kind[1]} {document['metadata']['name']}"
        found = _validator(*kind).iter_errors(document)
        faults += [f"{name}: {list(error.instance_path)} {error.message[:200]}" for error in found]

    assert faults == []


def test_trivy_finds_nothing_that_is_not_explained(tmp_path: Path) -> None:
    for overlay in ("evaluation", "production", "directory"):  # cells are production by other names
        (tmp_path / f"{overlay}.yaml").write_text(yaml.dump_all(built()[overlay], Dumper=yaml.CSafeDumper))
    offline = ["--skip-check-update", "--skip-version-check", "--cache-dir", str(tmp_path / "cache"), "--quiet"]
    told = subprocess.run(
        [tools().trivy, "config", *offline, "--misconfig-scanners", "kubernetes", "--format", "json", tmp_path],
        capture_output=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    results = json.loads(told.stdout)["Results"]
    found = [fault for result in results for fault in result.get("Misconfigurations", []) if fault["Status"] == "FAIL"]

    assert len(results) == 3
    assert [f"{each['ID']}: {each['Message']}" for each in found if each["ID"] not in EXPLAINED] == []
