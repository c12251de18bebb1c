"""`addresses.json`: where everything answers and who may sign in, so that scripts need not parse the screen.

There exactly while everything answers; readable by its owner only.
"""

import json

from deploy.local.children import HOST
from deploy.local.engines.realm import PEOPLE, SYSTEM_CLIENT
from deploy.local.keys import write_private
from deploy.local.system import System
from deploy.local.table import SERVICES


def write_addresses(system: System) -> None:
    """Write the file of a running system; `System.stop` takes it away."""
    write_private(system.told, json.dumps(addresses_of(system), ensure_ascii=False, indent=2))


def addresses_of(system: System) -> dict[str, object]:
    """Return what `.run/addresses.json` tells scripts."""
    told = system.addresses()
    known = system.keys.realm
    return {
        "gateway": system.gateway(),
        "issuer": told["CONSILIUM_ISSUER"],
        "mailbox": f"http://{HOST}:{system.ports.mailbox}",
        "smtp": told["CONSILIUM_SMTP"],
        "nats": told["CONSILIUM_NATS"],
        "mongodb": told["CONSILIUM_MONGODB"],
        "opensearch": told["CONSILIUM_OPENSEARCH"],
        "grpc": {service: f"{HOST}:{system.ports.grpc(service)}" for service in SERVICES},
        "system_client": {"id": SYSTEM_CLIENT, "secret": known.system},
        "people": [
            {"name": person.name, "role": person.role, "password": known.passwords[person.name]} for person in PEOPLE
        ],
    }
