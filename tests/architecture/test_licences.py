"""Licences of what is installed with the product: the locks' packages as they are installed here, and the console's."""

import importlib.metadata
import re

import pytest

from deploy.docker.inventory import field
from deploy.docker.licences import allowed, expression
from deploy.docker.sbom import of_console, refused
from tests.architecture.tree import ROOT


@pytest.mark.parametrize("lock", ["service", "report", "gateway", "mailbox"])
def test_every_locked_package_has_an_allowed_licence(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    names = re.findall(r"^([\w.-]+)==[^;\\]*\\$", text, re.MULTILINE)
    found = {}
    for name in names:
        record = importlib.metadata.metadata(name)
        found[name] = expression(
            field(record, "License-Expression"), field(record, "License"), record.get_all("Classifier") or []
        )

    assert len(names) > 10
    assert {name: licence for name, licence in found.items() if not allowed(licence)} == {}


def test_the_consoles_packages_have_allowed_licences() -> None:
    document = of_console()

    assert len(document["components"]) > 50
    assert refused(document) == []


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "SSPL-1.0",
        "LGPL-2.1-only",
        "MIT AND GPL-2.0-only",
        "",
        "(MIT OR (A AND B))",
    ],
)
def test_what_is_not_on_the_list_is_refused(licence: str) -> None:
    assert not allowed(licence)


@pytest.mark.parametrize("licence", ["MIT", "MPL-2.0", "Apache-2.0 OR GPL-2.0-only", "(MIT OR CC0-1.0)", "MIT AND ISC"])
def test_a_choice_on_the_list_is_taken(licence: str) -> None:
    assert allowed(licence)


def test_older_records_are_read_by_their_classifiers() -> None:
    assert expression(None, "", ["License :: OSI Approved :: MIT License", "Topic :: Security"]) == "MIT"
    assert expression(None, "PSFL", []) == "PSF-2.0"
    assert expression(None, "All rights reserved", ["License :: Other/Proprietary License"]) == ""
