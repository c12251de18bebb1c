"""What is missing is named with the command to type when it cannot be installed here."""

import os
from pathlib import Path

import pytest

from deploy.local.engines import java as runtime
from deploy.local.engines.packages import PackageError, java, need


def test_a_user_without_rights_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(PackageError, match="mvn is missing; type as root: apt-get install --yes maven"):
        need("mvn")


def test_all_that_is_missing_is_told_in_one_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(runtime, "_INSTALLED", tmp_path / "none")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(PackageError) as told:
        need("setpriv", "mvn", java=True)

    assert str(told.value) == (
        "Java 17 to 23, setpriv, mvn are missing; "
        "type as root: apt-get install --yes maven openjdk-17-jre-headless util-linux"
    )


@pytest.mark.parametrize(("version", "fits"), [("11.0.2", False), ("17.0.15", True), ("21", True), ("25.0.1", False)])
def test_only_a_fitting_java_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, fits: bool
) -> None:
    home = tmp_path / "some-java"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").touch(mode=0o755)
    (home / "release").write_text(f'IMPLEMENTOR="Somebody"\nJAVA_VERSION="{version}"\n', encoding="utf-8")
    monkeypatch.setenv("PATH", str(home / "bin"))
    monkeypatch.setattr(runtime, "_INSTALLED", tmp_path / "none")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    if fits:
        assert java() == str(home / "bin" / "java")
    else:
        with pytest.raises(PackageError, match=r"type as root: apt-get install --yes openjdk-17-jre-headless"):
            java()
