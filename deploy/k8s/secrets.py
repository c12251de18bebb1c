"""The secrets that the evaluation overlay refers to: `python -m deploy.k8s.secrets DIR | kubectl apply -f -`.

Made once and kept in DIR (mode 0600): keep it, for without the installation key no stored data can be read. In
production they come from the company's vault instead, under the same names and keys (deploy/k8s/README.md).
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.engines.realm import PEOPLE, SYSTEM_CLIENT, realm
from deploy.local.keys import Keys, keys, write_private

SMTP = "smtp://mailbox:2525?tls=never"


def secrets(known: Keys, namespace: str, gateway_port: int = 8080) -> list[dict[str, Any]]:
    """Return the Secrets of an installation for evaluation."""
    contents: dict[str, Mapping[str, str]] = {
        "consilium": {
            "installation-key": known.installation.read_text(encoding="utf-8"),
            "service-secret": known.service.read_text(encoding="utf-8"),
            "principal-key": known.principal_public,
        },
        "consilium-access": {"principal-seed": known.principal_private.read_text(encoding="utf-8")},
        "consilium-channel": {"smtp": SMTP, "dkim-key": ""},
        "consilium-gateway": {"console-secret": known.console.read_text(encoding="utf-8")},
        "keycloak-realm": {"consilium.json": json.dumps(realm(known.realm, gateway_port), ensure_ascii=False)},
    }
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": namespace},
            "stringData": dict(content),
        }
        for name, content in contents.items()
    ]


def callers(known: Keys) -> dict[str, object]:
    """Return who may sign in, as scripts read it from `addresses.json`."""
    people = [
        {"name": person.name, "role": person.role, "password": known.realm.passwords[person.name]} for person in PEOPLE
    ]
    return {"system_client": {"id": SYSTEM_CLIENT, "secret": known.realm.system}, "people": people}


def main() -> int:
    """Print the Secrets as a list; the people of the demo realm go to DIR/people.json."""
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s.secrets", description=__doc__)
    parser.add_argument("directory", type=Path, help="where the installation's secrets are kept")
    parser.add_argument("--namespace", default="consilium")
    arguments = parser.parse_args()
    known = keys(arguments.directory)
    listed = {"apiVersion": "v1", "kind": "List", "items": secrets(known, arguments.namespace)}
    write_private(arguments.directory / "people.json", json.dumps(callers(known), ensure_ascii=False, indent=2))
    sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
