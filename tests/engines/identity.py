"""The test's view of the provider of sign-in: who there is, and tokens for them."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local.engines.realm import CONSOLE_CLIENT, DEMO_CLIENT, PEOPLE, SYSTEM_CLIENT, RealmSecrets, realm


@dataclass(frozen=True, slots=True)
class Identity:
    """An issuer and the secrets of its demo realm."""

    issuer: str
    secrets: RealmSecrets

    def person_token(self, name: str) -> str:
        """Return a fresh access token (5 minutes) of a demo person, for instance `partner-operator`."""
        return self._token(
            {
                "grant_type": "password",
                "client_id": DEMO_CLIENT,
                "username": name,
                "password": self.secrets.passwords[name],
                "scope": "openid",
            }
        )

    def system_token(self) -> str:
        """Return a fresh access token of the client `consilium-system`, an administrator of everything."""
        return self._token(
            {"grant_type": "client_credentials", "client_id": SYSTEM_CLIENT, "client_secret": self.secrets.system}
        )

    @property
    def console_client(self) -> tuple[str, str]:
        """Return id and secret of the client for the code flow."""
        return CONSOLE_CLIENT, self.secrets.console

    def _token(self, form: Mapping[str, str]) -> str:
        answer = httpx.post(f"{self.issuer}/protocol/openid-connect/token", data=dict(form), timeout=30)
        answer.raise_for_status()
        return str(answer.json()["access_token"])


def started_identity(start: Callable[[Mapping[str, Any]], str]) -> Identity:
    """Make secrets, start a provider with them and return both.

    Where `CONSILIUM_ISSUER` names a provider that runs already, `CONSILIUM_REALM_SECRETS` must name the file with
    its secrets: `{"console", "system", "passwords": {name: password}}`.
    """
    known = os.environ.get("CONSILIUM_REALM_SECRETS")
    if os.environ.get("CONSILIUM_ISSUER"):
        if not known:
            raise RuntimeError("CONSILIUM_ISSUER is given: CONSILIUM_REALM_SECRETS must name the file with its secrets")
        made = RealmSecrets(**json.loads(Path(known).read_text(encoding="utf-8")))
    else:
        passwords = {person.name: secrets.token_urlsafe(12) for person in PEOPLE}
        made = RealmSecrets(secrets.token_urlsafe(24), secrets.token_urlsafe(24), passwords)
    return Identity(start(realm(made)), made)
