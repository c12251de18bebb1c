"""The index of people on the real engine: search by text, preview, lists, workspaces."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.kernel import WHOLE, new_id
from services.segment.adapters import bitmaps
from services.segment.domain.catalogue import BUILT_IN
from services.segment.domain.errors import IndexBehind
from services.segment.domain.face import ALL, Affiliation, Consent, Face, tombstone
from services.segment.domain.following import Written
from services.segment.domain.rule_parsing import parse_rule
from services.segment.ports import Audience, Found, Search, Standing, Terms
from tests.integration.segment.conftest import Index
from tests.unit.segment.drawn import NOW

pytestmark = pytest.mark.opensearch
EVERYBODY = parse_rule({"all": []}, BUILT_IN)


def a_person(no: int, name: str = "", **parts: Any) -> Face:
    face = Face(
        profile=new_id(), no=no, face=ALL, revision=1, status="active", kind="hcp", names=tuple(name.split()),
    )  # fmt: skip
    return replace(face, **parts)


async def written(index: Index, faces: Sequence[Face]) -> None:
    assert not await index.writer.write([Written(face) for face in faces], BUILT_IN, NOW)
    await index.people.settle()


async def listed(index: Index, text: str, workspace: str = WHOLE, order: str = "") -> list[int]:
    page = await index.people.page(Search(Audience(workspace, EVERYBODY), text, order), 50, None, NOW)
    assert page.total == len(page.members)
    return [member.no for member in page.members]


PEOPLE = (
    a_person(1, "Иванов Сергей Петрович", phones=("+79161234567",), emails=("s.ivanov@clinic-north.ru",)),
    a_person(2, "Иванова Алёна Сергеевна", emails=("alena77@mail.ru",)),
    a_person(3, "Solovyov Alexei", phones=("+79035550011",)),
    a_person(4, "Мамин-Сибиряк Дмитрий"),
    a_person(5, "Щукин Юрий"),
)


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        ("Иванов", 1, {2}),
        ("сергей иванов", 1, set()),
        ("алена", 2, set()),
        ("Алёна Иван", 2, set()),
        ("bdfyjd", 1, {2}),
        ("Соловьев Алексей", 3, set()),
        ("Shchukin", 5, set()),
        ("Yury Schukin", 5, set()),
        ("сибиряк", 4, set()),
        ("биряк", 4, set()),
        ("Иваонв Сергей", 1, set()),
        ("8 (916) 123-45-67", 1, set()),
        ("+7916123", 1, set()),
        ("4567", 1, set()),
        ("1234", 1, set()),
        ("s.ivanov@clinic", 1, set()),
        ("@mail.ru", 2, set()),
        ("alena77", 2, set()),
        ("Иванов 555", None, set()),
        ("Кузнецов", None, set()),
        ("!!!", None, set()),
    ],
)
async def test_a_piece_finds_the_person(index: Index, text: str, first: int | None, others: set[int]) -> None:
    await written(index, PEOPLE)

    found = await listed(index, text)

    assert found[:1] == ([first] if first else [])
    assert others <= set(found[1:])
    assert len(found) <= 1 + len(others)


async def test_lists_are_paged_in_order_without_gaps(index: Index) -> None:
    people = [a_person(no, f"Фамилия{no:03} Имя", updated=NOW + timedelta(seconds=-no)) for no in range(1, 24)]
    await written(index, people)
    for order, expected in (
        ("", list(range(1, 24))),
        ("name", list(range(1, 24))),
        ("-name", list(range(23, 0, -1))),
        ("updated", list(range(23, 0, -1))),
        ("-updated", list(range(1, 24))),
    ):
        search = Search(Audience(WHOLE, EVERYBODY), "", order)
        seen: list[int] = []
        after: Sequence[object] | None = None
        while True:
            page = await index.people.page(search, 5, after, NOW)
            assert page.total == 23
            seen += [member.no for member in page.members]
            after = page.after
            if after is None:
                break
        assert seen == expected, order


async def test_a_workspace_sees_its_own_faces_only(index: Index) -> None:
    person = a_person(1, "Орлова Вера", phones=("+79160000001",))
    partner = replace(person, face="partner", names=("Sokolova", "Vera"), phones=())
    await written(index, [person, partner])

    assert await listed(index, "Орлова") == [1]
    assert await listed(index, "Орлова", "partner") == []
    assert await listed(index, "Соколова", "partner") == [1]
    assert await listed(index, "0000001", "partner") == []
    assert await listed(index, "", "main") == []


async def test_one_query_counts_reach_and_losses(index: Index) -> None:
    clinic = (Affiliation(organisation="clinic-1", specialty="paediatrics"),)
    mail: dict[str, Any] = {"affiliations": clinic, "channels": frozenset({"email"})}

    def consent(topic: str, status: str, **more: Any) -> Consent:
        return Consent("main", "marketing", "email", topic, status, **more)

    people = [
        a_person(1, **mail, consents=(consent("news", "granted"),)),
        a_person(2, **mail, consents=(consent("*", "granted"),)),
        a_person(3, **mail, consents=(consent("*", "granted"), consent("news", "revoked"))),
        a_person(4, **mail, consents=(consent("congress", "granted"),)),
        a_person(5, **mail, consents=(consent("news", "granted", until=NOW),)),
        a_person(6, affiliations=clinic, bounced=frozenset({"email"}), consents=(consent("news", "granted"),)),
        a_person(7, affiliations=clinic, channels=frozenset({"sms"})),
        a_person(8, **mail, status="archived", consents=(consent("news", "granted"),)),
        a_person(9, channels=frozenset({"email"}), consents=(consent("news", "granted"),)),
        a_person(10, **mail, consents=(consent("news", "granted", usable=False),)),
    ]
    await written(index, people)
    rule = parse_rule({"affiliation": {"specialty": "paediatrics", "organisation": "clinic-1"}}, BUILT_IN)
    audience = Audience(WHOLE, rule)

    preview = await index.people.preview(audience, Terms("main", "marketing", "news"), 3, NOW)
    reach = {each.channel: each for each in preview.reach}

    assert preview.count == 8
    assert preview.sample == tuple(person.profile for person in people[:3])
    assert reach["email"].reachable == 2
    assert reach["email"].losses == {"no-contact": 1, "bounced": 1, "refused": 1, "no-consent": 3}
    assert reach["sms"].losses == {"no-contact": 7, "no-consent": 1}
    lists = {
        standing: [
            member.no
            for member in (
                await index.people.page(
                    Search(audience, standing=Standing("email", standing, Terms("main", "marketing", "news"))),
                    50,
                    None,
                    NOW,
                )
            ).members
        ]
        for standing in ("reachable", "no-contact", "bounced", "refused", "no-consent")
    }
    assert lists == {
        "reachable": [1, 2],
        "no-contact": [7],
        "bounced": [6],
        "refused": [3],
        "no-consent": [4, 5, 10],
    }
    page = await index.people.page(Search(audience), 50, None, NOW)
    assert page.total == preview.count == len(await index.people.numbers(audience, NOW))

    bare = await index.people.preview(audience, None, 0, NOW)
    assert {each.channel: each.reachable for each in bare.reach}["email"] == 6
    anybody = await index.people.page(Search(audience, standing=Standing("email", "reachable")), 50, None, NOW)
    assert anybody.total == 6


async def test_who_was_put_in_or_taken_out_by_hand(index: Index) -> None:
    people = [a_person(no) for no in range(1, 6)] + [a_person(6, status="archived")]
    await written(index, people)
    by_hand = Audience(WHOLE, None, added=bitmaps.numbers([2, 3, 6, 99]), removed=bitmaps.numbers([3]))

    assert list(await index.people.numbers(by_hand, NOW)) == [2]
    assert [member.profile for member in await index.people.ids(WHOLE, bitmaps.numbers([1, 6, 99]))] == [
        people[0].profile,
        people[5].profile,
    ]
    assert await index.people.found(WHOLE, [people[4].profile, new_id()]) == {people[4].profile: Found(5, "active")}


async def test_old_revisions_and_late_faces_change_nothing(index: Index) -> None:
    person = replace(a_person(1, "Новое Имя"), revision=5)
    await written(index, [person])
    await written(index, [replace(person, revision=4, names=("Старое",))])
    assert await listed(index, "Старое") == []

    await written(index, [tombstone(person.profile, 1, ALL, 5, "gone")])
    await written(index, [person])

    assert await listed(index, "") == []
    assert await index.writer.sweep(NOW) == 0
    assert await index.writer.sweep(NOW + timedelta(seconds=1)) == 1


async def test_a_reader_may_wait_for_a_write(index: Index) -> None:
    person = replace(a_person(1, "Ждан"), revision=7)
    assert not await index.writer.write([Written(person)], BUILT_IN, NOW)

    await index.people.wait(person.profile, 7, 5)

    assert await listed(index, "Ждан") == [1]
    with pytest.raises(IndexBehind):
        await index.people.wait(person.profile, 8, 0.1)


async def test_a_rebuild_takes_what_is_written_meanwhile(index: Index) -> None:
    old, changed = a_person(1, "Прежний"), a_person(2, "Было")
    await written(index, [old, changed])
    await index.writer.begin_next()
    assert not await index.writer.write_next([Written(old), Written(changed)], BUILT_IN, NOW)
    # The owner's scan is older than what the followers write while it runs.
    await written(index, [replace(changed, revision=2, names=("Стало",)), a_person(3, "Новенький")])
    assert await listed(index, "") == [1, 2, 3]

    await index.writer.switch()

    assert await listed(index, "") == [1, 2, 3]
    assert await listed(index, "Было") == []
    assert await listed(index, "Стало") == [2]
    assert list(await index.client.indices.get_alias(name=index.alias)) == [f"{index.alias}-v2"]
    await written(index, [a_person(4, "Ещё")])
    assert len(await listed(index, "")) == 4


async def test_partitions_are_compared_by_people_and_revisions(index: Index) -> None:
    people = [replace(a_person(no), revision=no) for no in range(1, 40)]
    await written(index, [*people, tombstone(new_id(), 41, ALL, 3, "erased")])

    states = await index.writer.partitions()

    assert sum(state.people for state in states.values()) == 39
    assert sum(state.revision_sum for state in states.values()) == sum(range(1, 40))
