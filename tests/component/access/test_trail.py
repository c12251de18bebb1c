"""What others did arrives on the trail, once, chained."""

import asyncio
from datetime import UTC, datetime, timedelta

from chassis.kernel import new_id, partition_of
from chassis.outbox import Fact
from gen.consilium.access.v1 import events_pb2, people_pb2
from services.access.adapters.mongo import MongoTrail, MongoUsers
from services.access.adapters.names import Names
from services.access.domain.audit import first_break
from services.access.ports import AuditFact, User
from tests.component.access.conftest import Access, eventually
from tests.trail import acts


def acted(principal: str, subject: str, workspace: str = "main") -> Fact:
    body = events_pb2.Acted(
        principal=principal, action="profiles.read", subjects=[subject], workspace=workspace, outcome="allowed"
    )
    now = datetime.now(UTC)
    body.time.FromDatetime(now)
    return Fact(new_id(), "audit", "acted", partition_of(subject), body.SerializeToString(), now)


async def test_acts_are_kept_once_in_an_unbroken_chain_and_found_by_subject(access: Access) -> None:
    person = new_id()
    facts = [acted("p1", person) for _ in range(20)]
    await access.engines.publisher.publish(facts)
    await access.engines.publisher.publish(facts[:5])
    admin = (await access.issue(bearer=access.identity.person_token("administrator"))).tokens["access"]
    request = people_pb2.ListAuditRequest(subject=person, page_size=500)

    async def arrived() -> bool:
        entries = (await access.ask(access.people.ListAudit, request, admin)).entries
        return len([entry for entry in entries if entry.principal == "p1"]) == 20  # whoever looks leaves lines too

    await eventually(arrived)

    trail = MongoTrail(access.engines.database)
    lines = await trail.lines(partition_of(person), 0, 500)
    assert [line.id for line in lines if line.content["principal"] == "p1"] == [fact.id for fact in facts]
    assert first_break(lines) is None


async def test_a_changed_line_shows(access: Access) -> None:
    person = new_id()
    await access.engines.publisher.publish([acted("p1", person) for _ in range(3)])
    trail, audit = MongoTrail(access.engines.database), access.engines.database["audit"]
    partition = partition_of(person)

    async def arrived() -> bool:
        return len(await trail.lines(partition, 0, 10)) == 3

    await eventually(arrived)

    await audit.update_one({"partition": partition, "number": 2}, {"$set": {"content.principal": "p2"}})

    assert first_break(await trail.lines(partition, 0, 10)) == 2


async def test_two_writers_of_one_chain_do_not_fork_it(access: Access) -> None:

    trail = MongoTrail(access.engines.database)
    facts = [AuditFact(new_id(), 7, {"action": "x", "number": n}) for n in range(30)]

    await asyncio.gather(*(trail.append(facts[start:]) for start in (0, 10, 20)), return_exceptions=True)
    await trail.append(facts)

    lines = await trail.lines(7, 0, 100)
    assert len(lines) == 30
    assert first_break(lines) is None


async def test_a_workspace_sees_its_own_lines_only(access: Access) -> None:
    person = new_id()
    await access.engines.publisher.publish([acted("p1", person, "main"), acted("p1", person, "partner")])
    admin = await access.issue(bearer=access.identity.person_token("administrator"))
    narrow = await access.issue(bearer=access.identity.person_token("administrator"), workspace="partner")
    request = people_pb2.ListAuditRequest(subject=person)

    async def arrived() -> bool:
        entries = (await access.ask(access.people.ListAudit, request, admin.tokens["access"])).entries
        return {entry.workspace for entry in entries if entry.principal == "p1"} == {"main", "partner"}

    await eventually(arrived)

    seen = await access.ask(access.people.ListAudit, request, narrow.tokens["access"])
    assert [(entry.principal, entry.workspace) for entry in seen.entries] == [("p1", "partner")]


async def test_keys_the_trail_itself_and_other_roles_leave_a_line(access: Access) -> None:
    issued = await access.issue(bearer=access.identity.person_token("administrator"))
    admin = issued.tokens["access"]
    until = datetime.now(UTC) + timedelta(days=1)
    making = people_pb2.CreateApiKeyRequest(title="site", roles=["collector"], workspaces=["main"], request_id=new_id())
    making.expire_time.FromDatetime(until)
    made = await access.ask(access.people.CreateApiKey, making, admin)
    await access.ask(access.people.RevokeApiKey, people_pb2.RevokeApiKeyRequest(id=made.key.id), admin)
    await access.ask(access.people.ListAudit, people_pb2.ListAuditRequest(subject=made.key.id), admin)
    users, who = MongoUsers(access.engines.database, Names(access.settings.installation_key)), new_id()
    for roles in (("analyst",), ("administrator",)):
        await users.seen(User(who, roles, ("main",), datetime.now(UTC)), datetime.now(UTC))

    async def told() -> bool:
        return (who, "roles.change", "allowed", [who]) in await acts(access.engines.bus)

    await eventually(told)
    assert [act for act in await acts(access.engines.bus) if act[0] != who] == [
        (issued.principal.id, "api-keys.manage", "allowed", [made.key.id]),
        (issued.principal.id, "api-keys.manage", "allowed", [made.key.id]),
        (issued.principal.id, "audit.read", "allowed", [made.key.id]),
    ]


async def test_the_trail_of_a_survivor_holds_what_was_done_to_whom_he_absorbed(access: Access) -> None:
    survivor, absorbed, stranger = new_id(), new_id(), new_id()
    access.profiles.absorbed[survivor] = [absorbed]
    await access.engines.publisher.publish([acted("p1", each) for each in (survivor, absorbed, stranger)])
    admin = (await access.issue(bearer=access.identity.person_token("administrator"))).tokens["access"]

    async def of(subject: str) -> set[str]:
        request = people_pb2.ListAuditRequest(subject=subject, page_size=500)
        entries = (await access.ask(access.people.ListAudit, request, admin)).entries
        return {each for entry in entries if entry.principal == "p1" for each in entry.subjects}

    async def arrived() -> bool:
        return await of(survivor) == {survivor, absorbed}

    await eventually(arrived)
    assert await of(absorbed) == {survivor, absorbed}
    assert await of(stranger) == {stranger}
    assert set(access.profiles.callers) == {"service:access"}
