"""`python -m tools.promtool`: check and test telemetry/alerts.yaml by Prometheus' own promtool.

Built once from its Go module, without the discovery of clouds (ten minutes on two cores). Go is needed; without it the
rules are checked by tests/architecture/test_telemetry.py alone.
"""

import subprocess
import sys
from pathlib import Path

from deploy.local.engines import gomodule

ROOT = Path(__file__).resolve().parent.parent
VERSION = "v0.309.1"


def promtool() -> Path:
    """Return the program, built the first time."""
    # Every cloud's client library, which no rule needs, is imported by that one file.
    return gomodule.program(
        "promtool",
        "github.com/prometheus/prometheus",
        VERSION,
        "cmd/promtool",
        without="plugins/plugins.go",
        tags=["netgo"],
    )


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
