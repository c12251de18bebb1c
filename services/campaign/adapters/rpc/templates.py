"""Templates over gRPC: proto to command or query and back."""

from typing import Any

from chassis.grpc import principal_of
from chassis.kernel import Etag
from chassis.paging import Pages, page_size
from gen.consilium.campaign.v1 import templates_pb2 as pb
from gen.consilium.campaign.v1 import templates_pb2_grpc as pb_grpc
from services.campaign import queries
from services.campaign.adapters.letters import content_from, content_to
from services.campaign.adapters.messages import moment
from services.campaign.adapters.rpc.calls import caller_of, digest_of
from services.campaign.app import App
from services.campaign.commands import templates as commands
from services.campaign.domain.template import Template, TemplateVersion
from services.campaign.ports import Kept


class TemplatesServicer(pb_grpc.TemplatesServicer):
    """The Templates service."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app, self._pages = app, pages

    async def CreateTemplate(self, request: pb.CreateTemplateRequest, context: Any) -> pb.Template:
        """Create a template."""
        command = commands.CreateTemplate(
            name=request.name,
            channel=request.channel,
            draft=content_from(request.draft),
            key=request.request_id,
            digest=digest_of(request),
        )
        return template_to(await commands.create_template(command, caller_of(context), self._app))

    async def GetTemplate(self, request: pb.GetTemplateRequest, context: Any) -> pb.Template:
        """Get a template."""
        return template_to(await queries.get_template(request.id, caller_of(context), self._app))

    async def ListTemplates(self, request: pb.ListTemplatesRequest, context: Any) -> pb.ListTemplatesResponse:
        """List templates."""
        query = {"list": "templates", "workspace": principal_of(context).workspace, "archived": request.archived}
        page = await queries.list_templates(
            caller_of(context),
            self._app,
            archived=request.archived,
            size=page_size(request.page_size),
            after=self._pages.position(query, request.page_token),
        )
        return pb.ListTemplatesResponse(
            templates=[template_to(kept) for kept in page.items],
            next_page_token=self._pages.token(query, page.position),
            total=page.total,
        )

    async def UpdateTemplate(self, request: pb.UpdateTemplateRequest, context: Any) -> pb.Template:
        """Change name and draft."""
        command = commands.UpdateTemplate(
            template=request.id,
            name=request.name if request.HasField("name") else None,
            draft=content_from(request.draft) if request.HasField("draft") else None,
            expected=Etag.parse(request.etag),
        )
        return template_to(await commands.update_template(command, caller_of(context), self._app))

    async def ArchiveTemplate(self, request: pb.ArchiveTemplateRequest, context: Any) -> pb.Template:
        """Set a template aside."""
        command = commands.ArchiveTemplate(request.id)
        return template_to(await commands.archive_template(command, caller_of(context), self._app))

    async def PublishTemplate(self, request: pb.PublishTemplateRequest, context: Any) -> pb.TemplateVersion:
        """Freeze the draft as the next version."""
        command = commands.PublishTemplate(request.id, Etag.parse(request.etag))
        return version_to(await commands.publish_template(command, caller_of(context), self._app))

    async def GetTemplateVersion(self, request: pb.GetTemplateVersionRequest, context: Any) -> pb.TemplateVersion:
        """Get one version."""
        return version_to(
            await queries.get_template_version(request.template, request.version, caller_of(context), self._app)
        )

    async def FindPictureUse(self, request: pb.FindPictureUseRequest, context: Any) -> pb.FindPictureUseResponse:
        """Tell whether letters in use show a picture."""
        use = await queries.picture_use(request.picture, caller_of(context), self._app)
        return pb.FindPictureUseResponse(used=use.used, templates=use.templates)


def template_to(kept: Kept[Template]) -> pb.Template:
    """Tell a template."""
    template = kept.value
    return pb.Template(
        id=template.id,
        name=template.name,
        channel=template.channel,
        draft=content_to(template.draft),
        version=template.version,
        archived=template.archived,
        create_time=moment(template.created_at),
        update_time=moment(template.updated_at),
        etag=str(kept.etag),
        workspace=template.workspace,
    )


def version_to(version: TemplateVersion) -> pb.TemplateVersion:
    """Tell a version."""
    return pb.TemplateVersion(
        template=version.template,
        version=version.number,
        content=content_to(version.content),
        create_time=moment(version.published_at),
        workspace=version.workspace,
    )
