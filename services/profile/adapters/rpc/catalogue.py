"""The servicer of bases, sources and attributes."""

from typing import Any

from chassis.grpc import principal_of
from chassis.kernel import sees
from gen.consilium.profile.v1 import catalogue_pb2 as pb
from gen.consilium.profile.v1 import catalogue_pb2_grpc
from services.profile.app import App
from services.profile.commands.catalogue import create_attribute, create_base, create_source
from services.profile.domain.catalogue import KINDS, Attribute, PersonalClass, ValueType
from services.profile.domain.sources import Base, ConsentTerms, Source

SERVICE = "consilium.profile.v1.Catalogue"


class CatalogueServicer(catalogue_pb2_grpc.CatalogueServicer):
    """Answers `consilium.profile.v1.Catalogue`."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def ListBases(self, request: pb.ListBasesRequest, context: Any) -> pb.ListBasesResponse:
        """List the bases that the caller may see."""
        principal = principal_of(context)
        seeing = principal.workspaces if request.mine else (principal.workspace,)
        bases = [base for base in await self.app.settings.bases() if any(sees(each, base.key) for each in seeing)]
        return pb.ListBasesResponse(bases=[pb.Base(key=base.key, title=base.title) for base in bases])

    async def CreateBase(self, request: pb.CreateBaseRequest, context: Any) -> pb.Base:
        """Create a base."""
        del context
        known = await create_base(Base(request.base.key, request.base.title), self.app)
        return pb.Base(key=known.key, title=known.title)

    async def ListSources(self, request: pb.ListSourcesRequest, context: Any) -> pb.ListSourcesResponse:
        """List the sources of the caller's workspace."""
        del request
        principal = principal_of(context)
        sources = [source for source in await self.app.settings.sources() if principal.sees(source.base)]
        return pb.ListSourcesResponse(sources=[_source_to(source) for source in sources])

    async def CreateSource(self, request: pb.CreateSourceRequest, context: Any) -> pb.Source:
        """Create a source."""
        source = _source_from(request.source)
        return _source_to(await create_source(source, principal_of(context).workspace, self.app))

    async def ListAttributes(self, request: pb.ListAttributesRequest, context: Any) -> pb.ListAttributesResponse:
        """List the attributes."""
        del request, context
        return pb.ListAttributesResponse(
            attributes=[_attribute_to(each) for each in await self.app.settings.catalogue()]
        )

    async def CreateAttribute(self, request: pb.CreateAttributeRequest, context: Any) -> pb.Attribute:
        """Create an attribute."""
        del context
        said = request.attribute
        attribute = Attribute(
            key=said.key,
            type=ValueType(said.type),
            personal=PersonalClass(said.personal_class),
            kinds=frozenset(kind for kind in KINDS if kind in said.kinds) or KINDS,
            title=said.title,
            dictionary=said.dictionary or None,
            multi=said.multi,
        )
        return _attribute_to(await create_attribute(attribute, self.app))


def _source_from(said: pb.Source) -> Source:
    consent = None
    if said.HasField("consent") and said.consent.purpose:
        consent = ConsentTerms(said.consent.purpose, said.consent.topic, said.consent.wording)
    return Source(
        key=said.key,
        base=said.base,
        kind=said.kind,  # type: ignore[arg-type]  # its field rule allows these kinds only
        title=said.title,
        confirms=frozenset(said.confirms),
        priority=said.priority,
        key_columns=tuple(said.key_columns),
        external_id_kind=said.external_id_kind or None,
        country=said.country.upper() or "RU",
        consent=consent,
    )


def _source_to(source: Source) -> pb.Source:
    said = pb.Source(
        key=source.key,
        base=source.base,
        kind=source.kind,
        title=source.title,
        confirms=sorted(source.confirms),
        priority=source.priority,
        key_columns=source.key_columns,
        external_id_kind=source.external_id_kind or "",
        country=source.country,
    )
    if source.consent:
        said.consent.purpose = source.consent.purpose
        said.consent.topic = source.consent.topic
        said.consent.wording = source.consent.wording
    return said


def _attribute_to(attribute: Attribute) -> pb.Attribute:
    return pb.Attribute(
        key=attribute.key,
        title=attribute.title,
        type=attribute.type.value,
        kinds=[] if attribute.kinds == KINDS else sorted(attribute.kinds),
        multi=attribute.multi,
        dictionary=attribute.dictionary or "",
        personal_class=attribute.personal.value,
        built_in=attribute.builtin,
    )
