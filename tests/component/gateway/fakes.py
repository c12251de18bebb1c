"""Fakes of the services behind the door: they keep what they were asked and answer what a test set.

They stand behind the real gRPC door, so principals, actions and field rules are the real ones.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message

from chassis.grpc import principal_of
from chassis.grpc.server import Register
from chassis.kernel import Problem
from gen.consilium.campaign.v1 import campaigns_pb2_grpc, templates_pb2_grpc
from gen.consilium.channel.v1 import messages_pb2_grpc
from gen.consilium.operations.v1 import operations_pb2_grpc
from gen.consilium.profile.v1 import (
    catalogue_pb2_grpc,
    consents_pb2_grpc,
    dictionaries_pb2_grpc,
    imports_pb2_grpc,
    match_candidates_pb2_grpc,
    profiles_pb2_grpc,
)
from gen.consilium.report.v1 import reports_pb2_grpc
from gen.consilium.segment.v1 import segments_pb2_grpc

SERVED: Mapping[str, Sequence[tuple[Any, str]]] = {
    "profile": (
        (profiles_pb2_grpc.add_ProfilesServicer_to_server, "profile.v1.Profiles"),
        (imports_pb2_grpc.add_ImportsServicer_to_server, "profile.v1.Imports"),
        (consents_pb2_grpc.add_ConsentsServicer_to_server, "profile.v1.Consents"),
        (catalogue_pb2_grpc.add_CatalogueServicer_to_server, "profile.v1.Catalogue"),
        (dictionaries_pb2_grpc.add_DictionariesServicer_to_server, "profile.v1.Dictionaries"),
        (match_candidates_pb2_grpc.add_MatchCandidatesServicer_to_server, "profile.v1.MatchCandidates"),
        (operations_pb2_grpc.add_OperationsServicer_to_server, "operations.v1.Operations"),
    ),
    "segment": (
        (segments_pb2_grpc.add_SegmentsServicer_to_server, "segment.v1.Segments"),
        (operations_pb2_grpc.add_OperationsServicer_to_server, "operations.v1.Operations"),
    ),
    "campaign": (
        (campaigns_pb2_grpc.add_CampaignsServicer_to_server, "campaign.v1.Campaigns"),
        (templates_pb2_grpc.add_TemplatesServicer_to_server, "campaign.v1.Templates"),
        (operations_pb2_grpc.add_OperationsServicer_to_server, "operations.v1.Operations"),
    ),
    "channel": (
        (messages_pb2_grpc.add_MessagesServicer_to_server, "channel.v1.Messages"),
        (messages_pb2_grpc.add_LettersServicer_to_server, "channel.v1.Letters"),
        (messages_pb2_grpc.add_LinksServicer_to_server, "channel.v1.Links"),
    ),
    "report": ((reports_pb2_grpc.add_ReportsServicer_to_server, "report.v1.Reports"),),
}

Answer = Message | Problem | Sequence[Message] | Callable[[Any], Message]


class FakePeers:
    """What every fake was asked, newest last, and what each method answers (an empty message unless set)."""

    def __init__(self) -> None:
        self.asked: dict[str, list[Any]] = defaultdict(list)
        self.callers: dict[str, list[Any]] = defaultdict(list)
        self.answers: dict[str, Answer] = {}

    def registers(self) -> dict[str, list[Register]]:
        """Return what each service's server registers."""
        return {
            service: [(add, self._servicer(f"consilium.{name}"), f"consilium.{name}") for add, name in served]
            for service, served in SERVED.items()
        }

    def _servicer(self, name: str) -> Any:
        methods = {
            method.name: self._stream(method) if method.server_streaming else self._unary(method)
            for method in descriptor_pool.Default().FindServiceByName(name).methods
        }
        return type("FakeServicer", (), methods)()

    def _note(self, method: Any, request: Any, context: Any) -> Answer:
        self.asked[method.name].append(request)
        if self._known(context):
            self.callers[method.name].append(principal_of(context))
        answer = self.answers.get(method.name, message_factory.GetMessageClass(method.output_type)())
        if isinstance(answer, Problem):
            raise answer
        return answer

    @staticmethod
    def _known(context: Any) -> bool:
        return any(name == "authorization" for name, _ in context.invocation_metadata())

    def _unary(self, method: Any) -> Any:
        async def call(_self: Any, request: Any, context: Any) -> Any:
            answer = self._note(method, request, context)
            return answer(request) if callable(answer) else answer

        return call

    def _stream(self, method: Any) -> Any:
        async def call(_self: Any, request: Any, context: Any) -> Any:
            answer = self._note(method, request, context)
            for each in answer if isinstance(answer, Sequence) else ():
                yield each

        return call
