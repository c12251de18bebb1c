"""The profile service as access needs it: which ids mean one person."""

from collections.abc import Callable
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask

from chassis.grpc import Peer
from chassis.kernel import WHOLE
from gen.consilium.profile.v1 import profiles_pb2, profiles_pb2_grpc

SERVICES = ("consilium.profile.v1.Profiles",)


class ProfileMerges:
    """The port Merges; `token` makes access's own, which it need not ask anybody for."""

    def __init__(self, peer: Peer, token: Callable[[], str]) -> None:
        self._peer, self._token = peer, token
        self._stub: Any = profiles_pb2_grpc.ProfilesStub(peer.channel)

    async def ids_of(self, subject: str) -> tuple[str, ...]:
        """Name every id that means the same as a subject: of a person those that it absorbed, too."""
        request = profiles_pb2.BatchGetProfilesRequest(
            ids=[subject], workspace=WHOLE, read_mask=FieldMask(paths=["absorbed"])
        )
        found = (await self._peer.call(self._stub.BatchGetProfiles, request, token=self._token())).profiles
        return tuple(dict.fromkeys((subject, found[0].id, *found[0].absorbed))) if found else (subject,)
