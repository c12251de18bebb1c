"""What the images and the console consist of: `make sbom`, or `python -m deploy.docker.sbom [--directory DIR]`.

Writes one CycloneDX 1.6 document per image and one for the console into build/sbom, and licences.md beside them.
Promise: of an image, what lies in it is listed, not what should; the same image gives the same document. Refuses, by
its exit code, a package of ours whose licence is not allowed; Debian's packages are listed apart.
"""

import argparse
import json
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deploy.docker.build import IMAGES, ROOT, name
from deploy.docker.engine import DockerError, docker, inspect
from deploy.docker.licences import allowed, expression

BUILD = ROOT / "build/sbom"
_SPACE = uuid.UUID("0d1c4b6e-5d1e-4f0c-8f0a-3f1f6a7e9b52")

Component = dict[str, Any]


def of_image(image: str) -> dict[str, Any]:
    """Describe an image by its full name."""
    script = Path(__file__).with_name("inventory.py").read_text(encoding="utf-8")
    found = json.loads(docker("run", "--rm", "--network", "none", "--entrypoint", "python", image, "-c", script))
    known = inspect(image)
    labels = known["Config"]["Labels"] or {}
    components = [_python(item) for item in found["pypi"]] + [_debian(item) for item in found["deb"]]
    title, _, version = image.partition(":")
    subject = {"type": "container", "bom-ref": image, "name": title, "version": version}
    created = str(labels.get("org.opencontainers.image.created", known["Created"]))
    return _document(known["Id"], subject, created, components)


def of_console() -> dict[str, Any]:
    """Describe what the console's build may put into the browser: its locked packages but those of its workshop."""
    lock = json.loads((ROOT / "console/package-lock.json").read_text(encoding="utf-8"))
    version = lock["version"]
    components = [
        _component("npm", path.rpartition("node_modules/")[2], item["version"], str(item.get("license", "")))
        for path, item in sorted(lock["packages"].items())
        if path and not item.get("dev")
    ]
    subject = {"type": "application", "bom-ref": "console", "name": "consilium/console", "version": version}
    unique = list({component["bom-ref"]: component for component in components}.values())
    return _document(json.dumps(unique), subject, None, unique)


def refused(document: dict[str, Any]) -> list[str]:
    """Name the components, Debian's apart, whose licence is not allowed or not told."""
    return [
        f"{component['name']} {component['version']}: {licence_of(component) or 'no licence is told'}"
        for component in document["components"]
        if not component["purl"].startswith("pkg:deb/") and not allowed(licence_of(component))
    ]


def licence_of(component: Component) -> str:
    """Give a component's licence as one expression."""
    told = component.get("licenses") or []
    return " AND ".join(str(item.get("expression") or item["license"]["name"]) for item in told)


def _python(item: dict[str, Any]) -> Component:
    spdx = expression(item["stated"], item["spoken"], item["classifiers"])
    return _component("pypi", item["name"], item["version"], spdx)


def _debian(item: dict[str, Any]) -> Component:
    purl = f"pkg:deb/debian/{item['name']}@{quote(item['version'])}?arch={item['architecture']}&distro=bookworm"
    licences = [{"license": {"name": licence}} for licence in item["licences"]]
    return {"type": "library", "bom-ref": purl, "name": item["name"], "version": item["version"], "purl": purl} | (
        {"licenses": licences} if licences else {}
    )


def _component(kind: str, title: str, version: str, spdx: str) -> Component:
    purl = f"pkg:{kind}/{quote(title)}@{quote(version)}"
    component = {"type": "library", "bom-ref": purl, "name": title, "version": version, "purl": purl}
    return component | ({"licenses": [{"expression": spdx}]} if spdx else {})


def _document(identity: str, subject: Component, created: str | None, components: list[Component]) -> dict[str, Any]:
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, identity)}",
        "version": 1,
        "metadata": ({"timestamp": created} if created else {}) | {"component": subject},
        "components": components,
    }


def licence_list(documents: dict[str, dict[str, Any]]) -> str:
    """Write the licences of all documents as a page: what we install, then Debian's apart."""
    rows: dict[str, set[str]] = {}
    apart: dict[str, set[str]] = {}
    for document in documents.values():
        for component in document["components"]:
            into = apart if component["purl"].startswith("pkg:deb/") else rows
            licence = licence_of(component) or "see its copyright file"
            into.setdefault(licence, set()).add(f"{component['name']} {component['version']}")
    lines = ["# Licences", "", "## What is installed with the product", ""]
    lines += [f"- **{licence}**: {', '.join(sorted(names))}" for licence, names in sorted(rows.items())]
    lines += ["", "## Debian's packages in the base image", ""]
    lines += [f"- {licence}: {', '.join(sorted(names))}" for licence, names in sorted(apart.items())]
    return "\n".join(lines) + "\n"


def write(images: Sequence[str], directory: Path) -> list[str]:
    """Write the documents of images and of the console below a folder; return what is not allowed, line by line.

    Raises:
        DockerError: an image is not here.
    """
    documents = {image: of_image(name(image)) for image in images}
    documents["console"] = of_console()
    directory.mkdir(parents=True, exist_ok=True)
    for title, document in documents.items():
        path = directory / f"{title}.cdx.json"
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{path}: {len(document['components'])} components")
    (directory / "licences.md").write_text(licence_list(documents), encoding="utf-8")
    found = [f"{title}: {line}" for title, document in documents.items() for line in refused(document)]
    return [f"licence not allowed: {line}" for line in found]


def main() -> int:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.docker.sbom", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("images", nargs="*", default=list(IMAGES), help="which images, all unless named")
    parser.add_argument("--directory", type=Path, default=BUILD)
    arguments = parser.parse_args()
    try:
        found = write(arguments.images, arguments.directory)
    except DockerError as problem:
        found = [str(problem)]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
