"""The demo realm: clients, roles and one invented person per role.

Promise: the ids of people are the same at every start and in every installation, their passwords and the secrets
of clients are those of this installation. An attribute that grants rights can be edited by administrators only.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

AUDIENCE = "consilium"
CONSOLE_CLIENT = "consilium-console"
SYSTEM_CLIENT = "consilium-system"
# Takes passwords directly, for scripts that act as a demo person; a company's provider has no such client.
DEMO_CLIENT = "consilium-demo"
WORKSPACES = "consilium_workspaces"
_IDS = uuid.UUID("5b3a86e0-6a0c-4f1e-9c55-0d9a4e0f7c11")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in: name for the sign-in form, names, role and workspaces ("*": the whole installation)."""

    name: str
    given_name: str
    family_name: str
    role: str
    workspaces: tuple[str, ...]

    @property
    def subject(self) -> str:
        """Return the id that the provider puts into `sub`."""
        return str(uuid.uuid5(_IDS, self.name))


PEOPLE = (
    Person("administrator", "Вера", "Калинова", "administrator", ("*",)),
    Person("marketing-manager", "Марк", "Луговой", "marketing-manager", ("main",)),
    Person("analyst", "Антон", "Зорин", "analyst", ("*",)),
    Person("data-steward", "Дарья", "Снегина", "data-steward", ("*",)),
    Person("partner-operator", "Павел", "Озеров", "marketing-manager", ("partner",)),
)


@dataclass(frozen=True, slots=True)
class RealmSecrets:
    """What this installation alone knows: secrets of the two confidential clients and passwords by person's name."""

    console: str
    system: str
    passwords: Mapping[str, str]


def realm(known: RealmSecrets, gateway_port: int = 8080) -> dict[str, Any]:
    """Build the realm file.

    A sign-in may return to the gateway at 127.0.0.1 on any port (RFC 8252 §7.3) and at localhost on `gateway_port`.
    """
    template = Template((Path(__file__).parent / "realm.json").read_text(encoding="utf-8"))
    filled = template.substitute(
        user_profile=_quoted(json.dumps(_user_profile())),
        console_secret=_quoted(known.console),
        system_secret=_quoted(known.system),
        gateway_port=gateway_port,
    )
    document: dict[str, Any] = json.loads(filled)
    for client in document["clients"]:
        client["protocolMappers"] = _mappers()
    document["users"] = [_user(person, known.passwords[person.name]) for person in PEOPLE]
    document["users"].append(
        {
            "id": str(uuid.uuid5(_IDS, SYSTEM_CLIENT)),
            "username": f"service-account-{SYSTEM_CLIENT}",
            "enabled": True,
            "serviceAccountClientId": SYSTEM_CLIENT,
            "realmRoles": ["administrator"],
            "attributes": {WORKSPACES: ["*"]},
        }
    )
    return document


def _quoted(text: str) -> str:
    return json.dumps(text)[1:-1]


def _user(person: Person, password: str) -> dict[str, Any]:
    return {
        "id": person.subject,
        "username": person.name,
        "enabled": True,
        "firstName": person.given_name,
        "lastName": person.family_name,
        "email": f"{person.name}@consilium.example",
        "emailVerified": True,
        "realmRoles": [person.role],
        "attributes": {WORKSPACES: list(person.workspaces)},
        "credentials": [{"type": "password", "value": password, "temporary": False}],
    }


def _mappers() -> list[dict[str, Any]]:
    return [
        {
            "name": "audience",
            "protocol": "openid-connect",
            "protocolMapper": "oidc-audience-mapper",
            "config": {"included.custom.audience": AUDIENCE, "access.token.claim": "true", "id.token.claim": "false"},
        },
        {
            "name": "workspaces",
            "protocol": "openid-connect",
            "protocolMapper": "oidc-usermodel-attribute-mapper",
            "config": {
                "user.attribute": WORKSPACES,
                "claim.name": WORKSPACES,
                "jsonType.label": "String",
                "multivalued": "true",
                "access.token.claim": "true",
                "id.token.claim": "true",
                "userinfo.token.claim": "true",
            },
        },
    ]


def _user_profile() -> dict[str, Any]:
    own = {"view": ["admin", "user"], "edit": ["admin"]}
    attributes = [
        {"name": name, "displayName": f"${{{name}}}", "permissions": own, "multivalued": False}
        for name in ("username", "email", "firstName", "lastName")
    ]
    granted = {
        "name": WORKSPACES,
        "displayName": "Workspaces",
        "permissions": {"view": ["admin"], "edit": ["admin"]},
        "multivalued": True,
    }
    return {"attributes": [*attributes, granted]}
