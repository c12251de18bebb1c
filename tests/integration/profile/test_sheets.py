"""Files as strangers send them: read in a process of their own, or refused by name."""

import asyncio
import io
import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date

import pytest
import xlsxwriter

from services.profile.adapters.seeds import shipped_dictionaries
from services.profile.adapters.sheets.process import SheetProcess
from services.profile.adapters.staged_content import decoded
from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.errors import (
    ColumnUnknown,
    FileCarriesMacros,
    FileEmpty,
    FileNotWhatItsNameSays,
    FileProtected,
    FileRefused,
    FileTakesTooLong,
    FileTooLarge,
    NoHeaders,
    TooManyColumns,
)
from services.profile.imports.ports import FileSummary, Ordered, StagingRow

DICTIONARIES = shipped_dictionaries()
HEADER = "Фамилия;Имя;Телефон;E-mail\n"
LINE = "Иванов;Пётр;+79161234567;ivanov@clinic.example\n"


async def read(
    content: bytes, name: str, given: Mapping[str, str] | None = None, sheets: SheetProcess | None = None
) -> tuple[list[StagingRow], FileSummary]:
    order = Ordered(name, given or {}, {}, ("full_name", "phone"), "RU", date(2026, 1, 15), [], DICTIONARIES)
    rows: list[StagingRow] = []
    summary: FileSummary | None = None
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        async for part in (sheets or SheetProcess()).read(file, order):
            if isinstance(part, FileSummary):
                summary = part
            else:
                rows += part.rows
    assert summary is not None
    return rows, summary


def workbook(*rows: Sequence[object], **options: object) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, **options}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def repacked(content: bytes, added: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in added:
                new.writestr(part, old.read(part))
        for name, data in added.items():
            new.writestr(name, data)
    return out.getvalue()


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
BOOK = workbook(["Фамилия", "Имя", "Телефон"], ["Иванов", "Пётр", 79161234567])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-32"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
async def test_encodings_and_delimiters_are_found_out(encoding: str, delimiter: str) -> None:
    text = (HEADER + LINE * 3).replace(";", delimiter)
    rows, summary = await read(text.encode(encoding), "people.csv")
    assert [column.target for column in summary.columns] == ["family_name", "given_name", "phone", "email"]
    assert [row.number for row in rows] == [2, 3, 4]
    assert {row.key for row in rows} == {("full_name", "иванов петр", "phone", "+79161234567")}
    assert summary.duplicates == 2


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-16"])
async def test_lines_may_end_as_on_old_macs(encoding: str) -> None:
    quoted = LINE.replace("Иванов", '"Орлов\r"')
    rows, _ = await read((HEADER + LINE + quoted).replace("\n", "\r").encode(encoding), "people.csv")
    assert [decoded(row.content)[3]["family_name"] for row in rows] == ["Иванов", "Орлов"]
    assert [row.number for row in rows] == [2, 3]


async def test_a_line_separator_inside_a_cell_ends_no_row() -> None:
    text = HEADER + LINE.replace("Пётр", "Пётр\u2028")
    rows, _ = await read(text.encode("utf-16"), "people.csv")
    assert [row.key for row in rows] == [("full_name", "иванов петр", "phone", "+79161234567")]


async def test_a_number_beyond_all_numbers_is_an_error_of_its_cell() -> None:
    sheet = zipfile.ZipFile(io.BytesIO(BOOK)).read("xl/worksheets/sheet1.xml").decode()
    beyond = repacked(BOOK, {"xl/worksheets/sheet1.xml": sheet.replace("79161234567", "1e400").encode()})
    rows, _ = await read(beyond, "people.xlsx")
    cells, findings, _, values = decoded(rows[0].content)
    assert cells[2] == "#NUM!"
    assert [(each.place, each.reason) for each in findings] == [(2, "CELL_HOLDS_ERROR")]
    assert "phone" not in values


async def test_mixed_encodings_are_read_line_by_line_and_told() -> None:
    content = HEADER.encode() + LINE.encode() + LINE.replace("Иванов", "Орлов").encode("cp1251")
    rows, summary = await read(content, "people.csv")
    assert [decoded(row.content)[0][0] for row in rows] == ["Иванов", "Орлов"]
    assert summary.notes == ("FILE_MIXED_ENCODINGS",)


async def test_a_cell_of_ten_megabytes_is_left_out_by_name() -> None:
    content = HEADER + LINE + "Орлов;Иван;+79161234568;" + "x" * 10_000_000 + "\n"
    rows, _ = await read(content.encode(), "people.csv")
    cells, findings, _, values = decoded(rows[1].content)
    assert [(each.place, each.reason) for each in findings] == [(3, "CELL_TOO_LONG")]
    assert len(cells[3]) == 4096
    assert "email" not in values


async def test_formula_cells_stay_text() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Фамилия", "Имя", "Телефон"])
        sheet.write_formula(1, 0, '=HYPERLINK("http://evil.example","Иванов")', None, "Иванов")
        sheet.write_row(1, 1, ["Пётр", "+79161234567"])
    rows, _ = await read(out.getvalue(), "people.xlsx")
    cells, findings, _, values = decoded(rows[0].content)
    assert cells[0] == '=HYPERLINK("http://evil.example","Иванов")'
    assert values["family_name"] == cells[0]
    assert findings[0].verdict is Verdict.WARNING


async def test_repeated_headers_carry_their_place() -> None:
    text = "Фамилия;Имя;Телефон;Телефон;Имя\nИванов;Пётр;89161234567;89161234568;Павел\n"
    rows, summary = await read(text.encode(), "people.csv")
    assert [column.header for column in summary.columns] == ["Фамилия", "Имя", "Телефон", "Телефон (2)", "Имя (2)"]
    assert [column.target for column in summary.columns] == ["family_name", "given_name", "phone", "phone", ""]
    assert decoded(rows[0].content)[3]["phone"] == ["+79161234567", "+79161234568"]


async def test_two_hundred_columns_are_read_and_more_are_refused() -> None:
    for count in (200, 201):
        header = ["Фамилия", "Телефон", *(f"k{number}" for number in range(count - 2))]
        line = ["Иванов", "+79161234567", *("x" for _ in range(count - 2))]
        for content, name in (
            (workbook(header, line), "wide.xlsx"),
            ((";".join(header) + "\n" + ";".join(line) + "\n").encode(), "wide.csv"),
        ):
            if count == 200:
                assert len((await read(content, name))[1].columns) == 200
            else:
                with pytest.raises(TooManyColumns):
                    await read(content, name)


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"", "empty.csv", FileEmpty),
        (b"", "empty.xlsx", FileEmpty),
        (b"  \r\n \r\n", "blank.csv", FileEmpty),
        (HEADER.encode(), "headers-alone.csv", FileEmpty),
        (workbook(), "empty-book.xlsx", FileEmpty),
        (LINE.encode(), "text.xlsx", FileNotWhatItsNameSays),
        (BOOK, "book.csv", FileNotWhatItsNameSays),
        ((HEADER + LINE).encode("utf-32-le"), "unmarked.csv", FileNotWhatItsNameSays),
        (b"%PDF-1.7\n\x00\x01", "people.csv", FileNotWhatItsNameSays),
        (repacked(BOOK, {"xl/vbaProject.bin": b"macro"}), "macro.xlsx", FileCarriesMacros),
        (b"PK\x03\x04 broken", "broken.xlsx", FileRefused),
        (BOOK[: len(BOOK) // 2], "half.xlsx", FileRefused),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "p.xlsx", FileProtected),
        (COMPOUND, "old.xls", FileNotWhatItsNameSays),
        ("а;б\n1;2\n".encode(), "nobody.csv", NoHeaders),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
async def test_a_file_that_cannot_be_taken_is_refused_by_name(
    content: bytes, name: str, refusal: type[FileRefused]
) -> None:
    with pytest.raises(refusal) as caught:
        await read(content, name)
    assert caught.type is refusal


async def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    bomb = repacked(BOOK, {"xl/worksheets/sheet1.xml": b"0" * (64 << 20)})
    assert len(bomb) < 200_000
    with pytest.raises(FileTooLarge):
        await read(bomb, "bomb.xlsx")


async def test_a_file_that_eats_memory_or_time_ends_its_own_process_alone() -> None:
    many = (HEADER + LINE * 60_000).encode()
    with pytest.raises(FileTakesTooLong):
        await read(many, "many.csv", sheets=SheetProcess(memory=16 << 20))
    with pytest.raises(FileTakesTooLong):
        await read(many * 20, "many.csv", sheets=SheetProcess(seconds=1))
    with pytest.raises(FileTooLarge):
        await read(many, "many.csv", sheets=SheetProcess(most_rows=1000))


async def test_a_reading_that_is_given_up_ends_its_process() -> None:
    order = Ordered("many.csv", {}, {}, (), "RU", date(2026, 1, 15), [], DICTIONARIES)
    with tempfile.TemporaryFile() as file:
        file.write((HEADER + LINE * 200_000).encode())
        file.flush()
        reading = SheetProcess().read(file, order)
        async with asyncio.timeout(60):
            await anext(reading)
            await asyncio.sleep(0.5)  # long enough for the pipe to fill
            await reading.aclose()


async def test_a_mapping_that_does_not_fit_is_refused_by_column() -> None:
    with pytest.raises(ColumnUnknown):
        await read((HEADER + LINE).encode(), "people.csv", {"Отчество": "patronymic"})


async def test_a_given_mapping_stands_above_headers() -> None:
    text = "Фамилия;Имя\nПётр;Иванов\nАнна;Смирнова\n"
    _, summary = await read(text.encode(), "people.csv", {"Фамилия": "given_name", "Имя": "family_name"})
    assert [(column.target, column.origin) for column in summary.columns] == [
        ("given_name", "given"), ("family_name", "given"),
    ]  # fmt: skip


async def test_columns_without_a_telling_header_are_known_by_content() -> None:
    lines = [f"row{number};doctor{number}@clinic.example;8916123456{number};Педиатр;Иванов Пётр" for number in range(6)]
    text = "Таб. №;Связь А;Связь Б;Кем\u00a0работает;Человек\n" + "\n".join(lines) + "\n"
    _, summary = await read(text.encode(), "people.csv")
    assert [column.target for column in summary.columns] == ["external_id", "email", "phone", "specialty", "full_name"]


async def test_random_bytes_never_break_anything_but_themselves() -> None:
    for size in (1, 100, 5000):
        with pytest.raises(FileRefused):
            await read(os.urandom(size) + b"\x00", "noise.csv")
