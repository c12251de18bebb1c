"""Who may lean on whom, and that import-linter says so; and how large a room may grow."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import OURS, PRODUCT, ROOT, SERVICES, imports, modules, parsed

LARGEST = 500

WIRING = ("bootstrap.py", "config.py", "__main__.py")
"""Where a service may name what implements its ports."""

COMMANDS = {Path("services/report/keeping.py"): "a command of its own for operators, who choose the engine"}

BREACHES = {
    "services/campaign/queries.py": "from services.channel.domain import gates",
    "chassis/paging.py": "import services.profile.app",
    "gateway/table.py": "from services.access.domain import roles",
    "services/segment/domain/rule.py": "import pymongo",
}
"""One for each contract of .importlinter: another's inside, from below, from the door, an engine in a domain."""

NOUNS = ("Manager", "Helper", "Util", "Common")  # "Base" is a noun of ours: the owner of data


@pytest.mark.parametrize("service", SERVICES)
def test_the_domain_imports_the_standard_library_and_the_kernel_alone(service: str) -> None:
    own = f"services.{service}.domain"
    strangers = {
        f"{path}: {name}"
        for path in modules(f"services/{service}/domain")
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith((own, "chassis.kernel"))
    }

    assert strangers == set()


def test_importing_anothers_inside_is_refused(tmp_path: Path) -> None:
    for folder in PRODUCT:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    for path, breach in BREACHES.items():
        with (tmp_path / path).open("a", encoding="utf-8") as module:
            module.write(f"\n{breach}\n")

    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": "", "COLUMNS": "200"}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert f"0 kept, {len(BREACHES)} broken" in done.stdout, done.stdout
    for line in (
        "services.campaign.queries -> services.channel.domain.gates",
        "chassis.paging -> services.profile.app",
        "gateway.table -> services.access.domain.roles",
        "services.segment.domain.rule -> pymongo",
    ):
        assert line in done.stdout


def test_every_service_is_behind_the_border() -> None:
    told = (ROOT / ".importlinter").read_text(encoding="utf-8")

    assert [s for s in SERVICES if f"    services.{s}\n" not in told or f"    services.{s}.domain\n" not in told] == []
    assert {path.parent.name for path in (ROOT / "services").glob("*/__main__.py")} == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_what_implements_a_port_is_named_in_one_place(service: str) -> None:
    home = Path("services") / service
    outside = [path for path in modules(str(home)) if (home / "adapters") not in path.parents]
    named = {
        str(path)
        for path in outside
        for name in imports(path)
        if name.startswith(f"services.{service}.adapters") and path.name not in WIRING and path not in COMMANDS
    }
    wired = [
        path
        for path in outside
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "App"
    ]

    assert named == set()
    assert wired == [home / "bootstrap.py"], "the ports of a service are handed out once"


@pytest.mark.parametrize("service", SERVICES)
def test_the_domain_neither_waits_nor_reads_the_clock(service: str) -> None:
    found = {
        f"{path}:{node.lineno}"
        for path in modules(f"services/{service}/domain")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
        or (isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"} and _is_clock(node))
    }

    assert found == set()


def _is_clock(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date", "time"}


def test_only_settings_know_the_environment() -> None:
    allowed = {Path("chassis/settings.py"), Path("chassis/telemetry/tracing.py")}
    readers = {
        str(path)
        for path in modules(*PRODUCT)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} and path not in allowed
    }

    assert readers == set()


def test_no_room_outgrows_its_purpose() -> None:
    long = {
        str(path): count
        for path in modules(*OURS)
        if (count := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > LARGEST
    }

    assert long == {}


def test_nothing_is_named_for_nothing() -> None:
    found = {
        f"{path}: {node.name}"
        for path in modules(*PRODUCT)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(NOUNS)
    }
    rooms = {str(path) for path in modules(*PRODUCT) if path.stem in {"common", "types", "utils", "helpers", "misc"}}

    assert found | rooms == set()


def test_every_module_says_what_lives_in_it() -> None:
    silent = {
        str(path)
        for path in modules(*OURS)
        if path.name != "__init__.py" and not ast.get_docstring(parsed(path)) and (ROOT / path).stat().st_size
    }

    assert silent == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_rooms(service: str) -> None:
    home = ROOT / "services" / service
    missing = [
        room
        for room in ("README.md", "__main__.py", "config.py", "bootstrap.py", "domain", "adapters", "queries.py")
        if not (home / room).exists() and not (home / room.removesuffix(".py")).is_dir()
    ]

    assert missing == []
    assert len((home / "__main__.py").read_text().splitlines()) <= 60
