"""/v1/imports: uploads that stream, and what they leave when they go wrong."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator

import pytest
from nats.js.errors import NotFoundError

from chassis.files import FileUnknown
from chassis.kernel import Code, Problem, new_id
from chassis.kernel.problem import DependencyUnavailable, IdempotencyKeyReused
from chassis.operations import operation_id
from gen.consilium.operations.v1 import operations_pb2
from gen.consilium.profile.v1 import imports_pb2 as pb
from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


class SourceUnknown(Problem):
    """As profile says it."""

    code = Code.NOT_FOUND
    reason = "SOURCE_UNKNOWN"
    template = "There is no such source."


async def test_a_file_streams_into_the_store_and_is_named_to_profile(house: House) -> None:
    operation = operation_id("profile")
    house.peers.answers["CreateImport"] = pb.CreateImportResponse(operation=operations_pb2.Operation(id=operation))
    content = b"name;phone\n" + "Орлова;+7 900 000-00-01\n".encode() * 100_000
    fields = {"source": "congress", "kind": "hcp", "mapping": '[{"column": "name", "target": "full_name"}]'}

    answer = await house.http.post(
        "/v1/imports", headers=house.bearer(), data=fields, files={"file": ("список.csv", content)}
    )

    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/operations/{operation}"
    asked = house.peers.asked["CreateImport"][0]
    assert (asked.source, asked.kind, asked.file_name) == ("congress", "hcp", "список.csv")
    assert [(each.column, each.target) for each in asked.mapping] == [("name", "full_name")]
    kept = io.BytesIO()
    assert await house.files.fetch(asked.object, kept) == len(content)
    assert kept.getvalue() == content


async def test_a_refused_import_leaves_no_file(house: House) -> None:
    house.peers.answers["CreateImport"] = SourceUnknown()

    answer = await house.http.post(
        "/v1/imports", headers=house.bearer(), data={"source": "gone"}, files={"file": ("a.csv", b"x")}
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "SOURCE_UNKNOWN")
    with pytest.raises(FileUnknown):
        await house.files.fetch(house.peers.asked["CreateImport"][0].object, io.BytesIO())


async def test_a_repeated_key_never_writes_over_the_first_file(house: House) -> None:
    headers = {**house.bearer(), "Idempotency-Key": new_id()}
    data = {"source": "congress"}

    await house.http.post("/v1/imports", headers=headers, data=data, files={"file": ("a.csv", b"first")})
    house.peers.answers["CreateImport"] = IdempotencyKeyReused()
    again = await house.http.post("/v1/imports", headers=headers, data=data, files={"file": ("a.csv", b"second")})

    assert (again.status_code, again.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    first, second = house.peers.asked["CreateImport"]
    assert (first.content_sha256, first.request_id) == (hashlib.sha256(b"first").digest(), second.request_id)
    kept = io.BytesIO()
    assert await house.files.fetch(first.object, kept) == len(b"first")
    with pytest.raises(FileUnknown):
        await house.files.fetch(second.object, io.BytesIO())


async def test_a_file_stays_while_it_is_unknown_whether_its_import_began(house: House) -> None:
    house.peers.answers["CreateImport"] = DependencyUnavailable("the profile service")

    answer = await house.http.post(
        "/v1/imports", headers=house.bearer(), data={"source": "congress"}, files={"file": ("a.csv", b"x")}
    )

    assert answer.status_code == 503
    assert await house.files.fetch(house.peers.asked["CreateImport"][0].object, io.BytesIO()) == 1


async def test_wrong_uploads_are_refused_with_the_field(house: House) -> None:
    admin = house.bearer()
    file = {"file": ("a.csv", b"x")}

    async def refused(status: int, pointer: str, **request: object) -> None:
        answer = await house.http.post("/v1/imports", headers=admin, **request)  # type: ignore[arg-type]  # httpx' own
        assert answer.status_code == status, answer.text
        assert pointer in [each["pointer"] for each in answer.json().get("errors", [{"pointer": ""}])]

    await refused(422, "/source", files=file)
    await refused(422, "/file", files={"source": (None, "s")})
    await refused(422, "/colour", data={"source": "s", "colour": "red"}, files=file)
    await refused(422, "/mapping", data={"source": "s", "mapping": "{"}, files=file)
    await refused(422, "/mapping", data={"source": "s", "mapping": '[{"colour": 1}]'}, files=file)
    await refused(422, "/source", data={"source": "x" * 70_000}, files=file)
    await refused(422, "/file", data={"source": "s"}, files=[("file", ("a.csv", b"x")), ("file", ("b.csv", b"y"))])
    await refused(422, "/other", data={"source": "s"}, files={"other": ("a.csv", b"x")})
    await refused(415, "", json={"source": "s"})
    await refused(415, "", content=b"x")
    assert house.peers.asked["CreateImport"] == []


async def stored(house: House) -> set[str]:
    store = await house.gateway.bus.jetstream.object_store(f"{house.settings.namespace}-imports")
    try:
        return {str(each.name) for each in await store.list()}
    except NotFoundError:  # how the store says that it is empty
        return set()


async def test_a_body_that_breaks_off_leaves_nothing(house: House) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    headers = {**house.bearer(), "Content-Type": "multipart/form-data; boundary=b"}
    before = await stored(house)

    answer = await house.http.post("/v1/imports", headers=headers, content=head + b"x" * 300_000)

    assert (answer.status_code, answer.json()["code"]) == (400, "BODY_MALFORMED")
    assert await stored(house) == before


async def test_more_than_a_gibibyte_is_refused_by_its_length_alone(house: House) -> None:
    host, _, port = house.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST /v1/imports HTTP/1.1\r\nHost: {host}\r\nContent-Length: {2 << 30}\r\n\r\n".encode())

    answer = await reader.readuntil(b"}")

    assert answer.startswith(b"HTTP/1.1 413")
    assert b"BODY_TOO_LARGE" in answer
    writer.close()


async def test_fifty_megabytes_elsewhere_are_refused(house: House) -> None:
    answer = await house.http.post("/v1/segments:preview", headers=house.bearer(), content=b" " * (50 << 20))

    assert answer.status_code == 413


async def test_a_body_of_untold_length_is_refused_at_the_byte_that_goes_too_far(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * (32 << 10)

    headers = {**house.bearer(), "Content-Type": "application/json"}
    answer = await house.http.post("/v1/segments:preview", headers=headers, content=endless())

    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_rows_are_listed_by_verdict_and_corrected(house: House) -> None:
    import_id, admin = new_id(), house.bearer()
    house.peers.answers["ListRows"] = pb.ListRowsResponse(
        rows=[pb.Row(row=3, verdict=pb.VERDICT_REFUSED, cells=[pb.Cell(column="phone", verdict=pb.VERDICT_REFUSED)])],
        total=1,
    )

    listed = await house.http.get(f"/v1/imports/{import_id}/rows?verdict=refused&page_size=10", headers=admin)
    waiting = await house.http.get(f"/v1/imports/{import_id}/rows?state=pending", headers=admin)
    unknown = await house.http.get(f"/v1/imports/{import_id}/rows?state=lost", headers=admin)
    corrected = await house.http.patch(
        f"/v1/imports/{import_id}/rows/3", headers=admin, json={"cells": [{"column": "phone", "value": "+79000000001"}]}
    )

    assert listed.json()["items"][0]["verdict"] == "refused"
    assert listed.json()["total"] == 1
    assert house.peers.asked["ListRows"][0].verdict == pb.VERDICT_REFUSED
    assert (waiting.status_code, unknown.status_code) == (200, 422)
    assert [each.state for each in house.peers.asked["ListRows"]] == [0, pb.ROW_STATE_PENDING]
    assert corrected.status_code == 200
    asked = house.peers.asked["UpdateRow"][0]
    assert (getattr(asked, "import"), asked.row, asked.cells[0].value) == (import_id, 3, "+79000000001")


async def test_files_come_in_pieces_and_a_refusal_before_them_as_one(house: House) -> None:
    house.peers.answers["GetErrorFile"] = [pb.FileChunk(data=b"row;reason\n"), pb.FileChunk(data=b"3;PHONE\n")]
    admin = house.bearer()

    given = await house.http.get(f"/v1/imports/{new_id()}/error-file?format=csv", headers=admin)
    house.peers.answers["GetErrorFile"] = SourceUnknown()
    refused = await house.http.get(f"/v1/imports/{new_id()}/error-file", headers=admin)

    assert given.content == b"row;reason\n3;PHONE\n"
    assert "attachment" in given.headers["content-disposition"]
    assert refused.status_code == 404
