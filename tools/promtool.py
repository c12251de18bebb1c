"""`python -m tools.promtool`: check and test telemetry/alerts.yaml by Prometheus' own promtool.

Built once from its Go module into the cache outside the tree, without the discovery of clouds (ten minutes on two
cores). Go is needed; without it the rules are checked by tests/architecture/test_telemetry.py alone.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local.engines.cache import built

ROOT = Path(__file__).resolve().parent.parent
VERSION = "v0.309.1"
_MODULE = "github.com/prometheus/prometheus"


def promtool() -> Path:
    """Return the program, built the first time."""
    return built(f"promtool-{VERSION}", _build) / "promtool"


def _build(folder: Path) -> None:
    told = subprocess.run(
        ["go", "mod", "download", "-json", f"{_MODULE}@{VERSION}"], capture_output=True, check=True, text=True
    )
    source = folder / "source"
    shutil.copytree(json.loads(told.stdout)["Dir"], source)
    for path in source.rglob("*"):
        path.chmod(path.stat().st_mode | 0o200)
    # Every cloud's client library, which no rule needs.
    (source / "plugins/plugins.go").unlink()
    command = [
        "go",
        "build",
        "-mod=mod",
        "-trimpath",
        "-tags",
        "netgo",
        "-ldflags",
        "-s -w",
        "-o",
        str(folder / "promtool"),
    ]
    subprocess.run([*command, "./cmd/promtool"], cwd=source, check=True)
    shutil.rmtree(source)


def main() -> int:
    """Check the rules, then run their tests."""
    program, rules = str(promtool()), ROOT / "telemetry"
    for arguments in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts_test.yaml"]):
        done = subprocess.run([program, *arguments], cwd=rules, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
