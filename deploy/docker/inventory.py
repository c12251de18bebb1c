"""Lists what lies in an image; runs inside it, by its own Python and the standard library alone.

Prints one JSON document: "pypi" with the record of every installed distribution, "deb" with Debian's packages and the
licences that their copyright files name.
"""

import importlib.metadata
import json
import re
import sys
from pathlib import Path
from typing import Any


def distributions() -> list[dict[str, Any]]:
    """Give the installed distributions, sorted."""
    found: list[dict[str, Any]] = []
    for item in importlib.metadata.distributions():
        record = item.metadata
        found.append(
            {
                "name": re.sub(r"[-_.]+", "-", item.name).lower(),
                "version": item.version,
                "stated": field(record, "License-Expression"),
                "spoken": (field(record, "License") or "").split("\n")[0][:100],
                "classifiers": [text for text in record.get_all("Classifier") or [] if text.startswith("License")],
            }
        )
    return sorted(found, key=lambda item: str(item["name"]))


def field(record: importlib.metadata.PackageMetadata, name: str) -> str | None:
    """Give a field of a record, if it has one."""
    return record[name] if name in record else None  # noqa: SIM401 - records have no `get` by their type


def debian() -> list[dict[str, Any]]:
    """Give Debian's packages, sorted."""
    status = Path("/var/lib/dpkg/status")
    found: list[dict[str, Any]] = []
    for paragraph in status.read_text(encoding="utf-8").split("\n\n") if status.exists() else ():
        fields = dict(re.findall(r"^([\w-]+): (.*)$", paragraph, re.MULTILINE))
        if "installed" in fields.get("Status", ""):
            name = fields["Package"]
            found.append(
                {
                    "name": name,
                    "version": fields["Version"],
                    "architecture": fields["Architecture"],
                    "licences": licences(Path("/usr/share/doc", name, "copyright")),
                }
            )
    return sorted(found, key=lambda item: str(item["name"]))


def licences(copyright_file: Path) -> list[str]:
    """Give the short names of a copyright file in Debian's machine-readable form; none of a free-form one."""
    if not copyright_file.exists():
        return []
    text = copyright_file.read_text(encoding="utf-8", errors="replace")
    return sorted({name.strip() for name in re.findall(r"^License: *(\w[\w.+() /-]{0,47})$", text, re.MULTILINE)})


if __name__ == "__main__":
    json.dump({"pypi": distributions(), "deb": debian()}, sys.stdout)
