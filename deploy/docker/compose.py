"""`python -m deploy.docker.compose …`: Docker's compose 2 with our compose.yaml, where the plug-in is not installed.

Built once from its Go module (two minutes on two cores).
"""

import os
import sys
from pathlib import Path

from deploy.local.engines import gomodule
from deploy.local.engines.packages import PackageError

FILE = Path(__file__).resolve().with_name("compose.yaml")
VERSION = "v2.40.3"


def obtain() -> Path:
    """Return the program, built the first time.

    Raises:
        PackageError: Go is missing and cannot be installed by this process.
        BuildError: a registry does not give its module, or it cannot be built.
    """
    return gomodule.program("compose", "github.com/docker/compose/v2", VERSION, "cmd")


def main() -> None:
    """Hand the words of the command line over to compose."""
    try:
        program = str(obtain())
    except (PackageError, gomodule.BuildError) as problem:
        sys.exit(str(problem))
    os.execv(program, [program, "--file", str(FILE), *sys.argv[1:]])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
