"""Whether the process beside answers: the health command of the images, which hold no curl.

Usage: python -S chassis/health.py http://127.0.0.1:9000/readyz
Ends with 0 when the answer is 200, else with 1; what was said goes to the screen, which `docker inspect` keeps.
It stands on `socket` alone and is started by its path: it runs every few seconds beside every process, and a client of
the standard library would cost five times the processor.
"""

import socket
import sys

_SECONDS = 8.0
_LONGEST_ANSWER = 4000


def healthy(address: str) -> tuple[bool, str]:
    """Ask once; give the verdict and what was said.

    Raises:
        ValueError: the address is not http://host:port/path.
    """
    scheme, _, rest = address.partition("://")
    place, _, path = rest.partition("/")
    host, _, port = place.rpartition(":")
    if scheme != "http" or not host or not port.isdigit():
        raise ValueError(f"{address} is not http://host:port/path")
    answer = b""
    try:
        with socket.create_connection((host, int(port)), timeout=_SECONDS) as connection:
            connection.sendall(f"GET /{path} HTTP/1.0\r\nHost: {place}\r\n\r\n".encode())
            while len(answer) < _LONGEST_ANSWER and (piece := connection.recv(_LONGEST_ANSWER)):
                answer += piece
    except OSError as error:
        return False, f"{address}: {type(error).__name__}"
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b" ")[1:2] == [b"200"], body.decode("utf-8", "replace")


def main() -> int:
    """Ask and tell; answers the exit code."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python chassis/health.py http://host:port/path\n")
        return 64
    good, said = healthy(sys.argv[1])
    sys.stdout.write(f"{said}\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
