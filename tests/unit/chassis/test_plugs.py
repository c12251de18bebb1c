"""Plugs: found by entry points, chosen by name, told of all that they lack."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from chassis.plugs import chosen, plugged
from chassis.settings import SettingsWrong, read, variable

GROUP = "consilium.tests"
MODULE = """
from dataclasses import dataclass
from chassis.plugs import Plug
from chassis.settings import variable

@dataclass(frozen=True)
class Settings:
    colour: str = variable("COLOUR", about="any")

PLUG = Plug(Settings, lambda settings: f"a {settings.colour} part")
NONE = object()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    part: str = variable("PART", default="ours", check=chosen(GROUP, "ours"))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder on the path with a package that brings plugs."""
    (tmp_path / "paint_plugs.py").write_text(MODULE)
    _described(tmp_path, "paint", "good = paint_plugs:PLUG\nours = paint_plugs:PLUG\nodd = paint_plugs:NONE\n"
               "lost = paint_plugs:MISSING\n")  # fmt: skip
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def _described(folder: Path, package: str, entries: str) -> None:
    home = folder / f"{package}-2.0.dist-info"
    home.mkdir()
    (home / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 2.0\n")
    (home / "entry_points.txt").write_text(f"[{GROUP}]\n{entries}")


def refused(part: str) -> list[str]:
    with pytest.raises(SettingsWrong) as caught:
        read(Told, {"CONSILIUM_PART": part})
    return caught.value.problems


def test_a_plug_is_built_from_its_own_settings(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIUM_COLOUR", "green")

    assert read(Told, {"CONSILIUM_PART": "good"}).part == "good"
    assert plugged(GROUP, "good") == "a green part"


def test_what_a_plug_lacks_is_told_by_its_own_variable(installed: Path) -> None:
    assert refused("good") == ["CONSILIUM_COLOUR: is required (any)"]


def test_an_unknown_name_is_refused_with_those_that_there_are(installed: Path) -> None:
    assert refused("better") == [
        "CONSILIUM_PART: there is no 'better' in consilium.tests; there are: ours, good, lost, odd"
    ]


def test_a_name_of_ours_loads_nothing_of_others(installed: Path) -> None:
    (installed / "paint_plugs.py").write_text("raise RuntimeError('loaded')")

    assert read(Told, {"CONSILIUM_PART": "ours"}).part == "ours"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("lost", "'lost' of paint 2.0 cannot be loaded: AttributeError: module 'paint_plugs' has no attribute"),
        ("odd", "'odd' of paint 2.0 is no chassis.plugs.Plug (paint_plugs:NONE)"),
    ],
)
def test_a_plug_that_is_none_is_refused_with_its_package(installed: Path, name: str, why: str) -> None:
    [problem] = refused(name)

    assert problem.startswith(f"CONSILIUM_PART: {why}")


def test_a_name_of_two_packages_is_nobodys(installed: Path) -> None:
    _described(installed, "varnish", "good = varnish_plugs:PLUG\n")

    assert refused("good") == [
        "CONSILIUM_PART: 'good' in consilium.tests is of several packages: paint 2.0, varnish 2.0"
    ]
