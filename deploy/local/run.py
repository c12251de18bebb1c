"""`make run`: the whole system on this machine, from nothing to the addresses on the screen.

Stays up until Ctrl-C or SIGTERM, then stops everything orderly. The first time it also plays the story on the demo
base; the data stays for the next start. State lives in `.run/` (`--directory`): remove it to begin anew.
"""

import argparse
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from deploy.local.addresses import addresses_of, write_addresses
from deploy.local.children import ChildError
from deploy.local.engines import keycloak, mongodb, nats, opensearch
from deploy.local.engines.maven import ResolutionError
from deploy.local.engines.packages import PackageError
from deploy.local.engines.realm import PEOPLE
from deploy.local.screen import Follower, say, step
from deploy.local.system import ROOT, PortsTakenError, System
from deploy.local.table import SERVICES, Ports


class Stopped(BaseException):
    """Somebody asked to stop; not an error, so nothing on the way may catch it as one."""


def run(directory: Path, *, with_story: bool, verbose: bool) -> int:
    """Bring the system up, play the story once, stay until asked to stop; answer the exit code."""
    began = time.monotonic()
    for module in (mongodb, nats, opensearch, keycloak):
        with step(module.NAME, "obtaining"):
            module.obtain()
    system = System(directory, Ports(), say)
    follower = Follower(everything=verbose)
    follower.start()
    try:
        system.start()
        for process in system.running():
            if process.name in {*SERVICES, "gateway"}:
                follower.follow(process.name, process.log)
        write_addresses(system)
        say("consilium", f"everything answers after {time.monotonic() - began:.0f} s")
        if with_story and not (directory / "story.json").exists():
            _play(system, directory)
        _tell(system, directory)
        while True:
            system.watch()
            time.sleep(1)
    except PortsTakenError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except ChildError as problem:
        print(f"\n{problem}\n\nWhole logs: {system.logs}", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with step("consilium", "stopping"):
            system.stop()
        follower.stop()


def _play(system: System, directory: Path) -> None:
    """Play the story as a process of its own, watching the system meanwhile; a failure leaves the system up."""
    story = subprocess.Popen(
        [sys.executable, "-m", "deploy.local.story", "--directory", str(directory)], cwd=ROOT, start_new_session=True
    )
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
    say("consilium", f"mailbox            {known['mailbox']}")
    for person in PEOPLE:
        rights = ", ".join(person.workspaces).replace("*", "everything")
        password = system.keys.realm.passwords[person.name]
        say("consilium", f"  {person.name:<18} {password:<14} {person.role} in {rights}")
    say("consilium", f"scripts            {directory / 'addresses.json'}")
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
    parser.add_argument("--no-story", action="store_true", help="do not play the story on a fresh installation")
    parser.add_argument("--verbose", action="store_true", help="show whole logs of services on the screen")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, _asked)
    signal.signal(signal.SIGTERM, _asked)
    try:
        return run(arguments.directory.resolve(), with_story=not arguments.no_story, verbose=arguments.verbose)
    except (PackageError, ResolutionError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except Stopped:
        return 130


if __name__ == "__main__":
    sys.exit(main())
