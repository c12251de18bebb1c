"""/v1/pictures and /i/{name}: pictures of letters, at addresses that nobody can guess.

Promise: only what is a PNG, a JPEG, a GIF or a WebP by its content is kept and served, as that and nothing else; what
lies at an address never changes, so that every letter shows what its author saw. A picture that letters in use show
stays; where they are set aside it can go, and with it the picture in letters that were sent long ago.
Limits: a picture is a megabyte at most, as any body; larger ones are slow in a letter anyway. A letter that begins to
show a picture while it is being deleted loses it.
"""

import io
import secrets
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from chassis.files import FileUnknown, SealedFiles
from chassis.kernel import Clock
from chassis.paging import Pages
from gateway.bodies import JsonRoute
from gateway.door import Caller, needs
from gateway.manner import PageSize, PageToken, written
from gateway.models.manner import CountedListing, Time, View
from gateway.peers import Peers
from gateway.problems import Refusal
from gateway.refusals import RequestRefused
from gateway.shelf import KeptPicture, Shelf
from gen.consilium.campaign.v1 import templates_pb2

BUCKET = "pictures"
BYTES = 1 << 30
"""Of the bucket: a thousand of the largest pictures, ten thousand of the usual ones."""

TYPES = "image/png, image/jpeg, image/gif, image/webp"
POLICY = "default-src 'none'; sandbox"
_BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES.split(", ")},
    }
}


PictureName = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", examples=["0" * 32])]
Reader = Annotated[Caller, needs("templates.read")]
Editor = Annotated[Caller, needs("templates.edit")]


class Picture(View):
    """A picture that letters may show."""

    id: str = Field(description="Its name, the last part of the address.")
    address: str = Field(description="Where everybody finds it who knows the address.")
    media_type: str = Field(description=f"What it is by its content: {TYPES}.")
    size: int = Field(description="Bytes.")
    create_time: Time = Field(description="When it was uploaded.")


def media_type_of(content: bytes) -> str | None:
    """Return what a picture is by its first bytes, None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def router(files: SealedFiles, shelf: Shelf, peers: Peers, pages: Pages, clock: Clock, public_url: str) -> APIRouter:
    """Build the routes over the bucket of pictures and what is known of them."""
    routes = APIRouter(route_class=JsonRoute, tags=["templates"])

    def told(picture: KeptPicture) -> dict[str, object]:
        return {
            "id": picture.name,
            "address": f"{public_url}/i/{picture.name}",
            "media_type": picture.media_type,
            "size": picture.size,
            "create_time": picture.created_at,
        }

    @routes.post(
        "/v1/pictures", response_model=Picture, status_code=201, openapi_extra=_BODY, summary="Upload a picture"
    )
    async def create_picture(request: Request, caller: Editor) -> Response:
        """Keeps a picture for letters; the body is the picture itself, judged by its content."""
        content = await request.body()
        media_type = media_type_of(content)
        if media_type is None:
            raise RequestRefused(Refusal(415, "MEDIA_TYPE_NOT_SUPPORTED", f"A picture is one of {TYPES}."))
        who, name = caller.principal, secrets.token_hex(16)
        picture = KeptPicture(name, who.workspace, media_type, len(content), clock.now())
        # Listed first: what a crash leaves behind can be seen and deleted.
        await shelf.add(picture, who.id)
        try:
            await files.put(name, _whole(content))
        except BaseException:
            await shelf.remove(name)
            raise
        shown = told(picture)
        return written(shown, 201, {"location": str(shown["address"])})

    @routes.get("/v1/pictures", response_model=CountedListing[Picture], summary="List pictures")
    async def list_pictures(caller: Reader, page_size: PageSize = 50, page_token: PageToken = "") -> Response:
        """Lists pictures of your workspace, newest first."""
        query = {"list": "pictures", "workspace": caller.principal.workspace}
        found = await shelf.page(query["workspace"], page_size, pages.position(query, page_token))
        items, token = [told(each) for each in found.pictures], pages.token(query, found.position)
        return written({"items": items, "next_page_token": token, "total": found.total})

    @routes.delete("/v1/pictures/{picture}", status_code=204, response_class=Response, summary="Delete a picture")
    async def delete_picture(picture: PictureName, caller: Editor) -> Response:
        """Deletes a picture that no letter in use shows: none of a template that is not set aside, none being sent."""
        if await shelf.get(picture, caller.principal.workspace) is None:
            raise FileUnknown
        request = templates_pb2.FindPictureUseRequest(picture=picture)
        use = await peers.templates.FindPictureUse(request, **caller.to("campaign"))
        if use.used:
            more = {"templates": list(use.templates)}
            raise RequestRefused(Refusal(409, "PICTURE_IN_USE", "Letters in use show the picture.", more=more))
        await files.delete(picture)
        await shelf.remove(picture)
        return Response(status_code=204)

    @routes.get(
        "/i/{name}",
        response_class=Response,
        responses={200: {"content": {kind: {} for kind in TYPES.split(", ")}, "description": "The picture."}},
        summary="A picture of a letter",
    )
    async def get_picture(name: PictureName) -> Response:
        """Gives a picture to whoever knows its address; it never changes."""
        held = io.BytesIO()
        await files.fetch(name, held)
        content = held.getvalue()
        headers = {
            "cache-control": "public, max-age=31536000, immutable",
            "content-security-policy": POLICY,
            "cross-origin-resource-policy": "cross-origin",  # webmail shows it from its own origin
        }
        return Response(content, media_type=media_type_of(content) or "application/octet-stream", headers=headers)

    return routes


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
