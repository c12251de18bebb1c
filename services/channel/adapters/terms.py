"""How dictionaries call their codes, asked from profile and kept; implements the port Terms.

Promise: a dictionary is asked for once a minute while letters use it, whatever their number, and never while what is
known is fresh; what was known goes on holding while profile is away.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any

from chassis.grpc import Peer
from chassis.kernel import Code, Problem
from gen.consilium.profile.v1 import dictionaries_pb2, dictionaries_pb2_grpc
from services.channel.domain.variables import Words

FRESH_SECONDS = 60.0
_PAGE = 500


class ProfileTerms:
    """Names of terms, by dictionary and language."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._stub: Any = dictionaries_pb2_grpc.DictionariesStub(peer.channel)
        self._asking = asyncio.Lock()
        self._known: dict[str, tuple[float, list[tuple[str, dict[str, str]]]]] = {}
        self._words: dict[tuple[str, str], Mapping[str, str]] = {}

    async def words(self, dictionaries: Iterable[str], language: str) -> Words:
        """Give names by code; see the port."""
        return {name: await self._in(name, language) for name in dictionaries}

    async def _in(self, name: str, language: str) -> Mapping[str, str]:
        if not self._fresh(name):
            async with self._asking:
                if not self._fresh(name):
                    await self._refresh(name)
        if (name, language) not in self._words:
            general = language.partition("-")[0]
            named = [(code, names.get(language) or names.get(general)) for code, names in self._known[name][1]]
            self._words[name, language] = {code: word for code, word in named if word}
        return self._words[name, language]

    def _fresh(self, name: str) -> bool:
        return name in self._known and self._known[name][0] + FRESH_SECONDS > time.monotonic()

    async def _refresh(self, name: str) -> None:
        asked = time.monotonic()
        try:
            terms = await self._ask(name)
        except Problem as problem:
            if name not in self._known and problem.code is not Code.NOT_FOUND:
                raise
            # A list that nobody keeps has no names.
            terms = self._known[name][1] if name in self._known else []
        else:
            self._words = {key: words for key, words in self._words.items() if key[0] != name}
        self._known[name] = asked, terms

    async def _ask(self, name: str) -> list[tuple[str, dict[str, str]]]:
        terms: list[tuple[str, dict[str, str]]] = []
        token = ""
        while True:
            request = dictionaries_pb2.SearchTermsRequest(dictionary=name, page_size=_PAGE, page_token=token)
            answer = await self._peer.call(self._stub.SearchTerms, request)
            terms += [(term.code, dict(term.names)) for term in answer.terms]
            token = answer.next_page_token
            if not token:
                return terms
