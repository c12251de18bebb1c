"""Which role may do what, and who may give it on."""

import json
from pathlib import Path

import pytest

from services.access.domain.errors import RoleBeyondOwn, RoleUnknown, WorkspaceNotAllowed
from services.access.domain.roles import Role, RoleTable, choose_workspace, within_own

TABLE = RoleTable({"a": Role("a", frozenset({"x.read", "x.edit"})), "b": Role("b", frozenset({"x.read"}))})


def test_actions_are_the_union_of_the_roles() -> None:
    assert TABLE.actions(["a", "b"]) == {"x.read", "x.edit"}
    assert TABLE.actions(["b", "gone"]) == {"x.read"}
    assert TABLE.actions([]) == frozenset()


@pytest.mark.parametrize(
    ("wanted", "allowed", "chosen"),
    [
        ("", ("main",), "main"),
        ("", ("main", "*"), "*"),
        ("", (), ""),
        ("main", ("*",), "main"),
        ("partner", ("main", "partner"), "partner"),
        ("*", ("*",), "*"),
    ],
)
def test_a_workspace_is_chosen_among_the_allowed(wanted: str, allowed: tuple[str, ...], chosen: str) -> None:
    assert choose_workspace(wanted, allowed) == chosen


@pytest.mark.parametrize(("wanted", "allowed"), [("*", ("main",)), ("partner", ("main",)), ("main", ())])
def test_a_workspace_beyond_the_allowed_is_refused(wanted: str, allowed: tuple[str, ...]) -> None:
    with pytest.raises(WorkspaceNotAllowed):
        choose_workspace(wanted, allowed)


def test_nobody_gives_more_than_he_holds() -> None:
    own = frozenset({"x.read"})

    within_own(["b"], ["main"], own_actions=own, own_workspace="main", table=TABLE)
    with pytest.raises(RoleBeyondOwn):
        within_own(["a"], ["main"], own_actions=own, own_workspace="main", table=TABLE)
    with pytest.raises(RoleBeyondOwn):
        within_own(["b"], ["partner"], own_actions=own, own_workspace="main", table=TABLE)
    with pytest.raises(RoleBeyondOwn):
        within_own(["b"], ["*"], own_actions=own, own_workspace="main", table=TABLE)
    with pytest.raises(RoleUnknown):
        within_own(["gone"], ["main"], own_actions=own, own_workspace="*", table=TABLE)


def test_the_shipped_table_has_the_roles_of_the_house() -> None:
    shipped = json.loads(Path("services/access/data/roles.json").read_text(encoding="utf-8"))

    assert {"administrator", "marketing-manager", "analyst", "data-steward"} <= shipped.keys()
    assert all(actions == sorted(set(actions)) for actions in shipped.values())
    assert "campaigns.launch" not in shipped["analyst"]
    assert "profiles.erase" not in shipped["marketing-manager"]
