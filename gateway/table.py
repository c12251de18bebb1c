"""Which route answers an address: looked up by the address's first words, not tried one after the other.

Promise: the answer is that of trying every route in its order (the first that fits wins, 405 where only the method
does not fit, 404 where nothing does); what a request costs does not grow with the number of resources.
"""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send


class Table(APIRouter):
    """Every route of the application. Each address begins with a literal word."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        super().__init__(routes=list(routes), redirect_slashes=False)
        by_word: dict[str, list[Route]] = {}
        for route in routes:
            if not isinstance(route, Route) or "{" in _word(route.path):
                raise TypeError(f"{route} does not begin with a literal word")
            by_word.setdefault(_word(route.path), []).append(route)
        self._by_word = {word: _some(found) for word, found in by_word.items()}
        self._by_address = {
            route.path: _some([each for each in by_word[_word(route.path)] if each.path_regex.match(route.path)])
            for found in by_word.values()
            for route in found
            if "{" not in route.path
        }
        self._nothing = _some([])

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the few routes that may fit."""
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        path = scope["path"]
        found = self._by_address.get(path) or self._by_word.get(_word(path), self._nothing)
        await found.app(scope, receive, send)


def _word(path: str) -> str:
    """Return the word that names the resource: `profiles` of `/v1/profiles/7:archive`, `o` of `/o/token.gif`."""
    _, first, *rest = path.split("/", 3) if path.startswith("/") else ("", path)
    word = rest[0] if first == "v1" and rest else first
    return word.partition(":")[0]


def _some(routes: Sequence[BaseRoute]) -> APIRouter:
    return APIRouter(routes=list(routes), redirect_slashes=False)
