"""/v1/templates: what a letter says."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from gateway.bodies import JsonRoute
from gateway.convert import into, to_json
from gateway.door import Caller, needs
from gateway.manner import (
    IdempotencyKey,
    IfMatch,
    PageSize,
    PageToken,
    PathId,
    answered,
    created,
    etag_of,
    listed,
    written,
)
from gateway.models.manner import CountedListing, Listing
from gateway.models.templates import (
    LetterCheck,
    LetterPreview,
    NewTemplate,
    PatchTemplate,
    PreviewSaved,
    SendSaved,
    Template,
    TemplateVersion,
    TestSent,
    Variable,
)
from gateway.peers import Peers
from gen.consilium.campaign.v1 import templates_pb2 as pb
from gen.consilium.channel.v1 import messages_pb2

Reader = Annotated[Caller, needs("templates.read")]
Editor = Annotated[Caller, needs("templates.edit")]
Tester = Annotated[Caller, needs("campaigns.test")]


def router(peers: Peers) -> APIRouter:
    """Build the routes over the services that answer them."""
    routes = APIRouter(route_class=JsonRoute, prefix="/v1", tags=["templates"])

    @routes.get("/template-variables", response_model=Listing[Variable], summary="What a letter may hold of its reader")
    async def list_template_variables(caller: Reader) -> Response:
        """Lists the variables of letters with their titles and how a value looks."""
        found = await peers.letters.ListVariables(messages_pb2.ListVariablesRequest(), **caller.to("channel"))
        return written({"items": [to_json(each) for each in found.variables], "next_page_token": ""})

    @routes.get("/templates", response_model=CountedListing[Template], summary="List templates")
    async def list_templates(
        caller: Reader, page_size: PageSize = 50, page_token: PageToken = "", archived: bool = False
    ) -> Response:
        """Lists templates of your workspace, last changed first."""
        request = pb.ListTemplatesRequest(page_size=page_size, page_token=page_token, archived=archived)
        return listed(await peers.templates.ListTemplates(request, **caller.to("campaign")), "templates")

    @routes.post("/templates", response_model=Template, status_code=201, summary="Create a template")
    async def create_template(body: NewTemplate, caller: Editor, idempotency_key: IdempotencyKey = None) -> Response:
        """Creates a template with its first draft."""
        request = pb.CreateTemplateRequest(request_id=idempotency_key or "")
        into(request, body.model_dump(exclude_unset=True))
        template = await peers.templates.CreateTemplate(request, **caller.to("campaign"))
        return created(template, f"/v1/templates/{template.id}")

    @routes.get("/templates/{template}", response_model=Template, summary="Get a template")
    async def get_template(template: PathId, caller: Reader) -> Response:
        """Gives a template with its draft."""
        return answered(await peers.templates.GetTemplate(pb.GetTemplateRequest(id=template), **caller.to("campaign")))

    @routes.patch("/templates/{template}", response_model=Template, summary="Change a template")
    async def update_template(
        template: PathId, body: PatchTemplate, caller: Editor, if_match: IfMatch = None
    ) -> Response:
        """Changes the name or the draft; published versions stay as they are."""
        request = pb.UpdateTemplateRequest(id=template, etag=etag_of(if_match))
        into(request, body.model_dump(exclude_unset=True))
        return answered(await peers.templates.UpdateTemplate(request, **caller.to("campaign")))

    @routes.post("/templates/{template}:archive", response_model=Template, summary="Set a template aside")
    async def archive_template(template: PathId, caller: Editor) -> Response:
        """Sets a template aside."""
        request = pb.ArchiveTemplateRequest(id=template)
        return answered(await peers.templates.ArchiveTemplate(request, **caller.to("campaign")))

    @routes.post("/templates/{template}:publish", response_model=TemplateVersion, summary="Publish a template")
    async def publish_template(template: PathId, caller: Editor, if_match: IfMatch = None) -> Response:
        """Freezes the draft as the next version; an unchanged draft answers the last one."""
        request = pb.PublishTemplateRequest(id=template, etag=etag_of(if_match))
        return answered(await peers.templates.PublishTemplate(request, **caller.to("campaign")))

    @routes.get("/templates/{template}/versions/{version}", response_model=TemplateVersion, summary="Get a version")
    async def get_template_version(
        template: PathId, version: Annotated[int, Path(ge=1, le=2**31 - 1)], caller: Reader
    ) -> Response:
        """Gives a published version, which never changes."""
        request = pb.GetTemplateVersionRequest(template=template, version=version)
        return answered(await peers.templates.GetTemplateVersion(request, **caller.to("campaign")))

    async def draft_of(template: str, caller: Caller) -> pb.LetterContent:
        request = pb.GetTemplateRequest(id=template)
        return (await peers.templates.GetTemplate(request, **caller.to("campaign"))).draft

    @routes.post("/templates/{template}:check", response_model=LetterCheck, summary="Check a template")
    async def check_template(template: PathId, caller: Reader) -> Response:
        """Checks the draft: Liquid, MJML, links, variables, unsubscribe."""
        request = messages_pb2.CheckLetterRequest(content=await draft_of(template, caller))
        return answered(await peers.letters.CheckLetter(request, **caller.to("channel")))

    @routes.post("/templates/{template}:preview", response_model=LetterPreview, summary="See it as a person would")
    async def preview_template(template: PathId, body: PreviewSaved, caller: Reader) -> Response:
        """Renders the draft for a person, or with its fallbacks; nothing is stored or sent."""
        request = messages_pb2.PreviewLetterRequest(
            content=await draft_of(template, caller), profile=body.profile or ""
        )
        return answered(await peers.letters.PreviewLetter(request, **caller.to("channel")))

    @routes.post("/templates/{template}:test", response_model=TestSent, summary="Send a test letter")
    async def test_template(template: PathId, body: SendSaved, caller: Tester) -> Response:
        """Sends the draft to up to ten addresses, marked as a test; never counted."""
        request = messages_pb2.SendTestRequest(content=await draft_of(template, caller))
        into(request, body.model_dump(exclude_unset=True))
        return answered(await peers.letters.SendTest(request, **caller.to("channel", 30)))

    return routes
