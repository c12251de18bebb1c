"""Imports from the upload to people, on real engines."""

import io
from collections.abc import AsyncIterator

import pytest
import xlsxwriter

from chassis.kernel import new_id
from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.errors import ImportNotReady, ImportUnknown, RowCommitted
from services.profile.domain.imports.life import Import, ImportState
from services.profile.domain.sources import ConsentTerms, Source
from services.profile.imports.correcting import CorrectRow, correct_row
from services.profile.imports.forgetting import forget_expired
from services.profile.imports.ports import RowFilter
from tests.integration.profile.conftest import Ground
from tests.integration.profile.intake_ground import Desk, working

STAFF = Source("staff", "main", "hcp", "Staff", frozenset({"email", "phone"}), 80, ("external_id",), "tab-no")
LETTERS = Source(
    "letters", "main", "hcp", "Letters", frozenset({"email"}), 20, ("email",), None, "RU",
    ConsentTerms("marketing", "newsletter", "v1"),
)  # fmt: skip

STAFF_FILE = (
    "Таб. №;Фамилия;Имя;Отчество;Телефон;E-mail;Организация;Город;Специальность\r\n"
    "1;Иванов;Пётр;Сергеевич;8-916-123-45-67;ivanov@clinic.example;ГКБ № 5;мск;педиатр\r\n"
    "1;Иванов;Пётр;Сергеевич;8-916-123-45-67;ivanov@clinic.example;Клиника «Заря»;мск;терапевт\r\n"
    "2;Смирнова;Анна;Ильинична;7.9161230002E10;smirnova@clinic.example;Гор. клиническая больница №5;Москва;"
    "кардиолог\r\n"
    ";;;;12345;нет;;;\r\n"
    "3;Ким;Ольга;;;kim@gmial.com;ГКБ 5;Москва;педиастр\r\n"
)


@pytest.fixture
async def desk(ground: Ground) -> AsyncIterator[Desk]:
    for source in (STAFF, LETTERS):
        await ground.app.settings.add_source(source)
    async with working(ground) as desk:
        yield desk


async def staged(desk: Desk, text: str = STAFF_FILE, source: str = "staff") -> Import:
    read = await desk.read(text.encode("cp1251"), "staff.csv", source)
    assert read.state is ImportState.READY, read.error
    return read


async def test_a_file_becomes_rows_with_a_verdict_per_cell(desk: Desk) -> None:
    one = await staged(desk)

    rows = {row.number: row for row in await desk.rows(one)}
    assert sorted(rows) == [2, 3, 4, 5, 6]
    assert rows[5].verdict is Verdict.REFUSED
    assert {one.columns[each.place].target: each.reason for each in rows[5].findings}["external_id"] == "CELL_EMPTY"
    assert rows[5].reasons == ("ROW_NAMES_NOBODY",)
    found = {one.columns[each.place].target: each for each in rows[6].findings}
    assert (found["specialty"].reason, found["specialty"].suggestion) == ("DICTIONARY_UNKNOWN_TERM", "Педиатрия")
    assert (found["email"].reason, found["email"].suggestion) == ("EMAIL_LOOKS_MISTYPED", "kim@gmail.com")
    assert rows[4].values["phone"] == ["+79161230002"]
    assert (one.counts.rows, one.counts.refused, one.duplicates) == (5, 1, 1)


async def test_a_dry_run_counts_and_writes_nothing(desk: Desk, ground: Ground) -> None:
    one = await staged(desk)

    result = (await desk.dry_run(one))["result"]

    assert (result["created"], result["refused"]) == (3, 1)
    assert await ground.engines.database["commits"].count_documents({}) == 0
    again = await desk.intake.known(one.id, "*")
    assert again.dry_run is not None
    assert again.dry_run.created == 3


async def test_a_commit_makes_one_record_of_several_rows(desk: Desk) -> None:
    one = await staged(desk)

    operation = await desk.commit(one)

    assert operation["error"] is None, operation["error"]
    assert (operation["result"]["created"], operation["result"]["refused"]) == (3, 1)
    rows = {row.number: row for row in await desk.rows(one)}
    assert rows[2].profile == rows[3].profile != rows[4].profile
    assert rows[2].commit == rows[3].commit != ""
    people = (await desk.intake.app.views.load([rows[2].profile, rows[4].profile])).people
    pyotr, anna = people.person(rows[2].profile), people.person(rows[4].profile)
    places = {each.organisation_name: each for record in pyotr.records for each in record.affiliations}
    assert {each.specialty for each in places.values()} == {"paediatrics", "therapy"}
    assert {each.city for each in places.values()} == {"moscow"}
    other = next(each for record in anna.records for each in record.affiliations)
    assert other.organisation == places["ГКБ № 5"].organisation


async def test_the_same_file_twice_changes_nothing_and_says_so(desk: Desk) -> None:
    first = await staged(desk)
    await desk.commit(first)

    second = await staged(desk)
    assert second.same_as == first.id
    result = (await desk.commit(second))["result"]

    assert result["changed_nothing"] is True
    assert (result["unchanged"], result["created"], result["updated"], result["merged"]) == (3, 0, 0, 0)


async def test_a_corrected_row_is_taken_by_the_next_commit_alone(desk: Desk) -> None:
    one = await staged(desk)
    first = await desk.commit(one)

    with pytest.raises(RowCommitted):
        await correct_row(CorrectRow(one.id, 2, {"Имя": "Павел"}, "*"), desk.intake)
    cells = {"Таб. №": "4", "Фамилия": "Орлов", "Имя": "Иван"}
    _, row = await correct_row(CorrectRow(one.id, 5, cells, "*"), desk.intake)
    assert row.verdict is not Verdict.REFUSED
    second = await desk.commit(await desk.intake.known(one.id, "*"))

    assert second["_id"] != first["_id"]
    assert (second["result"]["created"], second["result"]["refused"]) == (4, 0)
    rows = {each.number: each for each in await desk.rows(one)}
    assert rows[5].profile
    assert rows[2].done


async def test_a_second_commit_answers_the_first_ones_operation(desk: Desk) -> None:
    one = await staged(desk)
    first = await desk.commit(one)
    assert (await desk.commit(one))["_id"] == first["_id"]


async def test_opt_in_and_opt_out_become_statements(desk: Desk) -> None:
    text = (
        "email,first_name,opt_in_date,opt_out_date\n"
        "anna@clinic.example,Анна,2024-03-01,\nivan@clinic.example,Иван,2024-03-01,2024-05-01\nno@,X,2024-01-01,\n"
    )
    one = await desk.read(b"\xef\xbb\xbf" + text.encode(), "newsletter.csv", "letters")
    assert [column.target for column in one.columns] == ["email", "given_name", "opt_in_date", "opt_out_date"]
    await desk.commit(one)

    rows = {row.number: row for row in await desk.rows(one)}
    assert rows[4].verdict is Verdict.REFUSED
    people = (await desk.intake.app.views.load([rows[2].profile, rows[3].profile])).people
    statuses = {
        row: [
            str(each.status) for record in people.person(rows[row].profile).records for each in record.consents.values()
        ]
        for row in (2, 3)
    }
    assert statuses == {2: ["granted"], 3: ["revoked"]}


async def test_meanings_of_columns_are_remembered_by_source(desk: Desk) -> None:
    text = "Код;Кто;Связь\n7;Иванов Пётр;89161234567\n8;Ким Ольга;89161234568\n9;Орлова Анна;89161234569\n"
    given = {"Код": "external_id", "Кто": "full_name", "Связь": "phone"}
    one = await desk.read(text.encode(), "a.csv", "staff", given)
    assert [column.origin for column in one.columns] == ["given"] * 3
    await desk.commit(one)

    two = await desk.read(text.replace("7;", "17;").encode(), "b.csv", "staff")
    assert [(column.target, column.origin) for column in two.columns] == [
        ("external_id", "remembered"), ("full_name", "remembered"), ("phone", "remembered"),
    ]  # fmt: skip


async def test_a_row_with_only_an_address_of_two_people_joins_neither(desk: Desk) -> None:
    text = "Таб. №;Фамилия;Имя;E-mail\n1;Иванов;Пётр;office@clinic.example\n2;Смирнова;Анна;office@clinic.example\n"
    staff = await desk.read(text.encode(), "staff.csv", "staff")
    await desk.commit(staff)
    letters = await desk.read(b"email;opt_in_date\noffice@clinic.example;2024-03-01\n", "letters.csv", "letters")
    await desk.commit(letters)

    rows = [*await desk.rows(staff), *await desk.rows(letters)]
    people = (await desk.intake.app.views.load({row.profile for row in rows})).people
    assert len({people.root(row.profile) for row in rows}) == 3


async def test_a_mixture_of_encodings_is_told_by_the_reading(desk: Desk) -> None:
    header, one, two = "Таб. №;Фамилия\n", "1;Иванов\n", "2;Орлов\n"
    begun = await desk.begin(header.encode() + one.encode() + two.encode("cp1251"), "mixed.csv", "staff")
    assert (await desk.ended(begun.operation))["result"]["notes"] == ["FILE_MIXED_ENCODINGS"]
    rows = await desk.rows(await desk.intake.known(begun.id, "*"))
    assert [row.values["family_name"] for row in rows] == ["Иванов", "Орлов"]


async def test_another_owners_import_is_unknown(desk: Desk) -> None:
    one = await staged(desk)
    assert (await desk.intake.known(one.id, "main")).id == one.id
    with pytest.raises(ImportUnknown):
        await desk.intake.known(one.id, "partner")
    with pytest.raises(ImportUnknown):
        await desk.intake.known(new_id(), "*")


async def test_nothing_of_people_lies_in_staging_in_clear(desk: Desk, ground: Ground) -> None:
    one = await staged(desk)
    async for document in ground.engines.database["staged_rows"].find({"import": one.id}):
        blob = repr(document).encode() + bytes(document["content"])
        for piece in ("Иванов", "ivanov@", "79161234567"):
            assert piece.encode() not in blob
            assert piece not in repr(document)


async def test_an_expired_import_is_forgotten(desk: Desk, ground: Ground) -> None:
    one = await staged(desk)
    await ground.engines.database["imports"].update_one({"_id": one.id}, {"$set": {"expires_at": one.created_at}})

    assert await forget_expired(desk.intake) == 1
    assert await forget_expired(desk.intake) == 0
    assert await ground.engines.database["staged_rows"].count_documents({"import": one.id}) == 0
    with pytest.raises(ImportUnknown):
        await desk.intake.rows.page(one.id, RowFilter(), 0, 1)


async def test_a_refused_file_cannot_be_committed(desk: Desk) -> None:
    one = await desk.read(b"", "empty.csv", "staff")
    assert (one.state, one.error) == (ImportState.FAILED, "FILE_EMPTY")
    with pytest.raises(ImportNotReady):
        await desk.commit(one)


async def test_a_workbook_with_merged_headers_and_gaps_is_read(desk: Desk) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 5, "Выгрузка")
        sheet.merge_range(1, 0, 1, 2, "Сотрудник")
        sheet.merge_range(1, 3, 1, 5, "Место работы")
        sheet.write_row(2, 0, ["Таб. №", "ФИО", "Телефон", "Название", "Город", "Специальность"])
        sheet.write_row(3, 0, [11, "Иванов Пётр Сергеевич", 79161234567.0, "ГКБ № 5", "мск", "педиатр"])
        sheet.write_row(6, 0, [12, "Ким Ольга", 79161234568, "ГКБ № 5", "Казань", "ЛОР"])
        sheet.write_formula(7, 1, '=HYPERLINK("http://evil.example","x")', None, "Анна Орлова")
        sheet.write_row(7, 2, [79161234569, "ГКБ № 5"])
        sheet.write(7, 0, 13)
    one = await desk.read(out.getvalue(), "staff.xlsx", "staff")

    assert one.state is ImportState.READY, one.error
    assert [column.target for column in one.columns] == [
        "external_id", "full_name", "phone", "organisation", "workplace_city", "specialty",
    ]  # fmt: skip
    rows = {row.number: row for row in await desk.rows(one)}
    assert sorted(rows) == [4, 7, 8]
    assert rows[4].values["phone"] == ["+79161234567"]
    assert rows[4].values["external_id"] == "11"
    assert rows[8].cells[1].startswith("=HYPERLINK(")
