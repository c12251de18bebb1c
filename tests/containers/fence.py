"""The way out of a system's network: closed, and watched.

Promise: once it is laid, whatever a container sends beyond its own network and this machine is dropped and counted.
Ports published on this machine answer as before. Needs root, whose the packet filter is.
Limit: look-ups of names pass. Docker asks outside for the name of a container that is stopped, and waiting
in vain for the answer would be a fault of its own.
"""

import shlex
import subprocess

from testcontainers.core.network import Network

_CHAIN = "DOCKER-USER"  # Docker asks it first and never changes what is in it


class Fence:
    """One rule of the packet filter for the network of one run, whose name it bears."""

    def __init__(self, network: Network, run: str) -> None:
        self._bridge = f"br-{(network.id or '')[:12]}"
        self._run = run

    def lay(self) -> None:
        """Close the way out.

        Raises:
            subprocess.CalledProcessError: this account may not, or there is no iptables.
        """
        wanted_out = ["--in-interface", self._bridge, "!", "--out-interface", self._bridge]
        named = ["--match", "comment", "--comment", self._run]
        _filter("--insert", _CHAIN, "1", *wanted_out, *named, "--jump", "DROP")
        for protocol in ("udp", "tcp"):
            names = ["--protocol", protocol, "--destination-port", "53"]
            _filter("--insert", _CHAIN, "1", *wanted_out, *names, *named, "--jump", "RETURN")

    def tries(self) -> int:
        """Count the packets that wanted out since it was laid."""
        for line in _filter("--list", _CHAIN, "--verbose", "--numeric", "--exact").splitlines():
            if "DROP" in line and f"/* {self._run} */" in line:
                return int(line.split()[0])
        raise AssertionError("the rule of the fence is gone: somebody else took it away")


def tear_down(run: str) -> None:
    """Open the way of a run again, its own or one that was killed; nothing happens when it was never closed."""
    for line in _filter("--list-rules", _CHAIN).splitlines():
        words = shlex.split(line)
        if run in words:
            _filter("--delete", *words[1:])


def _filter(*arguments: str) -> str:
    # Others change the filter too, Docker first of all: their turn is waited for.
    command = ["iptables", "--wait", "30", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
