"""Imports, dictionaries and organisations through profile's socket, as the gateway calls them."""

import hashlib
import io
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
import python_calamine

from chassis.files import FileUnknown, SealedFiles
from chassis.grpc import Peer, Principal, actions_of, sign
from chassis.kernel import Etag, new_id
from chassis.kernel.problem import Remote
from chassis.process import Running, open_engines
from gen.consilium.operations.v1 import operations_pb2, operations_pb2_grpc
from gen.consilium.profile.v1 import (
    catalogue_pb2,
    catalogue_pb2_grpc,
    dictionaries_pb2,
    dictionaries_pb2_grpc,
    imports_pb2,
    imports_pb2_grpc,
)
from services.profile.adapters.intake import UPLOADS
from services.profile.bootstrap import build, migrate
from tests.integration.profile.conftest import PRINCIPAL_KEY, settings_of

SERVICES = ("Imports", "Dictionaries", "Catalogue")
ACTIONS = frozenset(
    actions_of([*(f"consilium.profile.v1.{name}" for name in SERVICES), "consilium.operations.v1.Operations"]).values()
)
FILE = (
    "Таб. №;Фамилия;Имя;Телефон;E-mail;Организация;Город\r\n"
    "1;Иванов;Пётр;8-916-123-45-67;ivanov@clinic.example;ГКБ № 5;мск\r\n"
    "2;Смирнова;Анна;89161230002;smirnova@clinic.example;ГКБ № 5;мск\r\n"
    ';=HYPERLINK("http://evil.example");;12345;нет;;\r\n'
)


def token(workspace: str) -> str:
    principal = Principal("someone", "person", ("data-steward",), workspace, (workspace,), ACTIONS)
    return sign(PRINCIPAL_KEY, principal, "profile", now=time.time())


@dataclass(slots=True)
class Door:
    """A running profile and calls to it."""

    peer: Peer
    files: SealedFiles
    imports: Any
    dictionaries: Any
    operations: Any

    async def ask(self, method: Any, request: Any, workspace: str = "*") -> Any:
        return await self.peer.call(method, request, token=token(workspace))

    async def upload(self, text: str) -> str:
        async def pieces() -> AsyncIterator[bytes]:
            yield text.encode()

        name = new_id()
        await self.files.put(name, pieces())
        return name

    async def read(self, text: str = FILE, workspace: str = "*", name: str = "staff.csv") -> Any:
        request = imports_pb2.CreateImportRequest(
            object=await self.upload(text), file_name=name, source="staff", request_id=new_id()
        )
        begun = await self.ask(self.imports.CreateImport, request, workspace)
        await self.ended(begun.operation.id)
        return await self.ask(self.imports.GetImport, imports_pb2.GetImportRequest(id=getattr(begun, "import").id))

    async def ended(self, operation: str) -> Any:
        request = operations_pb2.WatchOperationRequest(id=operation)
        seen = [each async for each in self.operations.WatchOperation(request, metadata=self.metadata())]
        return seen[-1]

    async def taken(self, method: Any, request: Any) -> bytes:
        return b"".join([chunk.data async for chunk in method(request, metadata=self.metadata())])

    @staticmethod
    def metadata() -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {token('*')}"),)


@pytest.fixture
async def door(mongodb_url: str, nats_url: str, namespace: str) -> AsyncIterator[Door]:
    settings = settings_of(mongodb_url, nats_url, namespace)
    engines = await open_engines(settings, "profile")
    await migrate(settings, engines)
    running = Running(settings, engines, await build(settings, engines), "run")
    await running.start()
    peer = Peer(f"127.0.0.1:{running.port}", "profile")
    opened = Door(
        peer,
        SealedFiles(engines.bus, settings.installation_key, UPLOADS),
        imports_pb2_grpc.ImportsStub(peer.channel),
        dictionaries_pb2_grpc.DictionariesStub(peer.channel),
        operations_pb2_grpc.OperationsStub(peer.channel),
    )
    catalogue = catalogue_pb2_grpc.CatalogueStub(peer.channel)
    try:
        for base in ("main", "partner"):
            await opened.ask(
                catalogue.CreateBase, catalogue_pb2.CreateBaseRequest(base=catalogue_pb2.Base(key=base, title=base))
            )
        source = catalogue_pb2.Source(
            key="staff", title="Staff", base="main", kind="hcp", key_columns=["external_id"], external_id_kind="tab-no"
        )
        await opened.ask(catalogue.CreateSource, catalogue_pb2.CreateSourceRequest(source=source))
        yield opened
    finally:
        await peer.close()
        await running.stop()


async def test_a_file_goes_from_upload_to_people(door: Door) -> None:
    one = await door.read()
    assert one.state == imports_pb2.IMPORT_STATE_READY
    assert [each.target for each in one.mapping] == [
        "external_id", "family_name", "given_name", "phone", "email", "organisation", "workplace_city",
    ]  # fmt: skip

    refused = await door.ask(
        door.imports.ListRows,
        imports_pb2.ListRowsRequest(**{"import": one.id}, verdict=imports_pb2.VERDICT_REFUSED),
    )
    assert (refused.total, refused.rows[0].row) == (1, 4)
    cells = {cell.column: cell for cell in refused.rows[0].cells}
    assert (cells["Таб. №"].verdict, cells["Таб. №"].reason) == (imports_pb2.VERDICT_REFUSED, "CELL_EMPTY")

    await door.ended((await door.ask(door.imports.DryRunImport, imports_pb2.DryRunImportRequest(id=one.id))).id)
    tried = await door.ask(door.imports.GetImport, imports_pb2.GetImportRequest(id=one.id))
    assert (tried.dry_run.created, tried.dry_run.refused) == (2, 1)

    operation = await door.ask(door.imports.CommitImport, imports_pb2.CommitImportRequest(id=one.id, etag=one.etag))
    done = await door.ended(operation.id)
    assert done.result["created"] == 2
    rows = await door.ask(door.imports.ListRows, imports_pb2.ListRowsRequest(**{"import": one.id}, action="created"))
    assert [row.row for row in rows.rows] == [2, 3]
    assert all(row.profile for row in rows.rows)
    last = Etag.parse(done.result["at_least"])
    assert last is not None
    assert last.subject in {row.profile for row in rows.rows}


async def test_a_stale_etag_does_not_commit(door: Door) -> None:
    one = await door.read()
    cell = imports_pb2.Cell(column="Имя", value="Павел")
    await door.ask(door.imports.UpdateRow, imports_pb2.UpdateRowRequest(**{"import": one.id}, row=2, cells=[cell]))
    with pytest.raises(Remote) as caught:
        await door.ask(door.imports.CommitImport, imports_pb2.CommitImportRequest(id=one.id, etag=one.etag))
    assert caught.value.reason == "ETAG_STALE"


async def test_pages_of_rows_and_imports_go_on_where_they_ended(door: Door) -> None:
    lines = "".join(f"{number};Орлов;Имя;89160000{number:03d};;ГКБ № 1;мск\r\n" for number in range(1, 8))
    one = await door.read(FILE.splitlines(keepends=True)[0] + lines)
    seen, token_ = [], ""
    while True:
        request = imports_pb2.ListRowsRequest(**{"import": one.id}, page_size=3, page_token=token_)
        page = await door.ask(door.imports.ListRows, request)
        seen += [row.row for row in page.rows]
        token_ = page.next_page_token
        if not token_:
            break
    assert seen == [2, 3, 4, 5, 6, 7, 8]
    await door.read()
    first = await door.ask(door.imports.ListImports, imports_pb2.ListImportsRequest(page_size=1))
    second = await door.ask(
        door.imports.ListImports, imports_pb2.ListImportsRequest(page_size=1, page_token=first.next_page_token)
    )
    assert first.total == 2
    assert first.imports[0].id != second.imports[0].id


async def test_an_error_file_never_runs_and_can_come_back(door: Door) -> None:
    one = await door.read()
    csv = await door.taken(door.imports.GetErrorFile, imports_pb2.GetErrorFileRequest(id=one.id, format="csv"))
    text = csv.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Строка;Причины;Таб. №")
    assert "'=HYPERLINK" in text
    assert ";=HYPERLINK" not in text
    assert "ROW_WITHOUT_KEY" in text
    book = await door.taken(door.imports.GetErrorFile, imports_pb2.GetErrorFileRequest(id=one.id, format="xlsx"))
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert str(rows[1][3]).startswith("'=HYPERLINK")

    mended = await door.read(text.replace(";;'=HYPERLINK", ";77;'=HYPERLINK").replace('")";;', '")";Иван;'))
    assert mended.counts.refused in {0, 1}


async def test_cells_beyond_the_header_are_told_and_stand_in_the_error_file(door: Door) -> None:
    one = await door.read(FILE.replace("нет;;", "нет;;;забытое").replace(";мск\r\n2;", ";мск;ещё\r\n2;"))
    assert await listed(door, one, reason="CELLS_BEYOND_HEADER") == [2, 4]
    assert await listed(door, one, verdict=imports_pb2.VERDICT_WARNING) == [2]
    csv = await door.taken(door.imports.GetErrorFile, imports_pb2.GetErrorFileRequest(id=one.id, format="csv"))
    assert "CELLS_BEYOND_HEADER" in csv.decode("utf-8-sig")
    assert "забытое" in csv.decode("utf-8-sig")
    cell = imports_pb2.Cell(column="Имя", value="Пётр")
    row = await door.ask(
        door.imports.UpdateRow, imports_pb2.UpdateRowRequest(**{"import": one.id}, row=2, cells=[cell])
    )
    assert list(row.reasons) == ["CELLS_BEYOND_HEADER"]


async def test_an_empty_workbook_has_drop_downs_and_is_understood_again(door: Door) -> None:
    for kind in ("hcp", "patient", "contact"):
        request = imports_pb2.GetImportTemplateRequest(kind=kind)
        book = await door.taken(door.imports.GetImportTemplate, request)
        sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book))
        assert sheets.sheet_names == ["Люди", "choices"]
        headers = sheets.get_sheet_by_index(0).to_python()[0]
        assert headers[1] == "Фамилия"
        choices = sheets.get_sheet_by_index(1).to_python(skip_empty_area=False)
        assert any({"Женский", "Врач"} & set(map(str, row)) for row in choices)


async def test_the_quality_of_a_file_is_told_by_column(door: Door) -> None:
    one = await door.read()
    report = await door.ask(door.imports.GetQualityReport, imports_pb2.GetQualityReportRequest(id=one.id))
    by_target = {each.target: each for each in report.columns}
    assert (by_target["phone"].ok, by_target["phone"].corrected, by_target["phone"].invalid) == (2, 0, 1)
    assert by_target["external_id"].empty + by_target["external_id"].invalid == 1


async def test_another_owner_sees_nothing(door: Door) -> None:
    one = await door.read()
    for method, request in (
        (door.imports.GetImport, imports_pb2.GetImportRequest(id=one.id)),
        (door.imports.ListRows, imports_pb2.ListRowsRequest(**{"import": one.id})),
        (door.imports.CommitImport, imports_pb2.CommitImportRequest(id=one.id)),
    ):
        with pytest.raises(Remote) as caught:
            await door.ask(method, request, "partner")
        assert caught.value.reason == "IMPORT_UNKNOWN"
    assert (await door.ask(door.imports.ListImports, imports_pb2.ListImportsRequest(), "partner")).total == 0
    with pytest.raises(Remote) as caught:
        await door.read(workspace="partner")
    assert caught.value.reason == "SOURCE_UNKNOWN"


async def test_a_refused_file_says_why(door: Door) -> None:
    one = await door.read("", name="empty.xlsx")
    assert (one.state, one.error) == (imports_pb2.IMPORT_STATE_FAILED, "FILE_EMPTY")
    with pytest.raises(Remote) as caught:
        await door.ask(door.imports.CommitImport, imports_pb2.CommitImportRequest(id=one.id))
    assert caught.value.reason == "IMPORT_NOT_READY"
    with pytest.raises(grpc.aio.AioRpcError):
        await door.taken(door.imports.GetErrorFile, imports_pb2.GetErrorFileRequest(id=one.id, format="csv"))


async def test_a_steward_teaches_a_word_and_it_is_known(door: Door) -> None:
    names = dictionaries_pb2.ListDictionariesRequest()
    before = {each.name: each for each in (await door.ask(door.dictionaries.ListDictionaries, names)).dictionaries}
    assert {"specialties", "cities", "regions", "positions", "degrees", "purposes", "topics"} <= set(before)
    search = dictionaries_pb2.SearchTermsRequest(dictionary="specialties", text="педиатр")
    found = await door.ask(door.dictionaries.SearchTerms, search)
    term = next(each for each in found.terms if each.code == "paediatrics")
    term.synonyms.append("детский лекарь")
    put = dictionaries_pb2.PutTermRequest(dictionary="specialties", term=term)
    await door.ask(door.dictionaries.PutTerm, put)
    await door.ask(door.dictionaries.PutTerm, put)
    after = {each.name: each for each in (await door.ask(door.dictionaries.ListDictionaries, names)).dictionaries}
    assert after["specialties"].version == before["specialties"].version + 1
    with pytest.raises(Remote) as caught:
        await door.ask(door.dictionaries.SearchTerms, dictionaries_pb2.SearchTermsRequest(dictionary="no-such"))
    assert caught.value.reason == "DICTIONARY_UNKNOWN"


async def test_organisations_form_a_tree_with_synonyms(door: Door) -> None:
    async def create(name: str, **fields: Any) -> Any:
        organisation = dictionaries_pb2.Organisation(name=name, **fields)
        return await door.ask(
            door.dictionaries.CreateOrganisation,
            dictionaries_pb2.CreateOrganisationRequest(organisation=organisation),
        )

    trust = await create("Сеть «Рассвет»")
    clinic = await create("Клиника «Заря»", city="moscow", parent=trust.id, synonyms=["Заря-Мед"])
    assert (await create("Клиника «Заря»", city="moscow", parent=trust.id, synonyms=["Заря-Мед"])).id == clinic.id
    found = await door.ask(
        door.dictionaries.SearchOrganisations, dictionaries_pb2.SearchOrganisationsRequest(text="ЗАРЯ мед")
    )
    assert [each.id for each in found.organisations] == [clinic.id]

    trust.parent = clinic.id
    update = dictionaries_pb2.UpdateOrganisationRequest(organisation=trust)
    with pytest.raises(Remote) as caught:
        await door.ask(door.dictionaries.UpdateOrganisation, update)
    assert caught.value.reason == "ORGANISATION_IN_ITSELF"
    clinic.name = "Медцентр «Заря»"
    changed = await door.ask(
        door.dictionaries.UpdateOrganisation, dictionaries_pb2.UpdateOrganisationRequest(organisation=clinic)
    )
    assert changed.name == "Медцентр «Заря»"
    clinic.parent = ""
    clinic.etag = changed.etag
    freed = await door.ask(
        door.dictionaries.UpdateOrganisation, dictionaries_pb2.UpdateOrganisationRequest(organisation=clinic)
    )
    assert freed.parent == ""
    clinic.name = "Ещё раз"
    with pytest.raises(Remote) as caught:
        await door.ask(
            door.dictionaries.UpdateOrganisation, dictionaries_pb2.UpdateOrganisationRequest(organisation=clinic)
        )
    assert caught.value.reason == "ETAG_STALE"


async def test_a_repeat_answers_the_same_organisation_and_another_body_under_its_key_is_refused(door: Door) -> None:
    key = new_id()

    async def create(name: str) -> Any:
        organisation = dictionaries_pb2.Organisation(name=name, city="moscow")
        request = dictionaries_pb2.CreateOrganisationRequest(organisation=organisation, request_id=key)
        return await door.ask(door.dictionaries.CreateOrganisation, request)

    made = await create("Клиника «Заря»")
    again = await create("Клиника «Заря»")
    with pytest.raises(Remote) as reused:
        await create("Клиника «Рассвет»")
    made.synonyms.append("Заря-Мед")
    changed = await door.ask(
        door.dictionaries.UpdateOrganisation, dictionaries_pb2.UpdateOrganisationRequest(organisation=made)
    )

    assert again.id == made.id
    assert reused.value.reason == "IDEMPOTENCY_KEY_REUSED"
    assert await create("Клиника «Заря»") == changed
    everything = dictionaries_pb2.SearchOrganisationsRequest()
    assert (await door.ask(door.dictionaries.SearchOrganisations, everything)).total == 1


async def test_what_all_bases_share_is_not_changed_from_one(door: Door) -> None:
    organisation = dictionaries_pb2.Organisation(name="Клиника «Заря»")
    term = dictionaries_pb2.Term(code="healer", names={"ru": "Знахарь"})
    catalogue = catalogue_pb2_grpc.CatalogueStub(door.peer.channel)
    attribute = catalogue_pb2.Attribute(key="shoe", title="Shoe", type="text", personal_class="none", kinds=["hcp"])
    made = await door.ask(
        door.dictionaries.CreateOrganisation, dictionaries_pb2.CreateOrganisationRequest(organisation=organisation)
    )
    for method, request in (
        (door.dictionaries.PutTerm, dictionaries_pb2.PutTermRequest(dictionary="specialties", term=term)),
        (
            door.dictionaries.CreateOrganisation,
            dictionaries_pb2.CreateOrganisationRequest(organisation=organisation, request_id="k"),
        ),
        (door.dictionaries.UpdateOrganisation, dictionaries_pb2.UpdateOrganisationRequest(organisation=made)),
        (catalogue.CreateBase, catalogue_pb2.CreateBaseRequest(base=catalogue_pb2.Base(key="yard", title="Yard"))),
        (catalogue.CreateAttribute, catalogue_pb2.CreateAttributeRequest(attribute=attribute)),
    ):
        with pytest.raises(Remote) as caught:
            await door.ask(method, request, "main")
        assert (caught.value.code.name, caught.value.reason) == ("PERMISSION_DENIED", "SHARED_BY_ALL")
    read = dictionaries_pb2.GetOrganisationRequest(id=made.id)
    assert await door.ask(door.dictionaries.GetOrganisation, read, "main") == made


async def test_a_repeat_answers_the_same_import_and_another_file_under_its_key_is_refused(door: Door) -> None:
    key = new_id()

    async def begin(text: str) -> tuple[str, Any]:
        name = await door.upload(text)
        content = hashlib.sha256(text.encode()).digest()
        request = imports_pb2.CreateImportRequest(
            object=name, file_name="staff.csv", source="staff", request_id=key, content_sha256=content
        )
        return name, await door.ask(door.imports.CreateImport, request)

    first, begun = await begin(FILE)
    second, repeated = await begin(FILE)
    with pytest.raises(Remote) as refused:
        await begin(FILE + "\n")

    assert getattr(repeated, "import").id == getattr(begun, "import").id
    assert refused.value.reason == "IDEMPOTENCY_KEY_REUSED"
    assert await door.files.fetch(first, io.BytesIO()) == len(FILE.encode())
    with pytest.raises(FileUnknown):
        await door.files.fetch(second, io.BytesIO())


async def listed(door: Door, one: Any, **wanted: Any) -> list[int]:
    """Give the numbers of the rows that were asked for, after holding the total to them."""
    page = await door.ask(door.imports.ListRows, imports_pb2.ListRowsRequest(**{"import": one.id}, **wanted))
    assert page.total == len(page.rows) or "from_row" in wanted
    return [row.row for row in page.rows]


async def test_rows_are_listed_by_what_was_found_in_which_column(door: Door) -> None:
    one = await door.read()

    assert await listed(door, one, column=4) == [4]
    assert await listed(door, one, column=4, cell=imports_pb2.VERDICT_CORRECTED) == []
    assert await listed(door, one, reason="ROW_WITHOUT_KEY") == [4]
    assert await listed(door, one, column=1, reason="CELL_EMPTY") == [4]
    assert await listed(door, one, column=4, reason="CELL_EMPTY") == []
    with pytest.raises(Remote) as caught:
        await listed(door, one, column=8)
    assert caught.value.reason == "IMPORT_COLUMN_UNKNOWN"
    cell = imports_pb2.Cell(column="Таб. №", value="3")
    await door.ask(door.imports.UpdateRow, imports_pb2.UpdateRowRequest(**{"import": one.id}, row=4, cells=[cell]))
    assert await listed(door, one, reason="ROW_WITHOUT_KEY") == []


async def test_all_cells_that_hold_the_same_are_corrected_at_once(door: Door) -> None:
    lines = "".join(f"{number};Орлов;Имя;;{'плохо' if number % 2 else ''};;\r\n" for number in range(1, 8))
    one = await door.read(FILE.splitlines(keepends=True)[0] + lines)
    assert (one.counts.warned, await listed(door, one, column=5)) == (4, [2, 4, 6, 8])

    request = imports_pb2.CorrectRowsRequest(**{"import": one.id}, column="E-mail", value="плохо", new_value="")
    operation = await door.ask(door.imports.CorrectRows, request)
    done = await door.ended(operation.id)

    assert done.result["rows"] == 4
    assert "плохо" not in str(operation)
    after = await door.ask(door.imports.GetImport, imports_pb2.GetImportRequest(id=one.id))
    assert (after.counts.warned, after.counts.rows) == (0, 7)
    assert after.etag != one.etag
    assert await listed(door, one, column=5) == []
    with pytest.raises(Remote) as caught:
        await door.ask(door.imports.CorrectRows, request, "partner")
    assert caught.value.reason == "IMPORT_UNKNOWN"


async def test_a_file_is_read_again_with_another_mapping(door: Door) -> None:
    one = await door.read()
    mapping = [
        imports_pb2.ColumnMapping(column="Имя", target="patronymic"),
        imports_pb2.ColumnMapping(column="Город", target=""),
    ]
    request = imports_pb2.RemapImportRequest(**{"import": one.id}, mapping=mapping, etag=one.etag)

    begun = await door.ask(door.imports.RemapImport, request)
    await door.ended(begun.operation.id)

    again = await door.ask(door.imports.GetImport, imports_pb2.GetImportRequest(id=one.id))
    meanings = {each.column: (each.target, each.origin) for each in again.mapping}
    assert (again.state, again.counts) == (imports_pb2.IMPORT_STATE_READY, one.counts)
    assert (meanings["Имя"], meanings["Город"][0]) == (("patronymic", "given"), "")
    with pytest.raises(Remote) as stale:
        await door.ask(door.imports.RemapImport, request)
    assert stale.value.reason == "ETAG_STALE"
    unknown = imports_pb2.ColumnMapping(column="Нет такой", target="phone")
    with pytest.raises(Remote) as caught:
        await door.ask(
            door.imports.RemapImport, imports_pb2.RemapImportRequest(**{"import": one.id}, mapping=[unknown])
        )
    assert caught.value.reason == "IMPORT_COLUMN_UNKNOWN"
    await door.ended((await door.ask(door.imports.CommitImport, imports_pb2.CommitImportRequest(id=one.id))).id)
    with pytest.raises(Remote) as late:
        await door.ask(door.imports.RemapImport, imports_pb2.RemapImportRequest(**{"import": one.id}))
    assert late.value.reason == "IMPORT_NOT_READY"


async def test_a_file_that_waits_can_be_dropped_and_imports_are_listed_by_state(door: Door) -> None:
    kept, dropped = await door.read(), await door.read()

    told = await door.ask(door.imports.CancelImport, imports_pb2.CancelImportRequest(id=dropped.id))
    again = await door.ask(door.imports.CancelImport, imports_pb2.CancelImportRequest(id=dropped.id))

    assert (told.state, told.error, told.principal) == (imports_pb2.IMPORT_STATE_FAILED, "CANCELLED", "someone")
    assert again == told
    assert await listed(door, dropped) == []
    elsewhere = imports_pb2.ListImportsRequest(source="other")
    assert (await door.ask(door.imports.ListImports, elsewhere)).total == 0
    request = imports_pb2.ListImportsRequest(states=[imports_pb2.IMPORT_STATE_READY], source="staff")
    ready = await door.ask(door.imports.ListImports, request)
    assert ([each.id for each in ready.imports], ready.total) == ([kept.id], 1)
    await door.ended((await door.ask(door.imports.CommitImport, imports_pb2.CommitImportRequest(id=kept.id))).id)
    with pytest.raises(Remote) as caught:
        await door.ask(door.imports.CancelImport, imports_pb2.CancelImportRequest(id=kept.id))
    assert caught.value.reason == "IMPORT_NOT_READY"


async def test_a_dry_run_that_was_cancelled_can_be_run_again(door: Door) -> None:
    lines = "".join(f"{number};Орлов;Имя;;;;\r\n" for number in range(1, 4000))
    one = await door.read(FILE.splitlines(keepends=True)[0] + lines)
    request = imports_pb2.DryRunImportRequest(id=one.id)

    first = await door.ask(door.imports.DryRunImport, request)
    await door.ask(door.operations.CancelOperation, operations_pb2.CancelOperationRequest(id=first.id))
    ended = await door.ended(first.id)
    second = await door.ask(door.imports.DryRunImport, request)

    assert ended.error.reason == "CANCELLED"
    assert second.id != first.id
    assert (await door.ended(second.id)).result["created"] == 3999
