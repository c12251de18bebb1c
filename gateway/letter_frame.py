"""The empty page in which the console shows a letter: at `/letter-frame`, for a frame of our own pages only.

Promise: the console's policy allows no inline style and a letter is nothing else, so that the letter is handed (by
`postMessage`, from our own origin) to this page, which has neither an origin nor anything of its own; it shows what it
was handed inside of a frame without any right: no script, no form, no way out. Nothing of a letter is in an address.
"""

from base64 import b64encode
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PATH = "/letter-frame"

_SCRIPT = (
    "addEventListener('message',function(e){"
    "if(e.source!==parent||e.origin!==location.origin||typeof e.data!=='string')return;"
    "var f=document.createElement('iframe');f.setAttribute('sandbox','');f.title=document.title;f.srcdoc=e.data;"
    "document.body.replaceChildren(f)})"
)
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Letter</title>'
    "<style>html,body,iframe{display:block;width:100%;height:100%;margin:0;border:0}</style></head>"
    f"<body><script>{_SCRIPT}</script></body></html>"
)

POLICY = (
    f"default-src 'none'; script-src 'sha256-{b64encode(sha256(_SCRIPT.encode()).digest()).decode()}'; "
    "style-src 'unsafe-inline'; img-src https: http: data:; font-src https: data:; form-action 'none'; "
    "frame-ancestors 'self'; base-uri 'none'; sandbox allow-scripts"
)
"""Of the page and, by inheritance, of the letter in it: styles and pictures, the page's one script, nothing else."""

_HEADERS = {"content-security-policy": POLICY, "x-frame-options": "SAMEORIGIN"}


async def _frame(_request: Request) -> Response:
    return HTMLResponse(_PAGE, headers=_HEADERS)


def routes() -> list[Route]:
    """Return the route of the empty page."""
    return [Route(PATH, _frame)]
