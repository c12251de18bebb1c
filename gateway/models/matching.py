"""The steward's queue on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.manner import Body, Id, Time, View
from gateway.models.profiles import Profile


class MatchCandidate(View):
    """People who may be one person."""

    id: str = Field(description="UUID.")
    reason: str = Field(description="Why they were not joined by themselves: 'two-strong-ids', 'ambiguous-name'.")
    key_kind: str = Field(description="What they share: 'email', 'phone', 'device', 'messenger' or 'external:<kind>'.")
    state: Literal["open", "accepted", "rejected", "settled"] | None = Field(description="What became of it.")
    profiles: list[Profile] = Field(
        description="The people as they are now, the eldest first; fewer than two once it is decided or resolved."
    )
    equal: list[str] = Field(description="Attribute keys of which all who have a value have the same.")
    differing: list[str] = Field(description="Attribute keys of which they have different values.")
    find_time: Time | None = Field(default=None, description="When it was found.")
    decide_time: Time | None = Field(default=None, description="When it was decided, if it was.")
    principal: str = Field(description="The principal who decided.")


class AcceptMatchCandidate(Body):
    """Whose id stays."""

    survivor: Id | None = Field(default=None, description="Whose id stays; the eldest's when absent.")
