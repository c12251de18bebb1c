"""The tree as the architecture tests see it: our modules and what they import."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("chassis", "services", "gateway")
OURS = (*PRODUCT, "deploy", "tools", "tests", "benchmarks", "sdk")
SERVICES = ("access", "campaign", "channel", "profile", "report", "segment")


def modules(*folders: str) -> Iterator[Path]:
    """Give every Python file below some folders, relative to the root."""
    for folder in folders:
        yield from sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Read a module's syntax."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Name everything that a module imports, late imports too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
