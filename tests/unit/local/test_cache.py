"""The cache of engines: built once, whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local.engines.cache import built


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIUM_CACHE", str(tmp_path / "cache"))


def test_two_who_ask_at_once_build_once() -> None:
    builds: list[Path] = []

    def build(folder: Path) -> None:
        builds.append(folder)
        (folder / "part").write_text("whole", encoding="utf-8")

    with ThreadPoolExecutor(4) as pool:
        places = set(pool.map(lambda _: built("engine-1", build), range(4)))

    assert len(places) == len(builds) == 1
    assert (places.pop() / "part").read_text(encoding="utf-8") == "whole"


def test_a_build_that_failed_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "part").touch()
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError, match="no network"):
        built("engine-1", fail)

    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".engine-1.lock"]
    assert built("engine-1", lambda folder: (folder / "part").touch()).name == "engine-1"


def test_another_user_may_read_it() -> None:
    def build(folder: Path) -> None:
        (folder / "lib").mkdir(mode=0o700)
        (folder / "lib" / "part").touch(mode=0o600)

    place = built("engine-1", build)

    assert (place / "lib").stat().st_mode & 0o005 == 0o005
    assert (place / "lib" / "part").stat().st_mode & 0o004
