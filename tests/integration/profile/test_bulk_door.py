"""Records through the bulk door on a real MongoDB: one person per linking fact, whatever the order and the writers."""

import asyncio
import random
from dataclasses import replace

from services.profile.app import App
from services.profile.commands.records import PutResult, StagedDraft, plan_records, put_records
from services.profile.domain.record import Contact, ContactPoint, RecordDraft
from services.profile.domain.sources import Source
from tests.unit.profile.people_samples import CONGRESS, PARTNER, REGISTRY, a_draft


def mail(number: int) -> Contact:
    return Contact(ContactPoint("email", f"person{number}@example.org"))


def phone(number: int) -> Contact:
    return Contact(ContactPoint("phone", f"+7701{number:07}"))


def draft(source: Source, number: int, *contacts: Contact, **name: str) -> RecordDraft:
    given = {"family_name": f"Иванов{'абвгдежз'[number % 8]}", "given_name": "Пётр", **name}
    return a_draft(source, key=f"{source.key}-{number}", attributes=given, contacts=contacts)


def staged(*drafts: RecordDraft) -> list[StagedDraft]:
    return [StagedDraft(each, str(row)) for row, each in enumerate(drafts)]


def actions(results: list[PutResult]) -> list[str]:
    return [result.action for result in results]


async def people_of(app: App, results: list[PutResult]) -> list[str]:
    loaded = await app.views.load({result.profile for result in results if result.profile})
    return [loaded.people.root(result.profile) for result in results if result.profile]


async def test_a_linking_fact_makes_one_person_and_the_same_again_changes_nothing(app: App) -> None:
    drafts = staged(
        draft(REGISTRY, 1, mail(1), phone(1)), draft(CONGRESS, 1, phone(1)), draft(PARTNER, 1, mail(1)),
        draft(CONGRESS, 2, phone(2)),
    )  # fmt: skip

    assert actions(await plan_records(drafts, app)) == ["created", "merged", "merged", "created"]
    first = await put_records(drafts, app)
    again = await put_records(drafts, app)

    assert actions(first) == ["created", "merged", "merged", "created"]
    assert len(set(await people_of(app, first))) == 2
    assert actions(again) == ["unchanged"] * 4
    assert [each.profile for each in again] == [each.profile for each in first]


async def test_a_fact_that_arrives_late_makes_two_people_one(app: App) -> None:
    first = await put_records(staged(draft(REGISTRY, 1, mail(1)), draft(CONGRESS, 1, phone(1))), app)
    assert len(set(await people_of(app, first))) == 2

    late = await put_records(staged(draft(PARTNER, 1, mail(1), phone(1))), app)

    assert len(set(await people_of(app, [*first, *late]))) == 1


async def test_three_surnames_take_back_the_joins_of_a_phone(app: App) -> None:
    same = {"family_name": "Иванов"}
    first = await put_records(staged(draft(REGISTRY, 1, phone(9), **same), draft(CONGRESS, 1, phone(9), **same)), app)
    assert len(set(await people_of(app, first))) == 1

    strangers = await put_records(
        staged(
            draft(CONGRESS, 2, phone(9), family_name="Ким", given_name="Олег"),
            draft(CONGRESS, 3, phone(9), family_name="Сидорова", given_name="Анна"),
        ),
        app,
    )

    after = await app.views.load({each.profile for each in [*first, *strangers] if each.profile})
    homes = {record.source + record.key: after.people.root(record.home) for record in after.people.records.values()}
    split = await put_records(staged(draft(REGISTRY, 1, phone(9), **same), draft(CONGRESS, 1, phone(9), **same)), app)
    assert actions(split) == ["unchanged", "unchanged"]
    assert len(set(await people_of(app, [*split, *strangers]))) == 4
    assert homes


async def test_a_draft_that_does_not_fit_is_refused_by_itself(app: App) -> None:
    wrong = replace(draft(REGISTRY, 1, mail(1)), attributes={"shoe_size": 42.0})
    foreign = replace(draft(REGISTRY, 2, mail(2)), base="partner")

    results = await put_records(staged(wrong, foreign, draft(REGISTRY, 3, mail(3))), app)

    assert actions(results) == ["refused", "refused", "created"]
    assert [each.reason for each in results[0].violations] == ["ATTRIBUTE_UNKNOWN"]


async def test_a_row_that_chose_its_ids_answers_as_the_first_time(app: App) -> None:
    row = StagedDraft(
        draft(REGISTRY, 1, mail(1)), "1", "01930000-0000-7000-8000-00000000000a", "01930000-0000-7000-8000-00000000000b"
    )

    first = await put_records([row], app)
    again = await put_records([row], app)

    assert first == again == [PutResult("created", row.profile_id)]


async def test_two_writers_cannot_make_one_person_twice(app: App) -> None:
    def rows(source: Source) -> list[StagedDraft]:
        return staged(*(draft(source, number, mail(number), phone(number)) for number in range(40)))

    outcomes = await asyncio.gather(*(put_records(rows(source), app) for source in (REGISTRY, CONGRESS, PARTNER)))

    for results in zip(*outcomes, strict=True):
        assert len(set(await people_of(app, list(results)))) == 1


async def test_people_do_not_depend_on_the_order_of_bulks(app: App) -> None:
    drafts: list[RecordDraft] = []
    for number in range(12):
        drafts += [
            draft(REGISTRY, number, mail(number), phone(number % 5)),
            draft(CONGRESS, number, phone(number % 5)),
            draft(PARTNER, number, mail((number * 7) % 12), phone(number % 4)),
        ]
    random.Random(7).shuffle(drafts)
    by_key: dict[str, str] = {}
    for start in range(0, len(drafts), 5):
        await put_records(staged(*drafts[start : start + 5]), app)
    results = await put_records(staged(*drafts), app)
    for each, person in zip(drafts, await people_of(app, results), strict=True):
        by_key[each.key] = person

    mirrored = [
        replace(each, key=f"m-{each.key}", contacts=tuple(_mirrored(contact) for contact in each.contacts))
        for each in reversed(drafts)
    ]
    again = await put_records(staged(*mirrored), app)
    other = dict(zip((each.key[2:] for each in mirrored), await people_of(app, again), strict=True))

    assert {frozenset(key for key in by_key if by_key[key] == person) for person in by_key.values()} == {
        frozenset(key for key in other if other[key] == person) for person in other.values()
    }


def _mirrored(contact: Contact) -> Contact:
    point = contact.point
    value = f"x-{point.value}" if point.kind == "email" else point.value.replace("+7701", "+7702")
    return Contact(ContactPoint(point.kind, value))
