"""The secret files that compose.yaml mounts: `.venv/bin/python -m deploy.docker.keys [DIR]`.

Promise: made once; a second run finds the same, so that stored data stay readable. DIR (0700) keeps everything from
other people of this machine; what is mounted lies in DIR/mounted, readable by whatever uid a container runs under.
The people of the demo realm and their passwords are in DIR/people.json.
"""

import argparse
import json
import shutil
from pathlib import Path

from deploy.local.engines.realm import PEOPLE, SYSTEM_CLIENT, realm
from deploy.local.keys import keys, write_private

DEFAULT = Path(__file__).resolve().parents[2] / ".run/compose"


def write(directory: Path, gateway_port: int = 8080) -> Path:
    """Make what is missing below a folder and give the folder to mount."""
    known = keys(directory)
    directory.chmod(0o700)
    mounted = directory / "mounted"
    shutil.rmtree(mounted, ignore_errors=True)
    mounted.mkdir()
    contents = {
        "installation-key": known.installation.read_text(encoding="utf-8"),
        "service-secret": known.service.read_text(encoding="utf-8"),
        "principal-key": known.principal_public,
        "principal-seed": known.principal_private.read_text(encoding="utf-8"),
        "console-secret": known.console.read_text(encoding="utf-8"),
        "realm.json": json.dumps(realm(known.realm, gateway_port), ensure_ascii=False),
    }
    for name, content in contents.items():
        path = mounted / name
        path.write_text(content, encoding="utf-8")
        path.chmod(0o444)
    people = [
        {"name": person.name, "role": person.role, "password": known.realm.passwords[person.name]} for person in PEOPLE
    ]
    callers = {"system_client": {"id": SYSTEM_CLIENT, "secret": known.realm.system}, "people": people}
    write_private(directory / "people.json", json.dumps(callers, ensure_ascii=False, indent=2))
    return mounted


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.docker.keys", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=Path, nargs="?", default=DEFAULT, help="where secrets are kept")
    parser.add_argument("--gateway-port", type=int, default=8080, help="where browsers reach the gateway on localhost")
    arguments = parser.parse_args()
    mounted = write(arguments.directory.resolve(), arguments.gateway_port)
    print(f"mounted by compose: {mounted}\nwho may sign in:    {arguments.directory.resolve() / 'people.json'}")


if __name__ == "__main__":
    main()
