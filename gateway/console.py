"""The console's built files: its page at every address of its own, everything else by a name that never changes.

A browser that asks for an address of nobody gets the page too, with 404: the console says so in its reader's words.

Promise: the page carries a fresh nonce and the strictest policy that runs it; what it loads is named by its content and
may be kept for ever, and was compressed when it was built; nothing outside the built folder can be asked for.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from gateway.pages import by_browser

AREAS = ("clients", "segments", "campaigns", "letters", "reports", "base", "settings", "design", "signed-in")
"""First parts of the console's own addresses, as its router names them; a test compares the two."""

NONCE = "__NONCE__"
KEPT = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

# Not the machine's table: it differs from one to the next.
MEDIA = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

MISSING = (
    "The console is not built here. Build it with: make console-build\nThe API is at /v1, its documentation at /docs.\n"
)


def policy(nonce: str) -> str:
    """Return what the console's page may do: its own scripts and styles, pictures of letters, nothing else."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob: https:; font-src 'self'; connect-src 'self'; frame-src 'self' blob:; "
        "worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "object-src 'none'"
    )


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file as it lies there, with its compressed twins."""

    path: Path
    media: str
    encoded: dict[str, Path]


class Page:
    """The console's one page; without a built folder it says how to build it."""

    def __init__(self, folder: Path) -> None:
        """Read it from the built folder."""
        file = folder / "index.html"
        self._html = file.read_text() if file.is_file() else None

    @property
    def built(self) -> bool:
        """Tell whether it is there."""
        return self._html is not None

    def shown(self, status: int = 200) -> Response:
        """Answer it with a nonce of its own."""
        if self._html is None:
            return PlainTextResponse(MISSING, 503)
        nonce = secrets.token_urlsafe(18)
        headers = {"content-security-policy": policy(nonce), "cache-control": "no-store"}
        return HTMLResponse(self._html.replace(NONCE, nonce), status, headers=headers)

    def asked_by(self, request: Request) -> bool:
        """Tell whether it is a browser that follows an address, rather than a program that calls the API."""
        followed = request.method == "GET" and by_browser(request)
        return self.built and followed and not request.url.path.startswith("/v1/")


def routes(folder: Path, page: Page) -> list[Route]:
    """Return the console's routes over its built folder."""
    files = _files(folder) if page.built else {}

    async def console(_request: Request) -> Response:
        return page.shown()

    async def file(request: Request) -> Response:
        found = files.get(request.path_params["name"])
        if found is None:
            return PlainTextResponse("There is no such file; reload the page.\n", 404)
        accepted = request.headers.get("accept-encoding", "")
        headers = {"cache-control": KEPT, "vary": "accept-encoding"}
        for encoding, _ in ENCODINGS:
            if encoding in accepted and encoding in found.encoded:
                headers["content-encoding"] = encoding
                return FileResponse(found.encoded[encoding], media_type=found.media, headers=headers)
        return FileResponse(found.path, media_type=found.media, headers=headers)

    async def icon(_request: Request) -> Response:
        if not page.built:
            return PlainTextResponse(MISSING, 503)
        headers = {"cache-control": "public, max-age=86400"}
        return FileResponse(folder / "icon.svg", media_type="image/svg+xml", headers=headers)

    own = [Route("/", console), Route("/icon.svg", icon), Route("/console/{name}", file)]
    for area in AREAS:
        own += [Route(f"/{area}", console), Route(f"/{area}/{{rest:path}}", console)]
    return own


def _files(folder: Path) -> dict[str, BuiltFile]:
    found = {}
    for path in (folder / "console").iterdir():
        if path.suffix in {".br", ".gz"}:
            continue
        media = MEDIA.get(path.suffix, "application/octet-stream")
        twins = {encoding: path.with_name(path.name + suffix) for encoding, suffix in ENCODINGS}
        found[path.name] = BuiltFile(path, media, {name: twin for name, twin in twins.items() if twin.is_file()})
    return found
