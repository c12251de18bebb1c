"""What the console keeps for one person: name, preferences, views; and what others hear of it."""

from typing import Any

import pytest

from chassis.kernel import new_id
from gen.consilium.access.v1 import accounts_pb2 as pb
from gen.consilium.access.v1 import accounts_pb2_grpc
from services.access.adapters import accounts as adapter
from services.access.adapters.names import Names
from tests.component.access.conftest import Access


def accounts(access: Access) -> Any:
    return accounts_pb2_grpc.AccountsStub(access.channel)


async def test_a_person_has_a_name_and_what_screens_remember(access: Access) -> None:
    issued = await access.issue(bearer=access.identity.person_token("administrator"))
    token, stub = issued.tokens["access"], accounts(access)

    before = await access.ask(stub.GetAccount, pb.GetAccountRequest(), token)
    request = pb.UpdateAccountRequest(language="en")
    request.preferences.update({"theme": "dark", "columns": {"clients": ["name", "city"]}})
    await access.ask(stub.UpdateAccount, request, token)
    await access.ask(stub.UpdateAccount, pb.UpdateAccountRequest(language="ru"), token)
    after = await access.ask(stub.GetAccount, pb.GetAccountRequest(), token)

    assert before.id == issued.principal.id
    assert before.name
    assert (after.name, after.language) == (before.name, "ru")
    assert after.preferences["columns"]["clients"][1] == "city"
    kept = await access.engines.database["users"].find_one({"_id": issued.principal.id})
    assert kept is not None
    assert before.name not in str(kept)
    too_much = pb.UpdateAccountRequest()
    too_much.preferences.update({"x": "я" * 10_000})
    assert await access.reason(stub.UpdateAccount, too_much, token) == "KEEPSAKE_TOO_LARGE"
    await access.issue(bearer=access.identity.person_token("administrator"))
    assert (await access.ask(stub.GetAccount, pb.GetAccountRequest(), token)).language == "ru"


async def test_names_are_told_to_those_who_work_in_the_same_place(access: Access) -> None:
    admin = await access.issue("main", bearer=access.identity.person_token("administrator"))
    partner = await access.issue(bearer=access.identity.person_token("partner-operator"))
    request = pb.GetNamesRequest(ids=[admin.principal.id, partner.principal.id, new_id()])

    seen_from_main = await access.ask(accounts(access).GetNames, request, admin.tokens["access"])
    seen_from_partner = await access.ask(accounts(access).GetNames, request, partner.tokens["access"])

    assert set(seen_from_main.names) == {admin.principal.id}
    assert set(seen_from_partner.names) == {admin.principal.id, partner.principal.id}


def a_view(name: str, key: str = "") -> pb.CreateViewRequest:
    request = pb.CreateViewRequest(screen="clients", name=name, request_id=key)
    request.state.update({"text": ""})
    return request


async def test_the_last_view_that_may_be_kept_is_answered_again_and_one_more_refused(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "MOST_VIEWS", 1)
    own = (await access.issue("main", bearer=access.identity.person_token("administrator"))).tokens["access"]
    stub, request = accounts(access), a_view("Кардиологи", "k1")

    made = await access.ask(stub.CreateView, request, own)

    assert await access.ask(stub.CreateView, request, own) == made
    request.request_id = "k2"
    assert await access.reason(stub.CreateView, request, own) == "VIEWS_TOO_MANY"


async def test_a_name_that_lay_in_clear_is_sealed_by_the_next_upgrade(access: Access) -> None:
    own = (await access.issue("main", bearer=access.identity.person_token("administrator"))).tokens["access"]
    stub, database = accounts(access), access.engines.database
    for name in ("Врачи Орловой", "Аптеки"):
        await access.ask(stub.CreateView, a_view(name), own)
    made = await access.ask(stub.CreateView, a_view("Больницы"), own)
    await database["views"].update_one({"_id": made.id}, {"$set": {"name": "Больницы"}})

    await adapter.seal_view_names(Names(access.settings.installation_key), database)

    kept = str(await database["views"].find({}, {"state": 0}).to_list())
    assert not any(name in kept for name in ("Орловой", "Аптеки", "Больницы"))
    listed = (await access.ask(stub.ListViews, pb.ListViewsRequest(screen="clients"), own)).views
    assert [view.name for view in listed] == ["Аптеки", "Больницы", "Врачи Орловой"]


async def test_views_are_ones_own_until_they_are_shared(access: Access) -> None:
    own = (await access.issue("main", bearer=access.identity.person_token("administrator"))).tokens["access"]
    other = (await access.issue("main", bearer=access.identity.person_token("marketing-manager"))).tokens["access"]
    stub = accounts(access)
    request = pb.CreateViewRequest(screen="clients", name="Кардиологи", request_id="k1")
    request.state.update({"filter": {"all": []}, "text": "Орлова"})

    made = await access.ask(stub.CreateView, request, own)
    again = await access.ask(stub.CreateView, request, own)
    elsewhere = (await access.issue("partner", bearer=access.identity.person_token("administrator"))).tokens["access"]
    assert (await access.ask(stub.CreateView, request, elsewhere)).id != made.id  # a key is one workspace's
    request.name = "Другое"
    assert await access.reason(stub.CreateView, request, own) == "IDEMPOTENCY_KEY_REUSED"

    async def listed(token: str, screen: str = "clients") -> list[tuple[str, bool]]:
        found = await access.ask(stub.ListViews, pb.ListViewsRequest(screen=screen), token)
        return [(view.name, view.own) for view in found.views]

    assert "Орлова" not in str(await access.engines.database["views"].find_one())
    assert again == made
    assert (await listed(own), await listed(other), await listed(own, "segments")) == ([("Кардиологи", True)], [], [])
    changed = pb.UpdateViewRequest(id=made.id, name="Кардиологи Твери", shared=True)
    assert await access.reason(stub.UpdateView, changed, other) == "VIEW_UNKNOWN"
    told = await access.ask(stub.UpdateView, changed, own)
    assert (told.name, told.state) == ("Кардиологи Твери", made.state)
    assert await listed(other) == [("Кардиологи Твери", False)]
    await access.ask(stub.DeleteView, pb.DeleteViewRequest(id=made.id), other)
    assert await listed(own) == [("Кардиологи Твери", True)]
    await access.ask(stub.DeleteView, pb.DeleteViewRequest(id=made.id), own)
    assert await listed(other) == []
