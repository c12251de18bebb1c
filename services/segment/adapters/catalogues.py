"""The installation's attributes and the titles of its codes, asked from profile and kept for seconds."""

import time
from collections.abc import Mapping
from typing import Any

from chassis.grpc import Peer
from chassis.kernel import Code, Problem
from gen.consilium.profile.v1 import catalogue_pb2, catalogue_pb2_grpc, dictionaries_pb2, dictionaries_pb2_grpc
from services.segment.domain.catalogue import BUILT_IN, Attribute, AttributeType, Catalogue
from services.segment.domain.rule import AffiliationLeaf, AttributeLeaf, BaseLeaf, ConsentLeaf, Node, leaves
from services.segment.domain.sentence import Titles

_FRESH = 5.0  # seconds until a changed attribute is noticed; a new one is noticed at once
_TITLES_FRESH = 300.0  # titles of codes hardly ever change
_PAGE = 500

_PARTS: Mapping[str, str] = {
    "specialty": "specialties", "position": "positions", "city": "cities", "region": "regions", "degree": "degrees",
    "purpose": "purposes", "topic": "topics",
}  # fmt: skip
"""Dictionary by the part of a workplace or a consent that it names."""
_HIDDEN = "health"


class PeerCatalogues:
    """Asks profile; what was known goes on holding while profile is away."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._catalogue_stub: Any = catalogue_pb2_grpc.CatalogueStub(peer.channel)
        self._dictionary_stub: Any = dictionaries_pb2_grpc.DictionariesStub(peer.channel)
        self._attributes: tuple[float, Catalogue] | None = None
        self._terms: dict[str, tuple[float, dict[str, Mapping[str, str]]]] = {}
        self._organisations: dict[str, tuple[float, str]] = {}
        self._bases: tuple[float, Mapping[str, str]] | None = None

    async def attributes(self, *, fresh: bool = False) -> Catalogue:
        """Return the attributes, at most seconds old; asked anew where something unknown was met (`fresh`)."""
        known = self._attributes
        if known is not None and not fresh and known[0] + _FRESH > time.monotonic():
            return known[1]
        asked = time.monotonic()
        try:
            answer = await self._peer.call(self._catalogue_stub.ListAttributes, catalogue_pb2.ListAttributesRequest())
        except Problem as problem:
            if known is None or problem.code is not Code.UNAVAILABLE:
                raise
            return known[1]
        found = Catalogue((*BUILT_IN, *(_attribute(each) for each in answer.attributes)))
        self._attributes = (asked, found)
        return found

    async def titles(self, rule: Node, language: str) -> Titles:
        """Return how people call the codes of a rule; a code without a title stands for itself."""
        catalogue = await self.attributes()
        found: dict[tuple[str, str], str] = {}
        for leaf in leaves(rule):
            if isinstance(leaf, AttributeLeaf):
                attribute = catalogue.find(leaf.attribute)
                if attribute is not None and attribute.dictionary:
                    codes = tuple(value for value in leaf.values if isinstance(value, str))
                    await self._add(found, leaf.attribute, attribute.dictionary, codes, language)
            elif isinstance(leaf, BaseLeaf):
                found.update({("base", key): title for key, title in (await self._base_titles()).items()})
            elif isinstance(leaf, AffiliationLeaf | ConsentLeaf):
                for part, codes in leaf.parts():
                    if part == "organisation":
                        for code in codes[:10]:  # a sentence shows five; asking for a thousand would help nobody
                            found[part, code] = await self._organisation(code)
                    elif part == "controller":
                        found.update({(part, key): title for key, title in (await self._base_titles()).items()})
                    elif part in _PARTS:
                        await self._add(found, part, _PARTS[part], codes, language)
        return lambda kind, code: found.get((kind, code), code)

    async def _add(
        self, found: dict[tuple[str, str], str], kind: str, dictionary: str, codes: tuple[str, ...], language: str
    ) -> None:
        terms = await self._dictionary(dictionary)
        for code in codes:
            names = terms.get(code)
            if names:
                found[kind, code] = names.get(language) or next(iter(names.values()))

    async def _dictionary(self, name: str) -> Mapping[str, Mapping[str, str]]:
        known = self._terms.get(name)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        terms: dict[str, Mapping[str, str]] = {}
        token = ""
        try:
            while True:
                request = dictionaries_pb2.SearchTermsRequest(dictionary=name, page_size=_PAGE, page_token=token)
                answer = await self._peer.call(self._dictionary_stub.SearchTerms, request)
                terms.update({term.code: dict(term.names) for term in answer.terms})
                token = answer.next_page_token
                if not token:
                    break
        except Problem:
            # Titles are a courtesy: a sentence with codes is better than no answer.
            return known[1] if known else {}
        self._terms[name] = (time.monotonic() + _TITLES_FRESH, terms)
        return terms

    async def _base_titles(self) -> Mapping[str, str]:
        if self._bases is None or self._bases[0] <= time.monotonic():
            try:
                answer = await self._peer.call(self._catalogue_stub.ListBases, catalogue_pb2.ListBasesRequest())
            except Problem:
                return self._bases[1] if self._bases else {}
            titles = {base.key: base.title for base in answer.bases if base.title}
            self._bases = (time.monotonic() + _TITLES_FRESH, titles)
        return self._bases[1]

    async def _organisation(self, organisation: str) -> str:
        known = self._organisations.get(organisation)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        try:
            request = dictionaries_pb2.GetOrganisationRequest(id=organisation)
            answer = await self._peer.call(self._dictionary_stub.GetOrganisation, request)
        except Problem:
            return known[1] if known else organisation
        self._organisations[organisation] = (time.monotonic() + _TITLES_FRESH, answer.name)
        return str(answer.name)


def _attribute(attribute: Any) -> Attribute:
    built_in = BUILT_IN.find(attribute.key)
    titles = built_in.titles if built_in else {"ru": attribute.title, "en": attribute.title}
    return Attribute(
        key=attribute.key,
        type=AttributeType(attribute.type),
        titles=titles,
        indexed=attribute.personal_class != _HIDDEN,
        multi=attribute.multi,
        dictionary=attribute.dictionary or (built_in.dictionary if built_in else ""),
    )
