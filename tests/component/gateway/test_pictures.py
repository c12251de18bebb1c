"""Pictures of letters: kept by their content, served to whoever knows the address."""

import pytest

from chassis.files import bucket_name
from gateway.pictures import BUCKET, media_type_of
from gen.consilium.campaign.v1 import templates_pb2
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


async def test_pictures_are_listed_newest_first_and_each_workspace_sees_its_own(house: House) -> None:
    made = [
        (await house.http.post("/v1/pictures", headers=house.system("main"), content=PNG[: 100 + n])).json()
        for n in range(3)
    ]

    first = (await house.http.get("/v1/pictures?page_size=2", headers=house.system("main"))).json()
    token = first["next_page_token"]
    second = (await house.http.get(f"/v1/pictures?page_size=2&page_token={token}", headers=house.system("main"))).json()

    assert [each["id"] for each in first["items"]] == [made[2]["id"], made[1]["id"]]
    assert second["items"][0]["id"] == made[0]["id"]
    assert (first["total"], second["total"], second["next_page_token"]) == (3, 3, "")
    assert set(first["items"][0]) == {"id", "address", "media_type", "size", "create_time"}
    elsewhere = (await house.http.get("/v1/pictures", headers=house.system("partner"))).json()
    assert (elsewhere["items"], elsewhere["total"]) == ([], 0)
    foreign = await house.http.delete(f"/v1/pictures/{made[0]['id']}", headers=house.system("partner"))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "FILE_UNKNOWN")


async def test_a_picture_goes_once_no_letter_in_use_shows_it(house: House) -> None:
    made = (await house.http.post("/v1/pictures", headers=house.system(), content=PNG)).json()
    house.peers.answers["FindPictureUse"] = templates_pb2.FindPictureUseResponse(used=True, templates=["a-template"])

    kept = await house.http.delete(f"/v1/pictures/{made['id']}", headers=house.system())

    assert (kept.status_code, kept.json()["code"], kept.json()["templates"]) == (409, "PICTURE_IN_USE", ["a-template"])
    assert house.peers.asked["FindPictureUse"][0].picture == made["id"]
    assert (await house.http.get(f"/i/{made['id']}")).status_code == 200

    house.peers.answers["FindPictureUse"] = templates_pb2.FindPictureUseResponse()
    gone = await house.http.delete(f"/v1/pictures/{made['id']}", headers=house.system())

    assert (gone.status_code, gone.content) == (204, b"")
    assert (await house.http.get(f"/i/{made['id']}")).status_code == 404
    assert (await house.http.delete(f"/v1/pictures/{made['id']}", headers=house.system())).status_code == 404


async def test_a_full_place_is_named_and_frees_itself(house: House) -> None:
    name = bucket_name(house.gateway.bus, BUCKET)
    jetstream = house.gateway.bus.jetstream
    store = await jetstream.object_store(name)
    config = (await jetstream.stream_info(f"OBJ_{name}")).config
    before = config.max_bytes
    size = (await store.status()).size
    await jetstream.update_stream(config.evolve(max_bytes=size + 150_000))
    try:
        held = (await house.http.post("/v1/pictures", headers=house.system(), content=PNG)).json()
        total = (await house.http.get("/v1/pictures", headers=house.system())).json()["total"]

        refused = await house.http.post("/v1/pictures", headers=house.system(), content=PNG)

        assert (refused.status_code, refused.json()["code"]) == (409, "FILE_STORE_FULL")
        assert (await house.http.get("/v1/pictures", headers=house.system())).json()["total"] == total
        assert (await house.http.delete(f"/v1/pictures/{held['id']}", headers=house.system())).status_code == 204
        again = await house.http.post("/v1/pictures", headers=house.system(), content=PNG)
        assert again.status_code == 201
    finally:
        await jetstream.update_stream(config.evolve(max_bytes=before))
