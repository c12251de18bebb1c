"""The API's own documentation: /docs and /openapi.json, without anything from outside."""

from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from gateway.headers import PAGE_POLICY
from gateway.manner import PROBLEMS
from gateway.models.manner import ProblemView

OWN = Path(__file__).parent / "static"
SWAGGER = Path(fastapi_offline.__file__).parent / "static"

ASSETS = {
    "pages.css": (OWN / "pages.css", "text/css"),
    "docs.js": (OWN / "docs.js", "text/javascript"),
    "swagger-ui.css": (SWAGGER / "swagger-ui.css", "text/css"),
    "swagger-ui-bundle.js": (SWAGGER / "swagger-ui-bundle.js", "text/javascript"),
}
"""Everything that our pages load, by name; nothing else can be asked for."""

ABOUT = """
People, segments, campaigns and what came of them. People sign in at `/auth/sign-in`; systems send
`Authorization: Bearer` (client credentials at the sign-in provider) or `X-API-Key`.

Changes take `If-Match`, creations and verbs take `Idempotency-Key`; refusals are `application/problem+json`. Each verb
`/things/{id}:verb` also answers at `/things/{id}/verb`, and PATCH and DELETE may come as POST with
`X-HTTP-Method-Override`. `X-Consilium-Workspace` chooses a workspace among the caller's. In a feature freeze
(`/v1/freezes`) publishing, imports and new rights are 409 `FROZEN`; who may override it names it in
`X-Consilium-Freeze-Override`.
"""

_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Consilium API</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="stylesheet" href="/assets/swagger-ui.css"></head><body><div id="docs"></div>'
    '<script src="/assets/swagger-ui-bundle.js"></script><script src="/assets/docs.js"></script></body></html>'
)


async def _docs(_request: Request) -> Response:
    return HTMLResponse(_PAGE, headers={"content-security-policy": PAGE_POLICY})


async def _asset(request: Request) -> Response:
    path, media = ASSETS[request.path_params["name"]]
    return FileResponse(path, media_type=media, headers={"cache-control": "public, max-age=3600"})


def routes() -> list[Route]:
    """Return the routes of the documentation and of the assets that our pages use."""
    assets = [Route(f"/assets/{name}", _asset_of(name)) for name in ASSETS]
    return [Route("/docs", _docs), *assets]


def _asset_of(name: str) -> Any:
    async def asset(request: Request) -> Response:
        request.path_params["name"] = name
        return await _asset(request)

    return asset


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document: every route, how to sign in, and the one form of refusals."""
    document = get_openapi(title="Consilium", version=app.version, description=ABOUT, routes=app.routes)
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["ProblemView"] = ProblemView.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    components["schemas"].update(components["schemas"]["ProblemView"].pop("$defs", {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-consilium"},
    }
    components["responses"] = {f"Problem{status}": answer for status, answer in PROBLEMS.items()}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            answers = operation["responses"]
            for status in PROBLEMS:
                answers.pop(str(status), None)
                if path.startswith("/v1/"):
                    answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
            if path.startswith("/v1/"):
                operation["security"] = [{"bearer": []}, {"api_key": []}, {"session": []}]
    return document
