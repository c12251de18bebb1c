"""What others did arrives on the trail, once, chained."""

import asyncio
from datetime import UTC, datetime

from chassis.kernel import new_id, partition_of
from chassis.outbox import Fact
from gen.consilium.access.v1 import events_pb2, people_pb2
from services.access.adapters.mongo import MongoTrail
from services.access.domain.audit import first_break
from services.access.ports import AuditFact
from tests.component.access.conftest import Access, eventually


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
    request = people_pb2.ListAuditRequest(subject=person, page_size=50)

    async def arrived() -> bool:
        return len((await access.ask(access.people.ListAudit, request, admin)).entries) == 20

    await eventually(arrived)

    trail = MongoTrail(access.engines.database)
    lines = await trail.lines(partition_of(person), 0, 100)
    assert [line.id for line in lines] == [fact.id for fact in facts]
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
        return len((await access.ask(access.people.ListAudit, request, admin.tokens["access"])).entries) == 2

    await eventually(arrived)

    seen = await access.ask(access.people.ListAudit, request, narrow.tokens["access"])
    assert [entry.workspace for entry in seen.entries] == ["partner"]
