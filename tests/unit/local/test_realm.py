"""The realm file: ids that never change, rights that only an administrator edits."""

import json

from deploy.local.engines.realm import PEOPLE, WORKSPACES, RealmSecrets, realm

SECRETS = RealmSecrets('con"sole', "sys$tem", {person.name: f"pw-{person.name}" for person in PEOPLE})


def test_people_keep_their_ids() -> None:
    first, second = realm(SECRETS), realm(SECRETS, gateway_port=9999)

    assert [user["id"] for user in first["users"]] == [user["id"] for user in second["users"]]
    assert len({user["id"] for user in first["users"]}) == len(PEOPLE) + 1


def test_secrets_survive_every_character() -> None:
    clients = {client["clientId"]: client for client in realm(SECRETS)["clients"]}

    assert clients["consilium-console"]["secret"] == 'con"sole'
    assert clients["consilium-system"]["secret"] == "sys$tem"


def test_nobody_grants_himself_a_workspace() -> None:
    component = realm(SECRETS)["components"]["org.keycloak.userprofile.UserProfileProvider"][0]
    profile = json.loads(component["config"]["kc.user.profile.config"][0])

    granted = next(attribute for attribute in profile["attributes"] if attribute["name"] == WORKSPACES)
    assert granted["permissions"]["edit"] == ["admin"]
    assert "unmanagedAttributePolicy" not in profile
