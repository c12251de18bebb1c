"""channel's gRPC services: proto to command or query and back. No rules."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.grpc import principal_of
from chassis.paging import Pages, page_size
from gen.consilium.campaign.v1 import templates_pb2
from gen.consilium.channel.v1 import messages_pb2 as pb
from gen.consilium.channel.v1 import messages_pb2_grpc
from services.channel import commands, queries
from services.channel.adapters.messages import OUTCOMES, mark_to
from services.channel.adapters.peers import content_from
from services.channel.commands import SetPreferences, Visit
from services.channel.domain.letter import LetterFinding
from services.channel.domain.message import Outcome, Seen, State
from services.channel.domain.preferences import masked
from services.channel.domain.sending import Reply, Verdict
from services.channel.domain.variables import VARIABLES
from services.channel.ports import App

MESSAGES, LETTERS, LINKS = (f"consilium.channel.v1.{name}" for name in ("Messages", "Letters", "Links"))
_STATES = {state: pb.MessageState.Value(f"MESSAGE_STATE_{state.name}") for state in State}
_BY_NUMBER = {number: outcome for outcome, number in OUTCOMES.items()}
Context = Any


class Messages(messages_pb2_grpc.MessagesServicer):
    """What became of each message."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app, self._pages = app, pages

    async def GetMessage(self, request: pb.GetMessageRequest, context: Context) -> pb.Message:
        return message_to(await queries.get_message(request.id, principal_of(context).workspace, self._app))

    async def ListMessages(self, request: pb.ListMessagesRequest, context: Context) -> pb.ListMessagesResponse:
        workspace = principal_of(context).workspace
        condition = _condition(request)
        query = {**condition, "profile": request.profile, "workspace": workspace}
        after = self._pages.position(query, request.page_token)
        size = page_size(request.page_size)
        page = await queries.list_messages(condition, request.profile, workspace, after, size, self._app)
        return pb.ListMessagesResponse(
            messages=[message_to(seen, page.person) for seen in page.messages],
            next_page_token=self._pages.token(query, page.next),
            total=page.total,
            total_at_least=page.more,
        )

    async def CountMessages(self, request: pb.CountMessagesRequest, context: Context) -> pb.CountMessagesResponse:
        counts = await queries.count_messages(
            request.campaign, request.entry, principal_of(context).workspace, self._app
        )
        return pb.CountMessagesResponse(
            requested=counts.requested,
            outcomes=counts.outcomes,
            marks=counts.marks,
            open=counts.open,
            reasons=counts.reasons,
            links=[
                pb.LinkCount(
                    link=each.link,
                    address=each.address,
                    count=each.count,
                    template=each.template,
                    template_version=each.template_version,
                )
                for each in counts.links
            ],
        )

    async def RepeatMessage(self, request: pb.RepeatMessageRequest, context: Context) -> pb.Message:
        return message_to(await commands.repeat_message(request.id, principal_of(context).workspace, self._app))


class Letters(messages_pb2_grpc.LettersServicer):
    """How a template looks, and whether it may be sent."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def CheckLetter(self, request: pb.CheckLetterRequest, _: Context) -> pb.CheckLetterResponse:
        report = queries.check_letter(content_from(request.content), self._app)
        return pb.CheckLetterResponse(
            problems=[_problem_to(finding, request.content) for finding in report.findings],
            variables=report.variables,
            links=report.links,
            size=report.size,
        )

    async def ListVariables(self, _: pb.ListVariablesRequest, __: Context) -> pb.ListVariablesResponse:
        return pb.ListVariablesResponse(
            variables=[
                pb.Variable(name=each.name, kind=each.kind, titles=each.titles, samples=each.samples)
                for each in VARIABLES
            ]
        )

    async def PreviewLetter(self, request: pb.PreviewLetterRequest, context: Context) -> pb.PreviewLetterResponse:
        workspace = principal_of(context).workspace
        content = content_from(request.content)
        preview = await queries.preview_letter(content, request.profile, workspace, self._app)
        return pb.PreviewLetterResponse(
            subject=preview.letter.subject,
            preheader=preview.letter.preheader,
            html=preview.letter.html,
            text=preview.letter.text,
            fallbacks_used=preview.fallbacks_used,
        )

    async def SendTest(self, request: pb.SendTestRequest, context: Context) -> pb.SendTestResponse:
        replies = await commands.send_test(
            content_from(request.content),
            list(request.addresses),
            profile=request.profile,
            controller=request.controller,
            workspace=principal_of(context).workspace,
            app=self._app,
        )
        return pb.SendTestResponse(results=[_result(reply) for reply in replies])


class Links(messages_pb2_grpc.LinksServicer):
    """What the recipient's own doors do; the token is the credential."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def RecordOpen(self, request: pb.RecordOpenRequest, _: Context) -> pb.RecordOpenResponse:
        await commands.record_open(request.token, self._visit(request), self._app)
        return pb.RecordOpenResponse()

    async def RecordClick(self, request: pb.RecordClickRequest, _: Context) -> pb.RecordClickResponse:
        return pb.RecordClickResponse(url=await commands.record_click(request.token, self._visit(request), self._app))

    async def GetUnsubscribe(self, request: pb.GetUnsubscribeRequest, _: Context) -> pb.GetUnsubscribeResponse:
        wish = await queries.look_at_unsubscribe(request.token, self._app)
        return pb.GetUnsubscribeResponse(
            controller=wish.controller,
            topic=wish.topic,
            masked_address=masked("email", wish.address),
            unsubscribed=wish.unsubscribed,
            language=wish.language,
        )

    async def Unsubscribe(self, request: pb.UnsubscribeRequest, _: Context) -> pb.UnsubscribeResponse:
        controller, language = await commands.unsubscribe(request.token, self._visit(request), self._app)
        return pb.UnsubscribeResponse(controller=controller, language=language)

    async def GetPreferences(self, request: pb.GetPreferencesRequest, _: Context) -> pb.Preferences:
        return _preferences(await queries.look_at_preferences(request.token, self._app))

    async def SetPreferences(self, request: pb.SetPreferencesRequest, _: Context) -> pb.Preferences:
        command = SetPreferences(request.token, list(request.granted), list(request.withdrawn), request.nothing)
        return _preferences(await commands.set_preferences(command, self._visit(request), self._app))

    async def GetLetter(self, request: pb.GetLetterRequest, _: Context) -> pb.GetLetterResponse:
        return pb.GetLetterResponse(html=(await queries.read_letter(request.token, self._app)).html)

    def _visit(self, request: Any) -> Visit:
        # The gateway's clock may run ahead; what has not happened yet is not written.
        now = self._app.clock.now()
        told = request.visit.time.ToDatetime(now.tzinfo) if request.visit.HasField("time") else now
        return Visit(request.visit.agent or "unknown", min(told, now))


def _condition(request: pb.ListMessagesRequest) -> dict[str, Any]:
    condition: dict[str, Any] = {}
    if request.campaign:
        condition["campaign"] = request.campaign
    if request.entry:
        condition["entry"] = request.entry
    if request.outcomes:
        condition["outcome"] = {"$in": [str(_BY_NUMBER[number]) for number in request.outcomes if number]}
    if request.reasons:
        condition["reason"] = {"$in": list(request.reasons)}
    if request.unfinished:
        condition["state"] = {"$ne": str(State.DONE)}
    human = {} if request.machines else {"machine": False}
    marks: list[dict[str, Any]] = []
    if request.mark:
        marks.append({"kind": request.mark, **human})
    if request.HasField("link"):
        marks.append({"kind": "clicked", "link": request.link, **human})
    if request.bounce_class:
        marks.append({"kind": "bounced-later", "bounce_class": request.bounce_class})
    if marks:
        condition["$and"] = [{"marks": {"$elemMatch": mark}} for mark in marks]
    return condition


def message_to(seen: Seen, person: str = "") -> pb.Message:
    """Write a message for a screen; `person` is whose it is now, where that is known."""
    message, order = seen.message, seen.message.order
    made = pb.Message(
        id=message.id,
        campaign=order.campaign,
        entry=order.entry,
        node=order.node,
        profile=person or message.person or message.profile,
        channel=message.channel,
        state=_STATES[seen.state],
        outcome=OUTCOMES[Outcome(seen.outcome)] if seen.outcome else pb.OUTCOME_UNSPECIFIED,
        reason=seen.reason,
        provider_code=seen.provider_code,
        template=order.template,
        template_version=order.template_version,
        record=message.record,
        marks=[mark_to(mark) for mark in seen.marks],
        attempts=message.attempts,
    )
    moments: Mapping[str, datetime | None] = {
        "request_time": message.requested_at, "wire_time": seen.wire_at, "finish_time": seen.finished_at,
    }  # fmt: skip
    for name, moment in moments.items():
        if moment is not None:
            getattr(made, name).FromDatetime(moment)
    return made


def _problem_to(finding: LetterFinding, content: templates_pb2.LetterContent) -> pb.LetterProblem:
    """Write what is wrong; a line of the body is told as the block that made it."""
    made = pb.LetterProblem(
        severity=finding.severity, code=finding.code, field=finding.field, line=finding.line, detail=finding.detail
    )
    lines = [block.line for block in content.blocks] if finding.field == "body" else []
    if finding.line in lines:
        made.block = lines.index(finding.line)
    return made


def _result(reply: Reply) -> pb.TestResult:
    outcome = "delivered" if reply.verdict is Verdict.ACCEPTED else "failed"
    if reply.verdict is Verdict.REJECTED and reply.at_recipient:
        outcome = "bounced"
    return pb.TestResult(outcome=outcome, provider_code=f"{reply.code or ''} {reply.status}".strip())


def _preferences(page: queries.PreferencePage) -> pb.Preferences:
    return pb.Preferences(
        controller=page.controller,
        masked_address=masked("email", page.address),
        language=page.language,
        unsubscribed=page.unsubscribed,
        preferences=[
            pb.Preference(
                id=each.id,
                channel=each.channel,
                purpose=each.purpose,
                topic=each.topic,
                masked_contact=masked(each.contact_kind, each.contact),
                granted=each.granted,
                obstacle=each.obstacle,
                topic_title=page.words.get("topics", {}).get(each.topic, ""),
                purpose_title=page.words.get("purposes", {}).get(each.purpose, ""),
            )
            for each in page.preferences
        ],
    )
