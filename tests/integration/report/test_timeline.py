"""A person's timeline and the search over activities, on the real engine."""

import pytest

from services.report.adapters.warehouse.engine import Engine
from services.report.adapters.warehouse.reading import WarehouseReader
from services.report.adapters.warehouse.writing import FactWriter
from services.report.domain.question import Span
from services.report.ports import ActivitiesAsked, Page, Place, TimelineAsked
from tests.integration.report.making import NOON, did, finished, linked, marked, minutes, requested


@pytest.fixture
def facts(engine: Engine) -> FactWriter:
    return FactWriter(engine)


@pytest.fixture
def reader(engine: Engine) -> WarehouseReader:
    return WarehouseReader(engine)


async def fill(facts: FactWriter) -> None:
    await facts.add_deliveries(
        [
            requested(1),
            finished(1, "unconfirmed"),
            finished(1, "delivered", time=NOON + minutes(2), reason=""),
            marked(1, "opened", machine=True),
            finished(2, "bounced", reason="recipient-refused"),
        ],
        "all",
    )
    await facts.add_activities([did(1, "visited", at=1), did(2, "visited", at=5)], "all")
    await facts.put_links([linked("record-1", "person-1"), linked("record-2", "person-2")], "links")


async def told(
    reader: WarehouseReader, profile: str, workspace: str = "main", **asked: object
) -> list[tuple[str, str]]:
    entries = await reader.timeline(TimelineAsked(workspace, profile, **asked), Page(50))  # type: ignore[arg-type]  # by keyword
    return [(entry.kind, entry.name) for entry in entries]


async def test_a_timeline_holds_what_a_person_did_and_was_sent_newest_first(
    facts: FactWriter, reader: WarehouseReader
) -> None:
    await fill(facts)

    assert await told(reader, "person-1") == [("mark", "opened"), ("message", "delivered"), ("activity", "visited")]
    assert await told(reader, "person-2") == [("activity", "visited"), ("message", "bounced")]
    assert await told(reader, "person-3") == []


async def test_a_merge_shows_at_once_and_an_unmerge_takes_it_back(facts: FactWriter, reader: WarehouseReader) -> None:
    await fill(facts)

    await facts.put_links([linked("record-2", "person-1", 2), linked("person-2", "person-1", 2)], "merge")
    both = await told(reader, "person-1")
    assert len(both) == 5
    assert await told(reader, "person-2") == both  # an absorbed id answers as its survivor

    await facts.put_links([linked("record-2", "person-2", 3), linked("person-2", "person-2", 3)], "unmerge")
    assert len(await told(reader, "person-1")) == 3
    assert len(await told(reader, "person-2")) == 2


async def test_kinds_interval_and_workspace_narrow_it(facts: FactWriter, reader: WarehouseReader) -> None:
    await fill(facts)

    assert await told(reader, "person-1", kinds=("mark",)) == [("mark", "opened")]
    assert await told(reader, "person-1", kinds=("activity", "message")) == [
        ("message", "delivered"),
        ("activity", "visited"),
    ]
    assert await told(reader, "person-1", span=Span(NOON + minutes(2), NOON + minutes(10))) == [
        ("message", "delivered")
    ]
    assert await told(reader, "person-1", workspace="partner") == []
    assert len(await told(reader, "person-1", workspace="*")) == 3


async def test_what_was_sent_in_a_base_s_name_stands_on_its_card(facts: FactWriter, reader: WarehouseReader) -> None:
    await facts.put_links([linked("record-1", "person-1")], "links")
    await facts.add_deliveries(
        [
            finished(1, "delivered", workspace="*", controller="partner"),
            finished(1, "capped", message="message-9", workspace="*", controller="main"),
        ],
        "all",
    )

    assert await told(reader, "person-1", workspace="partner") == [("message", "delivered")]
    assert await told(reader, "person-1", workspace="main") == [("message", "capped")]
    assert len(await told(reader, "person-1", workspace="*")) == 2


async def test_pages_neither_repeat_nor_skip_while_facts_arrive(facts: FactWriter, reader: WarehouseReader) -> None:
    await facts.put_links([linked("record-1", "person-1")], "links")
    await facts.add_activities([did(1, "visited", at=n // 3, id=f"did-{n:02}") for n in range(20)], "all")
    asked = TimelineAsked("main", "person-1")

    seen: list[str] = []
    after: Place | None = None
    while page := await reader.timeline(asked, Page(3, after)):
        seen += [entry.id for entry in page]
        after = Place(page[-1].time, page[-1].id)
        await facts.add_activities([did(1, "visited", at=100 + len(seen))], f"new-{len(seen)}")

    assert seen == [f"did-{n:02}" for n in reversed(range(20))]


async def test_activities_tell_their_person_of_now_and_their_properties(
    facts: FactWriter, reader: WarehouseReader
) -> None:
    await facts.add_activities(
        [
            did(
                1,
                "visited",
                subject="device-1",
                profile="",
                numbers={"price": 12.5},
                flags={"paid": True},
                times={"until": NOON},
                codes={"page": "home"},
            ),
            did(2, "left", source="app", base="partner"),
        ],
        "all",
    )

    [anonymous] = await reader.activities(ActivitiesAsked("main"), Page(10))
    await facts.put_links([linked("device-1", "person-7")], "links")
    [known] = await reader.activities(ActivitiesAsked("*", name="visited"), Page(10))
    [other] = await reader.activities(ActivitiesAsked("*", source="app"), Page(10))

    assert (anonymous.profile, known.profile, other.profile) == ("", "person-7", "person-2")
    assert dict(known.properties) == {"price": "12.5", "paid": "true", "until": "2026-03-02T12:00:00Z", "page": "home"}


async def test_freshness_is_the_youngest_fact(facts: FactWriter, reader: WarehouseReader) -> None:
    assert await reader.fresh() is None

    await fill(facts)

    assert await reader.fresh() == NOON + minutes(5)
