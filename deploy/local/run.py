"""`make run`: the whole system on this machine, from nothing to the addresses on the screen.

Stays up until Ctrl-C, SIGTERM or the end of its terminal, then stops everything orderly. The first time it also plays
the story on the demo base; the data stays for the next start. State lives in `.run/` (`--directory`): remove it to
begin anew.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import FrameType

from deploy.local.addresses import addresses_of, write_addresses
from deploy.local.children import HOST, ChildError, bound
from deploy.local.claim import AlreadyRunningError
from deploy.local.engines import keycloak, mongodb, nats, opensearch
from deploy.local.engines.maven import ResolutionError
from deploy.local.engines.packages import PackageError
from deploy.local.engines.realm import PEOPLE
from deploy.local.screen import Follower, say, step
from deploy.local.system import ROOT, PortsTakenError, System
from deploy.local.table import SERVICES, Ports
from deploy.local.traces.zipkin import Viewer

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked to stop; not an error, so nothing on the way may catch it as one."""


def run(directory: Path, ports: Ports, *, with_story: bool, verbose: bool, traces: str = "") -> int:
    """Bring the system up, play the story once, stay until asked to stop; answer the exit code.

    `traces`: "1" shows traces in a viewer of this machine, an address is exported to, "" is neither.
    """
    began = time.monotonic()
    logs = directory / "logs"
    viewer = Viewer(directory / "traces", *ports.traces, logs / "traces.log") if traces == "1" else None
    if traces and viewer is None:
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = traces
    for module in (mongodb, nats, opensearch, keycloak):
        module.obtain()
    system = System(directory, ports, say)
    follower = Follower(everything=verbose)
    follower.start()
    try:
        if viewer is not None:
            viewer.start()
        system.start()
        for process in system.running():
            if process.name in {*SERVICES, "gateway"}:
                follower.follow(process.name, process.log)
        write_addresses(system)
        say("consilium", f"everything answers after {time.monotonic() - began:.0f} s")
        if viewer is not None:
            say("consilium", f"traces             http://{HOST}:{ports.traces[0]}")
        _tell(system, directory)
        if with_story and not (directory / "story.json").exists():
            _play(system, directory)
            _tell(system, directory)
        while True:
            system.watch()
            time.sleep(1)
    except (AlreadyRunningError, PortsTakenError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except ChildError as problem:
        print(f"\n{problem}\n\nWhole logs: {system.logs}", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        for number in _STOPPING:
            signal.signal(number, signal.SIG_IGN)
        with step("consilium", "stopping") if system.running() else nullcontext():
            system.stop()
        if viewer is not None:
            viewer.stop()
        follower.stop()


def _play(system: System, directory: Path) -> None:
    """Play the story as a process of its own, watching the system meanwhile; a failure leaves the system up."""
    say("consilium", "now the demo base is loaded and the main job done, which takes minutes; look on meanwhile")
    command = [sys.executable, "-m", "deploy.local.story", "--directory", str(directory)]
    story = subprocess.Popen(bound(command), cwd=ROOT, start_new_session=True)
    try:
        while story.poll() is None:
            system.watch()
            time.sleep(0.5)
    except BaseException:
        story.terminate()
        story.wait(10)
        raise
    if story.returncode != 0:
        say("consilium", "THE STORY FAILED, see above; the system stays up for a look.")
        say("consilium", "To play it again: .venv/bin/python -m deploy.local.story")


def _tell(system: System, directory: Path) -> None:
    known = addresses_of(system)
    say("consilium", f"API documentation  {system.gateway()}/docs")
    say("consilium", f"sign in            {system.gateway()}/auth/sign-in")
    for person in PEOPLE:
        rights = ", ".join(person.workspaces).replace("*", "everything")
        password = system.keys.realm.passwords[person.name]
        say("consilium", f"  {person.name:<18} {password:<14} {person.role} in {rights}")
    say("consilium", f"mailbox            {known['mailbox']}")
    say("consilium", f"for scripts        {directory / 'addresses.json'}")
    say("consilium", f"logs               {system.logs}")
    say("consilium", "Ctrl-C stops everything.")


def _asked(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.local.run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--directory", type=Path, default=ROOT / ".run", help="where state is kept")
    parser.add_argument("--shift", type=int, default=0, metavar="N", help="take every port N higher than the table's")
    parser.add_argument(
        "--traces",
        default="",
        metavar="1|ADDRESS",
        help="show traces in a viewer here, or export them by OTLP over gRPC",
    )
    parser.add_argument("--no-story", action="store_true", help="do not play the story on a fresh installation")
    parser.add_argument("--verbose", action="store_true", help="show whole logs of services on the screen")
    arguments = parser.parse_args()
    try:
        ports = Ports().shifted(arguments.shift)
    except ValueError as problem:
        parser.error(str(problem))
    for number in _STOPPING:
        signal.signal(number, _asked)
    try:
        return run(
            arguments.directory.resolve(),
            ports,
            with_story=not arguments.no_story,
            verbose=arguments.verbose,
            traces=arguments.traces,
        )
    except (PackageError, ResolutionError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except Stopped:
        return 130


if __name__ == "__main__":
    sys.exit(main())
