"""Whether the process beside answers: the health command of the images, which hold no shell and no curl.

Usage: python -m chassis.health [http://127.0.0.1:PORT/PATH]
Without an address it asks the /readyz of this container's process. Ends with 0 when the answer is 200, else with 1 and
the reason on the screen.
"""

import sys
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from chassis.settings import SettingsWrong, read, variable

_SECONDS = 4.0
_LONGEST_ANSWER = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where the process beside answers, told to it by the same variable."""

    metrics_port: int = variable("METRICS_PORT", about="port of /metrics, /healthz, /readyz")


def healthy(address: str) -> tuple[bool, str]:
    """Ask once; give the verdict and what was said."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=_SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        said = answer.read(_LONGEST_ANSWER).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        return False, f"{address}: {type(error).__name__}"
    finally:
        connection.close()
    return answer.status == 200, said


def main() -> int:
    """Ask and tell; answers the exit code."""
    try:
        address = sys.argv[1] if len(sys.argv) == 2 else f"http://127.0.0.1:{read(Asked).metrics_port}/readyz"
    except SettingsWrong as error:
        sys.stderr.write(f"{error}\n")
        return 1
    good, said = healthy(address)
    sys.stdout.write(f"{said}\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
