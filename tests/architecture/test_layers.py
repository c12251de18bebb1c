"""Who may lean on whom, beyond what import-linter checks; and how large a room may grow."""

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import OURS, PRODUCT, ROOT, SERVICES, imports, modules, parsed

LARGEST = 500

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
