"""Engines by hand.

`obtain [engine…]` fills the cache, so that later starts need no network. `up DIRECTORY` starts all of them on free
ports with their data in the folder, writes `DIRECTORY/environment` (lines for a shell, which tests obey) once all
answer, and stays until Ctrl-C: whoever runs single tests all day saves their start each time.
"""

import argparse
import json
import secrets
import signal
import sys
import time
from pathlib import Path

from deploy.local.children import ChildError, ended, free_ports
from deploy.local.engines import keycloak, mongodb, nats, opensearch
from deploy.local.engines.maven import ResolutionError
from deploy.local.engines.packages import PackageError
from deploy.local.engines.realm import PEOPLE, RealmSecrets, realm

ENGINES = {module.NAME: module for module in (mongodb, nats, opensearch, keycloak)}
_SECONDS_TO_READY = 240


def obtain(chosen: list[str]) -> None:
    """Obtain the named engines and say where each is and what it took."""
    for name in chosen:
        began = time.monotonic()
        place = ENGINES[name].obtain()
        print(f"{name}: {place} ({time.monotonic() - began:.1f} s)", flush=True)


def up(directory: Path) -> None:
    """Run all engines until a signal asks to stop."""
    directory.mkdir(parents=True, exist_ok=True)
    known = RealmSecrets(
        console=secrets.token_urlsafe(24),
        system=secrets.token_urlsafe(24),
        passwords={person.name: secrets.token_urlsafe(12) for person in PEOPLE},
    )
    told = directory / "realm-secrets.json"
    told.touch(mode=0o600)
    kept = {"console": known.console, "system": known.system, "passwords": known.passwords}
    told.write_text(json.dumps(kept), encoding="utf-8")
    with ended([]) as running:
        running += [
            mongodb.start(directory / "mongodb", free_ports(mongodb.PORTS)),
            nats.start(directory / "nats", free_ports(nats.PORTS)),
            opensearch.start(directory / "opensearch", free_ports(opensearch.PORTS)),
            keycloak.start(directory / "keycloak", free_ports(keycloak.PORTS), realm=realm(known)),
        ]
        for engine in running:
            print(f"{engine.name}: {engine.wait(_SECONDS_TO_READY).address}", flush=True)
        names = ("CONSILIUM_MONGODB", "CONSILIUM_NATS", "CONSILIUM_OPENSEARCH", "CONSILIUM_ISSUER")
        lines = [f"export {name}='{engine.address}'" for name, engine in zip(names, running, strict=True)]
        lines.append(f"export CONSILIUM_REALM_SECRETS='{told.resolve()}'")
        (directory / "environment").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"all answer; type: . {directory / 'environment'}", flush=True)
        while all(engine.ready() for engine in running):
            time.sleep(1)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.local.engines", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("obtain").add_argument("engines", nargs="*", metavar="engine", help=", ".join(ENGINES))
    verbs.add_parser("up").add_argument("directory", type=Path)
    arguments = parser.parse_args()
    try:
        if arguments.verb == "up":
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
            up(arguments.directory)
        else:
            unknown = set(arguments.engines) - set(ENGINES)
            if unknown:
                parser.error(f"no such engine: {', '.join(sorted(unknown))}")
            obtain(arguments.engines or list(ENGINES))
    except (PackageError, ResolutionError, ChildError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
