"""Bearers of the real provider."""

import httpx
import pytest

from services.access.adapters.provider import Provider
from services.access.domain.claims import ClaimPaths, is_system, stated
from services.access.domain.errors import CredentialRefused
from tests.engines.identity import Identity

ROLES = frozenset({"administrator", "marketing-manager", "analyst", "data-steward"})


async def test_people_and_systems_are_read_from_a_real_token(identity: Identity) -> None:
    async with httpx.AsyncClient() as http:
        provider = Provider(identity.issuer, "consilium", ClaimPaths(), http)

        system = await provider.identify(identity.system_token())
        person = await provider.identify(identity.person_token("partner-operator"))

    assert is_system(system)
    assert stated(system, ClaimPaths(), ROLES).roles == ("administrator",)
    assert stated(system, ClaimPaths(), ROLES).workspaces == ("*",)
    assert not is_system(person)
    assert stated(person, ClaimPaths(), ROLES).workspaces == ("partner",)


async def test_a_bearer_of_another_realm_is_refused(identity: Identity) -> None:
    foreign = identity.issuer.replace("/realms/consilium", "/realms/master")
    async with httpx.AsyncClient() as http:
        provider = Provider(foreign, "consilium", ClaimPaths(), http)
        with pytest.raises(CredentialRefused):
            await provider.identify(identity.system_token())
