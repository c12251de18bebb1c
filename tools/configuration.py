"""Writes the configuration reference from the settings classes: `python -m tools.configuration`.

Prints docs/admin/configuration.md as it is committed; tests/architecture/test_configuration.py compares.
"""

import importlib
import sys
from typing import Any

from chassis.settings import Process, Variable, variables

PROCESSES = ("access", "profile", "segment", "campaign", "channel", "report", "gateway")

HEAD = """# Configuration reference

Every process is told by its environment, once, at its start. This page is written by `python -m tools.configuration`
from the classes that read it (`chassis/settings.py`, `services/*/config.py`, `gateway/config.py`).

- A variable is the same in every process; a process passes over those that are not its own, so one environment may
  serve all of them.
- Any variable may come as `NAME_FILE`, the path of a file with the value. Give secrets this way.
- A list goes behind commas; a boolean is `true` or `false`; an empty value is an absent one.
- What is missing or malformed is told on standard error, all at once, by the variable's name and never by its value;
  the exit code is 78. Nothing was opened or written by then.
- Telemetry goes by the standard `OTEL_*` variables alone.

"""


def settings_of(process: str) -> type[Any]:
    """Give the settings class of a process by its name."""
    module = "gateway.config" if process == "gateway" else f"services.{process}.config"
    kind: type[Any] = importlib.import_module(module).Settings
    return kind


def text() -> str:
    """Give the page."""
    common = {each.name: each for each in variables(Process)}
    parts = [HEAD, "## Every process\n\n", _table(list(common.values()))]
    for process in PROCESSES:
        own = [each for each in variables(settings_of(process)) if common.get(each.name) != each]
        if own:
            parts += [f"\n## {process}\n\n", _table(own)]
    return "".join(parts)


def _table(listed: list[Variable]) -> str:
    rows = [f"| `{each.name}` | {each.kind} | {_default(each)} | {_about(each)} |\n" for each in listed]
    return "| variable | kind | default | what it says |\n|---|---|---|---|\n" + "".join(rows)


def _about(each: Variable) -> str:
    return each.about.replace("|", "\\|") + (" (secret)" if each.secret else "")


def _default(each: Variable) -> str:
    if each.required:
        return "**required**"
    if each.default in (None, "", ()):
        return "none"
    if isinstance(each.default, bool):
        return f"`{str(each.default).lower()}`"
    return f"`{each.default}`"


if __name__ == "__main__":
    sys.stdout.write(text())
