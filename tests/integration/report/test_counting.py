"""The warehouse counts each fact once and each person once, whatever the bus repeats and in whatever order."""

import asyncio
from datetime import timedelta
from itertools import permutations
from random import Random

import pytest

from services.report.adapters.warehouse.answers import answer, days_of, tally_of
from services.report.adapters.warehouse.behind import people_behind
from services.report.adapters.warehouse.engine import Engine
from services.report.adapters.warehouse.letters import Slice
from services.report.adapters.warehouse.people import owned_by, person_of
from services.report.adapters.warehouse.writing import FactWriter
from services.report.domain.facts import Membership
from services.report.domain.metrics import Count
from services.report.domain.question import Span, ask
from services.report.domain.registry import METRICS
from services.report.ports import Page, Place
from tests.integration.report.making import (
    CAMPAIGN,
    NOON,
    ZONE,
    did,
    finished,
    held,
    linked,
    marked,
    minutes,
    requested,
    run_with_goal,
)


@pytest.fixture
def facts(engine: Engine) -> FactWriter:
    return FactWriter(engine)


async def counted(engine: Engine, *metrics: str, workspace: str = "main", machines: bool = False) -> dict[str, int]:
    found = await answer(engine, ask(workspace, list(metrics), ZONE, machines=machines))
    return {name: figure.numerator for name, figure in found.rows[0].figures.items()}


async def test_a_batch_that_comes_again_counts_once(engine: Engine, facts: FactWriter) -> None:
    batch = [requested(1), finished(1, "delivered"), marked(1, "opened")]

    for _ in range(3):
        await facts.add_deliveries(batch, "same-token")

    assert await counted(engine, "requested", "delivered", "opened") == {"requested": 1, "delivered": 1, "opened": 1}


async def test_a_fact_that_comes_again_in_another_batch_counts_once(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries([requested(1), requested(2)], "first")
    await facts.add_deliveries([requested(2), requested(3)], "second")
    await facts.add_activities([did(1, "visited"), did(2, "visited")], "first")
    await facts.add_activities([did(2, "visited")], "second")

    assert await counted(engine, "requested") == {"requested": 3}
    assert (await engine.rows("SELECT count() AS n FROM activities FINAL", {}))[0]["n"] == 2


async def test_a_fact_received_again_on_another_day_counts_once(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries([requested(1)], "first")
    await facts.add_deliveries([requested(1, recorded=NOON + timedelta(days=1))], "second")

    assert await counted(engine, "requested") == {"requested": 1}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_order_of_arrival_changes_no_figure(engine: Engine, facts: FactWriter, seed: int) -> None:
    arriving = [
        requested(1),
        finished(1, "unconfirmed"),
        finished(1, "delivered", time=NOON + minutes(5)),
        marked(1, "opened"),
        marked(1, "opened", at=12),
        requested(2),
        finished(2, "delivered"),
        marked(2, "bounced-later", reason="hard"),
        requested(3),
        finished(3, "no-consent", reason="consent-missing"),
    ]
    Random(seed).shuffle(arriving)

    for place, fact in enumerate(arriving):
        await facts.add_deliveries([fact], f"fact-{place}")

    assert await counted(engine, "requested", "delivered", "bounced", "no_consent", "unconfirmed", "opened") == {
        "requested": 3,
        "delivered": 1,
        "bounced": 1,
        "no_consent": 1,
        "unconfirmed": 0,
        "opened": 1,
    }


async def test_a_later_bounce_is_bounced_and_not_delivered_but_stays_a_mark_in_the_tally(
    engine: Engine, facts: FactWriter
) -> None:
    await facts.add_deliveries([finished(1, "delivered"), marked(1, "bounced-later", reason="hard")], "all")

    found = await answer(engine, ask("main", ["requested", "deliverability"], ZONE, dimensions=["outcome", "reason"]))
    tally = await tally_of(engine, Slice("main", campaigns=[CAMPAIGN]))

    assert [dict(row.dimensions) for row in found.rows] == [{"outcome": "bounced", "reason": "later-hard"}]
    assert found.rows[0].figures["deliverability"].value == 0.0
    assert tally.outcomes == {"delivered": 1}
    assert tally.marks == {"bounced-later": 1}


async def test_machines_are_left_out_unless_asked_for(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries(
        [
            finished(1, "delivered"),
            marked(1, "opened", machine=True),
            finished(2, "delivered"),
            marked(2, "opened", machine=True),
            marked(2, "opened", at=20),
        ],
        "all",
    )

    assert await counted(engine, "opened") == {"opened": 1}
    assert await counted(engine, "opened", machines=True) == {"opened": 2}


async def test_people_are_counted_once_over_messages_and_a_merge_rewrites_nothing(
    engine: Engine, facts: FactWriter
) -> None:
    await facts.add_deliveries([finished(1, "delivered"), finished(2, "delivered"), marked(2, "clicked")], "all")
    await facts.put_links([linked("record-1", "person-1"), linked("record-2", "person-2")], "links")
    before = await parts_of(engine, "deliveries")
    assert (await counted(engine, "reached", "delivered")) == {"reached": 2, "delivered": 2}

    await facts.put_links([linked("record-2", "person-1", version=2)], "merge")
    assert (await counted(engine, "reached", "delivered")) == {"reached": 1, "delivered": 2}

    await facts.put_links([linked("record-2", "person-2", version=3)], "unmerge")
    assert (await counted(engine, "reached", "delivered")) == {"reached": 2, "delivered": 2}
    assert await parts_of(engine, "deliveries") == before


async def parts_of(engine: Engine, table: str) -> list[str]:
    rows = await engine.rows(
        "SELECT name FROM system.parts WHERE database = currentDatabase() AND table = {table:String} AND active "
        "ORDER BY name",
        {"table": table},
    )
    return [row["name"] for row in rows]


async def test_links_written_in_any_order_end_alike(engine: Engine, facts: FactWriter) -> None:
    links = [linked("record-1", "person-1", 1), linked("record-1", "person-2", 3), linked("record-1", "person-3", 2)]

    for order, arrival in enumerate(permutations(links)):
        for place, link in enumerate(arrival):
            await facts.put_links([link], f"{order}-{place}")
        rows = await engine.rows("SELECT person FROM subjects FINAL WHERE subject = 'record-1'", {})
        assert rows == [{"person": "person-2"}]


async def test_devices_and_unread_records_follow_a_merge_by_one_row_and_come_back_after_it(
    engine: Engine, facts: FactWriter
) -> None:
    await facts.put_links(
        [linked("device-1", "person-2"), linked("record-2", "person-2"), linked("device-2", "person-1")], "links"
    )

    await facts.put_links([linked("person-2", "person-1", 10), linked("person-1", "person-1", 10)], "merge")
    assert await owned_by(engine, "person-1") == ["device-1", "device-2", "person-1", "person-2", "record-2"]
    assert await person_of(engine, "person-2") == "person-1"

    await facts.put_links([linked("person-2", "person-2", 11)], "unmerge")
    assert await owned_by(engine, "person-1") == ["device-2", "person-1"]
    assert await owned_by(engine, "person-2") == ["device-1", "person-2", "record-2"]


async def test_the_goal_counts_people_within_its_window_after_delivery(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries([finished(number, "delivered") for number in range(1, 6)], "all")
    await facts.add_deliveries([finished(6, "bounced")], "bounced")
    await facts.put_runs([run_with_goal("webinar_registered", 24)], "run")
    await facts.put_links([linked(f"record-{n}", f"person-{n}") for n in range(1, 7)], "links")
    await facts.add_activities(
        [
            did(1, "webinar_registered"),
            did(1, "webinar_registered", at=40),
            did(2, "webinar_registered", at=-5),  # before the letter
            did(3, "webinar_registered", at=24 * 60 + 2),  # after the window
            did(4, "page_viewed"),
            did(5, "webinar_registered", base="partner"),  # not the campaign's own base
            did(6, "webinar_registered"),  # never reached
        ],
        "all",
    )

    found = await answer(engine, ask("main", ["cto", "uto"], ZONE))

    figures = found.rows[0].figures
    assert (figures["cto"].numerator, figures["cto"].denominator) == (1, 5)
    assert (figures["uto"].numerator, figures["uto"].denominator) == (2, 5)
    everything = await answer(engine, ask("*", ["cto", "uto"], ZONE))
    assert everything.rows[0].figures == figures


async def test_an_anonymous_history_counts_once_its_device_is_linked(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries([finished(1, "delivered")], "all")
    await facts.put_runs([run_with_goal("webinar_registered", 24)], "run")
    await facts.put_links([linked("record-1", "person-1")], "links")
    await facts.add_activities([did(1, "webinar_registered", subject="device-9", profile="")], "all")
    assert await counted(engine, "converted") == {"converted": 0}

    await facts.put_links([linked("device-9", "person-1", 2)], "device")

    assert await counted(engine, "converted") == {"converted": 1}


async def test_a_workspace_counts_its_own_campaigns_only(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries([requested(1), requested(2, workspace="partner"), requested(3, workspace="*")], "all")

    assert await counted(engine, "requested", workspace="main") == {"requested": 1}
    assert await counted(engine, "requested", workspace="partner") == {"requested": 1}
    assert await counted(engine, "requested", workspace="*") == {"requested": 3}
    assert await counted(engine, "requested", workspace="x' OR 1") == {"requested": 0}


async def test_what_is_held_counts_as_such_until_it_ends(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries([requested(number) for number in (1, 2, 3)], "asked")
    await facts.add_deliveries([held(1), held(2), held(2, at=2)], "held")
    assert await counted(engine, "held", "unfinished", "requested") == {"held": 2, "unfinished": 3, "requested": 3}

    await facts.add_deliveries([finished(1, "delivered")], "ended")

    assert await counted(engine, "held", "unfinished", "delivered") == {"held": 1, "unfinished": 2, "delivered": 1}


async def test_days_are_those_of_the_report_zone(engine: Engine, facts: FactWriter) -> None:
    evening = NOON.replace(hour=20, minute=59)
    await facts.add_deliveries([requested(1, time=evening), requested(2, time=evening + minutes(1))], "all")

    found = await answer(engine, ask("main", ["requested"], ZONE, dimensions=["day"]))
    narrow = await answer(
        engine, ask("main", ["requested"], ZONE, dimensions=["day"], span=Span(evening + minutes(1), None))
    )

    assert [row.dimensions["day"] for row in found.rows] == ["2026-03-02", "2026-03-03"]
    assert [row.dimensions["day"] for row in narrow.rows] == ["2026-03-03"]


async def test_days_of_a_campaign_add_up_to_its_figures(engine: Engine, facts: FactWriter) -> None:
    day = 24 * 60
    await facts.add_deliveries(
        [requested(number) for number in range(8)]
        + [finished(number, "delivered") for number in range(6)]
        + [finished(6, "bounced"), finished(7, "capped", time=NOON + minutes(day))]
        + [marked(number, "opened", at=number * day) for number in range(1, 4)]
        + [marked(1, "opened", at=3 * day), marked(1, "clicked", at=2 * day), marked(2, "clicked", machine=True)]
        + [marked(5, "bounced-later", at=2 * day)],
        "all",
    )
    await facts.put_runs([run_with_goal("form_sent", 48)], "run")
    await facts.put_links([linked(f"record-{n}", f"person-{n // 2}") for n in range(8)], "links")
    await facts.add_activities([did(1, "form_sent", at=day + 30), did(2, "seen", at=60)], "all")

    days = await days_of(engine, Slice("main", campaigns=[CAMPAIGN], goals=True), ZONE)
    names = list(days[0].figures)
    whole = await answer(engine, ask("main", names, ZONE, campaigns=[CAMPAIGN]))

    summed = {name: sum(row.figures[name].numerator for row in days) for name in names}
    assert summed == {name: figure.numerator for name, figure in whole.rows[0].figures.items()}
    assert summed["opened"] == 2
    assert summed["delivered"] == 5
    assert [row.dimensions["day"] for row in days] == ["2026-03-02", "2026-03-03", "2026-03-04"]


async def test_the_people_behind_a_figure_are_as_many_as_it_says_page_by_page(
    engine: Engine, facts: FactWriter
) -> None:
    await facts.add_deliveries(
        [finished(number, "delivered") for number in range(6)]
        + [marked(number, "opened", at=10 + number) for number in range(5)]
        + [marked(0, "opened", at=40), marked(5, "opened", machine=True)],
        "all",
    )
    await facts.put_links([linked(f"record-{n}", f"person-{max(n, 1)}") for n in range(6)], "links")
    opened = METRICS["opened"].rule
    assert isinstance(opened, Count)
    campaign = Slice("main", campaigns=[CAMPAIGN], goals=True)

    first = await people_behind(engine, campaign, opened, Page(3))
    last = first.people[-1]
    rest = await people_behind(engine, campaign, opened, Page(3, Place(last.time, last.profile)))

    assert [each.profile for each in (*first.people, *rest.people)] == ["person-4", "person-3", "person-2", "person-1"]
    assert (first.total, rest.total) == (4, 4)
    assert await counted(engine, "opened") == {"opened": 4}
    elsewhere = await people_behind(engine, Slice("partner", campaigns=[CAMPAIGN], goals=True), opened, Page(3))
    assert (elsewhere.people, elsewhere.total) == ([], 0)


async def test_a_segment_slices_by_who_is_in_it_now(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries([finished(number, "delivered") for number in (1, 2, 3)], "all")
    await facts.put_links([linked(f"record-{n}", f"person-{n}") for n in (1, 2, 3)], "links")
    await facts.put_memberships(
        [
            Membership("doctors", "person-1", True, NOON),
            Membership("doctors", "person-2", True, NOON),
            Membership("doctors", "person-2", False, NOON + minutes(1)),
        ],
        "all",
    )

    found = await answer(engine, ask("main", ["reached"], ZONE, segment="doctors"))

    assert found.rows[0].figures["reached"].numerator == 1


async def test_every_metric_answers_over_nothing(engine: Engine) -> None:
    found = await answer(engine, ask("main", list(METRICS), ZONE))

    assert {figure.numerator for figure in found.rows[0].figures.values()} == {0}
    assert {name for name, figure in found.rows[0].figures.items() if figure.value is None} == {
        name for name, metric in METRICS.items() if metric.denominator
    }


async def test_more_groups_than_asked_for_are_cut_and_said_so(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries([requested(number, campaign=f"c-{number}") for number in range(4)], "all")

    found = await answer(engine, ask("main", ["requested"], ZONE, dimensions=["campaign"], limit=3))

    assert [row.dimensions["campaign"] for row in found.rows] == ["c-0", "c-1", "c-2"]
    assert found.truncated


async def test_erasure_takes_every_row_of_the_person_and_refuses_late_ones(engine: Engine, facts: FactWriter) -> None:
    await facts.add_deliveries([requested(1), finished(1, "delivered"), requested(2)], "all")
    await facts.add_activities([did(1, "seen"), did(1, "seen", at=50, subject="device-1"), did(2, "seen")], "all")
    await facts.put_links(
        [linked("record-1", "person-1"), linked("device-1", "person-1"), linked("record-2", "person-2")], "links"
    )

    assert await facts.erase("person-1", NOON) == 3
    await facts.add_deliveries([marked(1, "opened")], "late")
    await facts.add_activities([did(1, "seen", at=60, subject="device-1")], "late")
    await facts.put_links([linked("record-1", "person-1", 9)], "late")
    await facts.erase("person-1", NOON)

    for table in ("deliveries", "activities", "subjects"):
        left = await engine.rows(f"SELECT DISTINCT subject FROM {table}", {})
        assert {row["subject"] for row in left} <= {"record-2", "person-2"}, table
    assert await counted(engine, "requested") == {"requested": 1}


async def test_what_is_linked_to_the_erased_only_later_goes_too(engine: Engine, facts: FactWriter) -> None:
    await facts.add_activities([did(1, "seen"), did(2, "seen")], "all")  # neither record is linked yet
    await facts.add_deliveries([finished(1, "delivered", subject="record-9", profile="")], "all")

    await facts.erase("person-1", NOON)
    await engine.insert(
        "subjects", ("subject", "person", "profile", "version"), [("record-9", "person-1", False, 1)], "x"
    )
    await facts.sweep()

    assert [row["subject"] for row in await engine.rows("SELECT subject FROM activities", {})] == ["record-2"]
    for table in ("deliveries", "subjects"):
        assert await engine.rows(f"SELECT subject FROM {table}", {}) == []


async def test_facts_written_while_their_person_is_erased_do_not_stay(engine: Engine, facts: FactWriter) -> None:
    for turn in range(5):
        name = f"person-{turn}"
        link = linked(f"record-{turn}", name)
        await asyncio.gather(
            facts.add_activities([did(turn, "seen", at=at) for at in range(20)], f"a-{turn}"),
            facts.put_mentions([link], f"l-{turn}"),
            facts.erase(name, NOON),
            facts.add_activities([did(turn, "seen", at=at) for at in range(20, 40)], f"b-{turn}"),
        )

        assert await engine.rows("SELECT * FROM activities", {}) == []
        assert await engine.rows("SELECT * FROM subjects", {}) == []
