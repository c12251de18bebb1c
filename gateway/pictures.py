"""/v1/pictures and /i/{name}: pictures of letters, at addresses that nobody can guess.

Promise: only what is a PNG, a JPEG, a GIF or a WebP by its content is kept and served, as that and nothing else; what
lies at an address never changes, so that every letter shows for ever what its author saw.
Limits: a picture is a megabyte at most, as any body; larger ones are slow in a letter anyway.
"""

import io
import secrets
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from chassis.files import SealedFiles
from gateway.bodies import JsonRoute
from gateway.door import Caller, needs
from gateway.manner import written
from gateway.problems import Refusal
from gateway.refusals import RequestRefused

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


class Picture(BaseModel):
    """A picture that letters may show."""

    address: str = Field(description="Where everybody finds it who knows the address.")
    media_type: str = Field(description=f"What it is by its content: {TYPES}.")
    size: int = Field(description="Bytes.")


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


def router(files: SealedFiles, public_url: str) -> APIRouter:
    """Build the routes over the bucket of pictures."""
    routes = APIRouter(route_class=JsonRoute, tags=["templates"])

    @routes.post(
        "/v1/pictures", response_model=Picture, status_code=201, openapi_extra=_BODY, summary="Upload a picture"
    )
    async def create_picture(request: Request, caller: Annotated[Caller, needs("templates.edit")]) -> Response:
        """Keeps a picture for letters; the body is the picture itself, judged by its content."""
        del caller
        content = await request.body()
        media_type = media_type_of(content)
        if media_type is None:
            raise RequestRefused(Refusal(415, "MEDIA_TYPE_NOT_SUPPORTED", f"A picture is one of {TYPES}."))
        name = secrets.token_hex(16)
        await files.put(name, _whole(content))
        address = f"{public_url}/i/{name}"
        return written({"address": address, "media_type": media_type, "size": len(content)}, 201, {"location": address})

    @routes.get(
        "/i/{name}",
        response_class=Response,
        responses={200: {"content": {kind: {} for kind in TYPES.split(", ")}, "description": "The picture."}},
        summary="A picture of a letter",
    )
    async def get_picture(name: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]) -> Response:
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
