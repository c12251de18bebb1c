"""Files that nobody should send: each is refused with its reason or read without harm; nothing is half done."""

import io
import zipfile
from secrets import token_hex

import pytest
from python_calamine import CalamineWorkbook

from tests.e2e.bad_input.hostile import Ground, csv_of, refused, unknown_id, workbook

pytestmark = pytest.mark.timeout(300)

HEADERS = ("Табельный номер", "ФИО", "E-mail", "Город")
GOOD = workbook(HEADERS, ("1", "Петров Иван", "petrov@bad.example", "Москва"))


def _protected() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return head + "EncryptedPackage".encode("utf-16-le") + bytes(480)


def _with(name: str, content: bytes, book: bytes = GOOD) -> bytes:
    kept = io.BytesIO(book)
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as container:
        container.writestr(name, content)
    return kept.getvalue()


def _wide(columns: int) -> bytes:
    more = columns - 2
    return csv_of(
        ("Табельный номер", "ФИО", *(f"колонка {n}" for n in range(more))),
        (f"wide-{columns}", "Широков Пётр", *["x"] * more),
    )


FILES = {
    "empty": ("a.csv", b"", "FILE_EMPTY"),
    "an empty workbook": ("a.xlsx", b"", "FILE_EMPTY"),
    "headers alone": ("a.csv", csv_of(HEADERS), "FILE_EMPTY"),
    "a picture called CSV": ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "FILE_CONTENT_MISMATCH"),
    "a workbook called CSV": ("a.csv", GOOD, "FILE_CONTENT_MISMATCH"),
    "a CSV called workbook": ("a.xlsx", csv_of(HEADERS, ("1", "Петров Иван", "", "")), "FILE_CONTENT_MISMATCH"),
    "half a workbook": ("a.xlsx", GOOD[: len(GOOD) // 2], "FILE_UNREADABLE"),
    "a password": ("a.xlsx", _protected(), "FILE_PASSWORD_PROTECTED"),
    "macros": ("a.xlsm", _with("xl/vbaProject.bin", b"Sub AutoOpen()"), "FILE_HAS_MACROS"),
    "macros under a plain name": ("a.xlsx", _with("xl/vbaProject.bin", b"Sub AutoOpen()"), "FILE_HAS_MACROS"),
    "a bomb": ("a.xlsx", _with("xl/worksheets/sheet9.xml", bytes(64 << 20)), "FILE_TOO_LARGE"),
    "201 columns": ("a.csv", _wide(201), "FILE_TOO_MANY_COLUMNS"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_taken_is_refused_with_its_reason(ground: Ground, name: str) -> None:
    file, content, reason = FILES[name]
    before = ground.here.total()

    found = ground.here.read(file, content)

    assert (found["state"], found["error"]) == ("failed", reason)
    assert ground.here.get(f"/v1/operations/{found['operation']}")["error"]["reason"] == reason
    assert found["counts"]["rows"] == 0
    assert ground.here.rows(found["id"]) == []
    refused(ground.here.send("POST", f"/v1/imports/{found['id']}:commit"), 409, "IMPORT_NOT_READY")
    assert ground.here.total() == before


def test_two_hundred_columns_are_read_and_the_known_ones_taken(ground: Ground) -> None:
    found = ground.here.read("wide.csv", _wide(200))

    assert found["state"] == "ready"
    assert len(found["mapping"]) == 200
    assert {each["target"] for each in found["mapping"]} == {"external_id", "full_name", ""}
    assert len(ground.here.rows(found["id"])[0]["cells"]) == 200


def test_a_repeated_header_carries_its_place(ground: Ground) -> None:
    headers = ("Табельный номер", "ФИО", "Телефон", "Телефон", "Город", "Город")
    found = ground.here.read(
        "twice.csv", csv_of(headers, ("dup-1", "Дублев Пётр", "+79161234567", "+79161234568", "Москва", "Казань"))
    )

    taken = {each["column"]: each["target"] for each in found["mapping"]}
    assert (taken["Телефон"], taken["Телефон (2)"]) == ("phone", "phone")
    assert (taken["Город"], taken["Город (2)"]) == ("city", "")


FORMULA = '=HYPERLINK("http://evil.example","Ж")'


def test_formulas_stay_text_and_are_escaped_in_both_error_files(ground: Ground) -> None:
    found = ground.here.read("formulas.xlsx", workbook(HEADERS, ("", FORMULA, "", "+7(1)"), ("", "@SUM(1)", "", "-2")))
    [first, _] = ground.here.rows(found["id"])
    assert [cell["value"] for cell in first["cells"]] == ["", FORMULA, "", "+7(1)"]
    assert first["verdict"] == "refused"
    assert first["cells"][0]["reason"] == "CELL_EMPTY"

    comma = ground.here.send("GET", f"/v1/imports/{found['id']}/error-file").content.decode("utf-8-sig")
    book = ground.here.send("GET", f"/v1/imports/{found['id']}/error-file", params={"format": "xlsx"}).content

    for text in ("'=HYPERLINK", "'@SUM(1)", "'+7(1)", "'-2"):
        assert text in comma
    assert f";{FORMULA[:5]}" not in comma
    with zipfile.ZipFile(io.BytesIO(book)) as container:
        assert b"<f>" not in container.read("xl/worksheets/sheet1.xml")
        assert not any("hyperlink" in container.read(name).decode("latin-1") for name in container.namelist()
                       if name.endswith(".rels"))  # fmt: skip
    shown = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[3] for row in shown[1:]] == ["'" + FORMULA, "'@SUM(1)"]


def test_an_error_file_comes_back_as_it_left(ground: Ground) -> None:
    found = ground.here.read("once.xlsx", workbook(HEADERS, ("", FORMULA, "", "")))
    file = ground.here.send("GET", f"/v1/imports/{found['id']}/error-file").content

    again = ground.here.read("again.csv", file)

    [row] = ground.here.rows(again["id"])
    assert FORMULA in [cell["value"].removeprefix("'") for cell in row["cells"]]
    assert row["verdict"] == "refused"


def test_two_encodings_in_one_file_are_both_read(ground: Ground) -> None:
    content = csv_of(HEADERS, ("mix-1", "Смешанов Иван", "", "")) + "mix-2;Кодиров Пётр;;\n".encode("cp1251")

    found = ground.here.read("mixed.csv", content)

    names = [row["cells"][1]["value"] for row in ground.here.rows(found["id"])]
    assert names == ["Смешанов Иван", "Кодиров Пётр"]


def test_a_cell_of_ten_megabytes_is_left_out_and_shown_cut(ground: Ground) -> None:
    content = csv_of(
        HEADERS, ("big-1", "Целый Иван", "whole@bad.example", ""), ("big-2", "A" * (10 << 20), "b@bad.example")
    )

    found = ground.here.read("big.csv", content)

    [whole, cut] = ground.here.rows(found["id"])
    assert whole["verdict"] == "ok"
    assert (cut["cells"][1]["verdict"], cut["cells"][1]["reason"]) == ("warning", "CELL_TOO_LONG")
    assert len(cut["cells"][1]["value"]) <= 4096


def test_an_address_of_two_people_is_nobodys_proof(ground: Ground) -> None:
    tag = token_hex(4)
    address = f"{tag}@bad.example"
    for key, name in ((f"{tag}-1", "Первов Иван"), (f"{tag}-2", "Вторая Мария")):
        one = ground.here.read(f"{key}.csv", csv_of(HEADERS, (key, name, address, "")))
        ground.here.commit(one["id"])
    holders = ground.here.post("/v1/profiles:lookup", {"kind": "email", "value": address})["profiles"]
    assert len(holders) == 2

    found = ground.here.read("only.csv", csv_of(("E-mail", "Город"), (address, "Казань")), "letterbox")
    ground.here.commit(found["id"])

    [row] = ground.here.rows(found["id"])
    assert row["profile"] not in {each["id"] for each in holders}
    for each in holders:
        now = ground.here.get(f"/v1/profiles/{each['id']}")
        assert len(now["records"]) == 1
        assert "city" not in now["attributes"]


def test_a_row_without_what_tells_its_source_apart_is_refused_at_the_row(ground: Ground) -> None:
    found = ground.here.read("keyless.csv", csv_of(("E-mail", "Город"), ("nobody@bad.example", "Казань")))

    [row] = ground.here.rows(found["id"])
    assert (row["verdict"], row["reasons"]) == ("refused", ["ROW_WITHOUT_KEY"])
    assert ground.here.commit(found["id"])["counts"]["created"] == 0
    assert not ground.here.rows(found["id"])[0]["profile"]


def test_the_same_file_again_changes_nothing_and_says_so(ground: Ground) -> None:
    content = csv_of(HEADERS, ("same-1", "Дважды Иван", "same@bad.example", "Москва"))
    first = ground.here.read("same.csv", content)
    ground.here.commit(first["id"])
    profile = ground.here.rows(first["id"])[0]["profile"]
    before = ground.here.get(f"/v1/profiles/{profile}")

    second = ground.here.read("other name.csv", content)
    done = ground.here.commit(second["id"])

    assert second["same_as"] == first["id"]
    assert ground.here.get(f"/v1/operations/{done['operation']}")["result"]["changed_nothing"] is True
    assert (done["counts"]["unchanged"], done["counts"]["created"], done["counts"]["updated"]) == (1, 0, 0)
    assert ground.here.get(f"/v1/profiles/{profile}") == before


def test_a_file_name_is_only_a_name(ground: Ground) -> None:
    content = csv_of(HEADERS, ("name-1", "Именов Иван", "", ""))
    found = ground.here.read("../../../etc/cron.d/x\r\nSet-Cookie: a=b\x00.csv", content)

    assert found["state"] == "ready"


def test_what_comes_beside_the_file_is_checked_by_name(ground: Ground) -> None:
    before = ground.here.total("imports")
    content = csv_of(HEADERS, ("1", "Петров Иван", "", ""))
    upload = ground.here.upload

    refused(upload("a.csv", content, mapping="{"), 422, "INVALID_FIELD", ("/mapping", "NOT_VALID"))
    refused(upload("a.csv", content, mapping="[" * 30_000), 422, "INVALID_FIELD", ("/mapping", "NOT_VALID"))
    wrong = '[{"column": "ФИО", "target": "no_such"}]'
    refused(upload("a.csv", content, mapping=wrong), 422, "IMPORT_TARGET_UNKNOWN")
    refused(upload("a.csv", content, kind="martian"), 422, "INVALID_FIELD", ("/kind", "STRING_IN"))
    refused(upload("a.csv", content, extra="x"), 422, "INVALID_FIELD", ("/extra", "UNKNOWN_FIELD"))
    refused(upload("a.csv", content, source="nowhere"), 404, "SOURCE_UNKNOWN")
    only_fields = ground.here.send("POST", "/v1/imports", files={"source": (None, "gate")})
    refused(only_fields, 422, "INVALID_FIELD", ("/file", "REQUIRED"))
    refused(ground.here.send("POST", "/v1/imports", json={"source": "gate"}), 415, "MEDIA_TYPE_NOT_SUPPORTED")

    assert ground.here.total("imports") == before


def test_a_column_that_the_file_has_not_fails_the_reading(ground: Ground) -> None:
    mapping = '[{"column": "Нет такой", "target": "full_name"}]'

    found = ground.here.read("a.csv", csv_of(HEADERS, ("1", "Петров Иван", "", "")), mapping=mapping)

    assert (found["state"], found["error"]) == ("failed", "IMPORT_COLUMN_UNKNOWN")


def test_sources_and_imports_of_another_base_do_not_exist(ground: Ground) -> None:
    content = csv_of(HEADERS, ("1", "Петров Иван", "", ""))
    refused(ground.here.upload("a.csv", content, "theirs"), 404, "SOURCE_UNKNOWN")
    refused(ground.partner.upload("a.csv", content, "gate"), 404, "SOURCE_UNKNOWN")
    mine = ground.here.read("mine.csv", content)
    path, operation = f"/v1/imports/{mine['id']}", f"/v1/operations/{mine['operation']}"

    for each in (path, f"{path}/rows", f"{path}/quality", f"{path}/error-file"):
        refused(ground.partner.send("GET", each), 404, "IMPORT_UNKNOWN")
    cells = {"cells": [{"column": "ФИО", "value": "Чужой Иван"}]}
    refused(ground.partner.send("PATCH", f"{path}/rows/2", json=cells), 404, "IMPORT_UNKNOWN")
    for each in (operation, f"{operation}/events"):
        refused(ground.partner.send("GET", each), 404, "OPERATION_UNKNOWN")
    refused(ground.partner.send("POST", f"{operation}:cancel"), 404, "OPERATION_UNKNOWN")
    assert ground.here.rows(mine["id"])[0]["cells"][1]["value"] == "Петров Иван"


def test_corrections_name_what_is_not_there(ground: Ground) -> None:
    found = ground.here.read("fix.csv", csv_of(HEADERS, ("fix-1", "Правкин Иван", "", "")))
    path = f"/v1/imports/{found['id']}"
    cells = {"cells": [{"column": "Нет такой", "value": "x"}]}
    good = {"cells": [{"column": "ФИО", "value": "Другой Иван"}]}

    refused(ground.here.send("PATCH", f"{path}/rows/2", json=cells), 422, "IMPORT_COLUMN_UNKNOWN")
    refused(ground.here.send("PATCH", f"{path}/rows/77", json=good), 404, "IMPORT_ROW_UNKNOWN")
    refused(ground.here.send("PATCH", f"{path}/rows/-1", json=good), 404, "ADDRESS_UNKNOWN")
    refused(ground.here.send("PATCH", f"/v1/imports/{unknown_id()}/rows/2", json=good), 404, "IMPORT_UNKNOWN")
    ground.here.commit(found["id"])
    refused(ground.here.send("PATCH", f"{path}/rows/2", json=good), 409, "IMPORT_ROW_COMMITTED")
