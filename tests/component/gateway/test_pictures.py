"""Pictures of letters: kept by their content, served to whoever knows the address."""

import pytest

from gateway.pictures import media_type_of
from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100_000)


async def test_a_picture_is_kept_and_shown_to_anybody_who_knows_its_address(house: House) -> None:
    answer = await house.http.post("/v1/pictures", headers=house.bearer(), content=PNG)

    assert (answer.status_code, answer.json()["media_type"], answer.json()["size"]) == (201, "image/png", len(PNG))
    shown = await house.http.get("/i/" + answer.json()["address"].rpartition("/")[2])
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (200, PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in shown.headers["cache-control"]
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>\x89PNG", b"GIF88a"])
async def test_what_is_no_picture_is_refused_whatever_it_calls_itself(house: House, content: bytes) -> None:
    headers = {**house.bearer(), "content-type": "image/png"}

    answer = await house.http.post("/v1/pictures", headers=headers, content=content)

    assert (answer.status_code, answer.json()["code"]) == (415, "MEDIA_TYPE_NOT_SUPPORTED")


async def test_a_picture_needs_somebody_who_makes_letters_and_an_address_that_exists(house: House) -> None:
    assert (await house.http.post("/v1/pictures", content=PNG)).status_code == 401
    assert (await house.http.get("/i/" + "0" * 32)).status_code == 404
    assert (await house.http.get("/i/no-name")).status_code == 404


async def test_a_picture_beyond_a_megabyte_is_too_large(house: House) -> None:
    answer = await house.http.post("/v1/pictures", headers=house.bearer(), content=PNG + bytes(1 << 20))

    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_the_first_bytes_tell_what_it_is() -> None:
    kinds = {b"\xff\xd8\xff\xe0": "image/jpeg", b"GIF89a": "image/gif", b"RIFF\0\0\0\0WEBPVP8 ": "image/webp"}

    assert {start: media_type_of(start) for start in kinds} == kinds
    assert media_type_of(b"RIFF\0\0\0\0WAVE") is None
