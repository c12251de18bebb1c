"""The page for people and the JSON interface for programs, on loopback.

Hostile letters are the normal case: the page builds everything by `textContent`, a letter's HTML is shown only in a
sandboxed frame under a policy of its own (no scripts, no forms, pictures only when the reader asks), and requests
that name another host are refused, so that no site can reach in by a rebound name.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from deploy.local.mailbox.letters import Letter, Letters, opened
from deploy.local.mailbox.rules import MAX_RULES, RULES, Rule, Rulebook
from deploy.local.mailbox.smtp import Handler

_FILES = Path(__file__).parent / "page"
_MEDIA = {"page.html": "text/html", "page.js": "text/javascript", "page.css": "text/css"}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src {images}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def build(letters: Letters, rulebook: Rulebook, handler: Handler, rules_file: Path) -> FastAPI:
    """Make the application over the stores of the running mailbox; rules set here are kept in `rules_file`."""
    app = FastAPI(title="Mailbox", docs_url=None, redoc_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.middleware("http")(_harden)
    app.include_router(_pages())
    app.include_router(_letters(letters))
    app.include_router(_rules(rulebook, handler, rules_file))
    return app


async def _harden(request: Request, call_next: Any) -> Response:
    response: Response = await call_next(request)
    response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _pages() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def page() -> FileResponse:
        return FileResponse(_FILES / "page.html", media_type="text/html")

    @router.get("/page/{name}")
    def part(name: str) -> FileResponse:
        if name not in _MEDIA:
            raise HTTPException(404)
        return FileResponse(_FILES / name, media_type=_MEDIA[name])

    @router.get("/healthz")
    def alive() -> PlainTextResponse:
        return PlainTextResponse("ok")

    return router


def _letters(letters: Letters) -> APIRouter:
    router = APIRouter(prefix="/letters")

    def known(identifier: str) -> Letter:
        letter = letters.get(identifier)
        if letter is None:
            raise HTTPException(404, "No such letter.")
        return letter

    @router.get("")
    def find(
        recipient: Annotated[str, Query(max_length=320)] = "",
        text: Annotated[str, Query(max_length=200)] = "",
        after: Annotated[str, Query(pattern=r"^\d{0,12}$")] = "",
        oldest_first: bool = False,
        page_size: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        """List letters; `after` is the id of the last one seen, for reading on oldest first."""
        found = letters.find(recipient=recipient, text=text, after=after, newest_first=not oldest_first)
        return {"items": [asdict(letter) for letter in found[:page_size]], "total": len(found)}

    @router.get("/{identifier}")
    def read(identifier: str) -> dict[str, Any]:
        """Open one letter."""
        letter = known(identifier)
        return {**asdict(letter), **asdict(opened(letters.raw(letter)))}

    @router.get("/{identifier}/raw")
    def raw(identifier: str) -> Response:
        """Return the letter byte by byte, as a file to save."""
        letter = known(identifier)
        headers = {"Content-Disposition": f'attachment; filename="{letter.id}.eml"'}
        return Response(letters.raw(letter), media_type="application/octet-stream", headers=headers)

    @router.get("/{identifier}/html")
    def shown(identifier: str, images: bool = False) -> HTMLResponse:
        """Show the letter's HTML in a sandbox; remote pictures only with `images`, because they tell the sender."""
        policy = _LETTER_POLICY.format(images="http: https: data:" if images else "data:")
        html = opened(letters.raw(known(identifier))).html
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    @router.delete("/{identifier}", status_code=204)
    def remove(identifier: str) -> None:
        """Delete one letter."""
        if not letters.remove(identifier):
            raise HTTPException(404, "No such letter.")

    @router.delete("")
    def clear() -> dict[str, int]:
        """Delete all letters."""
        return {"deleted": letters.clear()}

    return router


def _rules(rulebook: Rulebook, handler: Handler, rules_file: Path) -> APIRouter:
    router = APIRouter()

    def keep(rules: list[Rule]) -> list[Rule]:
        if len(rules) > MAX_RULES:
            raise HTTPException(422, f"At most {MAX_RULES} rules.")
        rules_file.write_bytes(RULES.dump_json(rules, indent=1))
        rulebook.replace(rules)
        return rules

    @router.get("/rules")
    def listed() -> list[Rule]:
        """List the rules in force; the first that fits decides."""
        return rulebook.rules

    @router.post("/rules")
    def add(rules: list[Rule]) -> list[Rule]:
        """Put further rules before the present ones."""
        return keep([*rules, *rulebook.rules])

    @router.delete("/rules")
    def clear() -> list[Rule]:
        """Accept everybody again."""
        return keep([])

    @router.get("/refusals")
    def refusals() -> list[dict[str, Any]]:
        """List recipients whom a rule refused, delayed, cut off or will bounce, oldest first."""
        return [asdict(refusal) for refusal in handler.refusals]

    return router
