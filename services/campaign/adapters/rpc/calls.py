"""What every call of this service carries beside its own fields."""

import hashlib
from typing import Any

from google.protobuf.message import Message

from chassis.grpc import principal_of
from services.campaign.app import Caller


def caller_of(context: Any) -> Caller:
    """Tell who calls, in which workspace."""
    principal = principal_of(context)
    return Caller(principal.id, principal.workspace)


def digest_of(request: Message) -> str:
    """Give the digest by which a repeat of a request is known from another one under the same key."""
    return hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
