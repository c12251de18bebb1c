"""What an image is, before it is used: contents, rights, size, and what it says when it is told nothing."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.docker.build import IMAGES, build, name
from deploy.docker.engine import client, docker, inspect
from deploy.docker.sbom import of_image, refused
from tests.architecture.test_requirements import KEPT_BY_ONE, PRODUCTION, locked
from tests.integration.extending.package import install

pytestmark = pytest.mark.containers

HARDENED = (
    "--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--network", "none",  # noqa: S108 - the container's
    "--security-opt", "no-new-privileges:true",
)  # fmt: skip
MEGABYTES = {"service": 250, "report": 900, "gateway": 250, "mailbox": 200}
COMMANDS = {
    "service": [f"services.{service}" for service in ("access", "profile", "segment", "campaign", "channel")],
    "report": ["services.report"],
    "gateway": ["gateway"],
}
STARTS = [(image, command) for image, commands in COMMANDS.items() for command in commands]


def run(
    image: str, *command: str, entrypoint: str | None = None, user: int | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command in a container without rights, network or a disk."""
    starting = ["--entrypoint", entrypoint] if entrypoint else []
    starting += ["--user", str(user)] if user is not None else []
    arguments = [client(), "run", *HARDENED, *starting, name(image), *command]
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=240)


def python(image: str, script: str, user: int | None = None) -> Any:
    """Run a script inside and read the JSON that it prints."""
    done = run(image, "-c", script, entrypoint="python", user=user)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_says_what_it_is_and_runs_as_nobody_in_particular(image: str) -> None:
    known = inspect(name(image))
    config = known["Config"]

    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["python", "-m"]
    assert config["Healthcheck"]["Test"][0] == "CMD"  # no shell between
    labels = {key.removeprefix("org.opencontainers.image."): value for key, value in config["Labels"].items()}
    assert {"title", "description", "version", "revision", "created"} <= labels.keys()
    assert re.fullmatch(r"[0-9a-f]{40}", labels["revision"])
    assert (config.get("Volumes") or {}).keys() <= {"/data"}
    assert known["Size"] / 1e6 <= MEGABYTES[image]


@pytest.mark.parametrize(("image", "command"), STARTS)
def test_a_process_that_is_told_nothing_names_what_it_needs(image: str, command: str) -> None:
    role = () if command == "gateway" else ("run",)
    done = run(image, command, *role)

    assert done.returncode == 78, done.stderr
    assert "CONSILIUM_INSTALLATION_KEY: is required" in done.stderr
    assert "CONSILIUM_SERVICE_SECRET: is required" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_of_ones_own_is_one_layer_on_top(tmp_path: Path) -> None:
    install(tmp_path / "own", tmp_path)
    (tmp_path / "Dockerfile").write_text(f"FROM {name('service')}\nCOPY own /own\nENV PYTHONPATH=/app:/own\n")
    picture = f"consilium-suite-own:{os.getpid()}"
    docker("build", "--quiet", "--tag", picture, str(tmp_path))
    try:
        started = [client(), "run", *HARDENED, "--env", "CONSILIUM_PROVIDER=acme-courier", picture]
        said = {
            command: subprocess.run(
                [*started, *command.split()], capture_output=True, text=True, check=False, timeout=240
            ).stderr.splitlines()
            for command in ("services.channel work", "acme_cities work")
        }
    finally:
        docker("rmi", "--no-prune", picture)

    channel, module = said.values()
    assert "CONSILIUM_ACME_DOOR: is required (address of Acme's mail door)" in channel
    assert all(line.partition(":")[2].startswith(" is required") for line in (*channel, *module)), said
    assert len(module) == 3, "the module is told as much as every process"


@pytest.mark.parametrize("image", PRODUCTION)
def test_what_lies_in_an_image_is_its_lock_and_nothing_else(image: str) -> None:
    found = {item["name"]: item["version"] for item in of_image(name(image))["components"] if "pypi" in item["purl"]}
    wanted = {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in locked(image).items()}

    # A lock is for every platform; what only others need is not here.
    assert found.items() <= wanted.items()
    assert wanted.keys() - found.keys() <= {
        "colorama",
        "pywin32",
        "tomli",
        "exceptiongroup",
        "async-timeout",
        "winloop",
    }
    assert KEPT_BY_ONE.isdisjoint(found)


@pytest.mark.parametrize("image", IMAGES)
def test_a_bill_of_materials_is_complete_and_its_licences_are_allowed(image: str) -> None:
    document = of_image(name(image))

    assert document["bomFormat"] == "CycloneDX"
    assert refused(document) == []
    references = [component["bom-ref"] for component in document["components"]]
    assert len(references) == len(set(references))
    assert any(reference.startswith("pkg:deb/debian/python3.11@") for reference in references)
    assert of_image(name(image)) == document


@pytest.mark.parametrize("image", IMAGES)
def test_nothing_of_the_building_machine_stays(image: str) -> None:
    script = """
import json, pathlib
anchors = pathlib.Path("/etc/ssl/certs/ca-certificates.crt").read_text().count("BEGIN CERTIFICATE")
public = len(list(pathlib.Path("/usr/share/ca-certificates/mozilla").glob("*.crt")))
places = ("/etc/pip.conf", "/etc/apt/sources.list", "/etc/machine-id", "/run/secrets", "/root/.npmrc", "/root/.cache")
left = [place for place in places if pathlib.Path(place).is_file() and pathlib.Path(place).stat().st_size]
tools = [name for name in ("pip", "node", "npm", "strip", "gcc") for folder in ("/usr/bin", "/usr/local/bin",
         "/opt/consilium/bin") if pathlib.Path(folder, name).exists()]
print(json.dumps({"strangers": anchors - public, "left": left, "tools": tools}))
"""
    # As root, who alone may look into /root.
    assert python(image, script, user=0) == {"strangers": 0, "left": [], "tools": []}
    history = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", name(image))
    environment = inspect(name(image))["Config"]["Env"]
    assert not re.search(r"index|registry|://(?!127\.0\.0\.1)", history + "\n".join(environment), re.IGNORECASE)


@pytest.mark.parametrize(("image", "command"), STARTS)
def test_every_module_is_compiled_and_loads_without_writing(image: str, command: str) -> None:
    script = f"""
import importlib, importlib.util, json, pathlib, sys
importlib.import_module("{command}.bootstrap")
files = [pathlib.Path(module.__file__) for module in sys.modules.values() if getattr(module, "__file__", None)]
ours = [path for path in files if path.suffix == ".py" and path.parts[1] in ("app", "opt")]
slow = [str(path) for path in ours if not pathlib.Path(importlib.util.cache_from_source(str(path))).exists()]
print(json.dumps({{"ours": len(ours), "slow": slow}}))
"""
    found = python(image, script)

    assert found["ours"] > 300
    assert found["slow"] == []


def test_the_same_sources_give_the_same_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    once = build("mailbox", target=f"{name('mailbox')}-once")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689600")  # another commit, the same mailbox
    again = build("mailbox", target=f"{name('mailbox')}-again", anew=True)
    try:
        assert inspect(again)["RootFS"]["Layers"] == inspect(once)["RootFS"]["Layers"]
    finally:
        docker("rmi", once, again)
