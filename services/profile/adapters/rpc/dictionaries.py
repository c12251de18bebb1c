"""Dictionaries and organisations over gRPC: proto to command or query, and back. No rules."""

from typing import Any

from chassis.grpc import principal_of
from chassis.kernel import Etag
from chassis.paging import Pages, page_size
from gen.consilium.profile.v1 import dictionaries_pb2 as pb
from gen.consilium.profile.v1 import dictionaries_pb2_grpc as pb_grpc
from services.profile.adapters.rpc.manner import request_of
from services.profile.domain.dictionaries import Term
from services.profile.domain.normal.text import folded
from services.profile.domain.organisations import Organisation
from services.profile.imports import directory
from services.profile.imports.intake import Intake


class DictionariesServicer(pb_grpc.DictionariesServicer):
    """The Dictionaries service."""

    def __init__(self, intake: Intake, pages: Pages) -> None:
        self._intake, self._pages = intake, pages

    async def ListDictionaries(self, request: pb.ListDictionariesRequest, context: Any) -> pb.ListDictionariesResponse:
        """List the dictionaries."""
        del request, context
        known = (await self._intake.dictionaries.all()).values()
        return pb.ListDictionariesResponse(
            dictionaries=[pb.Dictionary(name=each.name, version=each.version, terms=len(each.terms)) for each in known]
        )

    async def SearchTerms(self, request: pb.SearchTermsRequest, context: Any) -> pb.SearchTermsResponse:
        """Find terms."""
        del context
        dictionary = await directory.dictionary_named(request.dictionary, self._intake)
        # The version is part of the query: a page after a change would skip or repeat terms.
        query = {"list": dictionary.name, "text": request.text, "version": dictionary.version}
        start = self._pages.position(query, request.page_token) or 0
        end = start + page_size(request.page_size)
        found = dictionary.search(request.text)
        return pb.SearchTermsResponse(
            terms=[term_to(term) for term in found[start:end]],
            next_page_token=self._pages.token(query, end if end < len(found) else None),
            total=len(found),
        )

    async def PutTerm(self, request: pb.PutTermRequest, context: Any) -> pb.Term:
        """Add or replace a term."""
        del context
        return term_to(await directory.put_term(request.dictionary, term_from(request.term), self._intake))

    async def GetOrganisation(self, request: pb.GetOrganisationRequest, context: Any) -> pb.Organisation:
        """Get an organisation."""
        del context
        return organisation_to(await directory.organisation_of(request.id, self._intake))

    async def SearchOrganisations(
        self, request: pb.SearchOrganisationsRequest, context: Any
    ) -> pb.SearchOrganisationsResponse:
        """Find organisations."""
        del context
        query = {"list": "organisations", "text": request.text}
        size = page_size(request.page_size)
        position = self._pages.position(query, request.page_token)
        after = (position[0], position[1]) if position else None
        found = await self._intake.organisations.search(request.text, after, size + 1)
        last = found[size - 1] if len(found) > size else None
        return pb.SearchOrganisationsResponse(
            organisations=[organisation_to(each) for each in found[:size]],
            next_page_token=self._pages.token(query, [folded(last.name), last.id] if last else None),
            total=await self._intake.organisations.count(request.text),
        )

    async def CreateOrganisation(self, request: pb.CreateOrganisationRequest, context: Any) -> pb.Organisation:
        """Create an organisation; its id is made of its name and place, so that a repeat answers the same."""
        asked = request_of(principal_of(context), request.organisation, request.request_id)
        return organisation_to(
            await directory.create_organisation(fields_from(request.organisation), asked, self._intake)
        )

    async def UpdateOrganisation(self, request: pb.UpdateOrganisationRequest, context: Any) -> pb.Organisation:
        """Change an organisation."""
        del context
        wanted = request.organisation
        changed = await directory.update_organisation(
            wanted.id, fields_from(wanted), Etag.parse(wanted.etag), self._intake
        )
        return organisation_to(changed)


def term_from(message: pb.Term) -> Term:
    """Read a term."""
    return Term(
        message.code,
        dict(message.names),
        tuple(message.synonyms),
        message.parent or None,
        message.time_zone or None,
    )


def term_to(term: Term) -> pb.Term:
    """Give a term as it travels."""
    return pb.Term(
        code=term.code,
        names=dict(term.names),
        synonyms=term.synonyms,
        parent=term.parent or "",
        time_zone=term.time_zone or "",
    )


def fields_from(message: pb.Organisation) -> directory.OrganisationFields:
    """Read what a steward says of an organisation."""
    return directory.OrganisationFields(
        message.name, tuple(message.synonyms), message.parent or None, message.city or None
    )


def organisation_to(organisation: Organisation) -> pb.Organisation:
    """Give an organisation as it travels."""
    return pb.Organisation(
        id=organisation.id,
        name=organisation.name,
        synonyms=organisation.synonyms,
        parent=organisation.parent or "",
        city=organisation.city or "",
        etag=str(Etag(organisation.version, 0, organisation.id)),
    )
