"""Single messages on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.manner import Time, View


class Mark(View):
    """Something that happened to a sent message."""

    kind: str = Field(description="'opened', 'clicked', 'replied', 'unsubscribed', 'complained', 'bounced-later'.")
    time: Time | None = Field(default=None, description="When.")
    machine: bool = Field(description="By a machine, as far as one can tell.")
    link: int = Field(description="For clicks: the link's place in the letter, from 0.")
    bounce_class: str = Field(description="For later bounces: 'hard' or 'soft', with the code in `code`.")
    code: str = Field(description="The provider's code.")


class Message(View):
    """One message."""

    id: str = Field(description="UUID.")
    campaign: str = Field(description="The campaign.")
    entry: int = Field(description="The number of its run.")
    node: str = Field(description="The node.")
    profile: str = Field(description="The person, as known when it was made.")
    channel: str = Field(description="'email' and the like; empty before the gates.")
    state: Literal["requested", "held", "claimed", "on-wire", "done"] | None = Field(description="State.")
    outcome: (
        Literal[
            "delivered",
            "bounced",
            "failed",
            "unconfirmed",
            "cancelled",
            "duplicate",
            "held-out",
            "archived",
            "no-consent",
            "suppressed",
            "invalid",
            "read-elsewhere",
            "capped",
            "expired",
        ]
        | None
    ) = Field(description="Outcome.")
    reason: str = Field(
        description="Why, a code a marketer's sentence hangs on: 'recipient-refused', 'consent-missing', 'hard-bounce'."
    )
    provider_code: str = Field(description="The provider's own code, such as '550 5.1.1'.")
    template: str = Field(description="The template.")
    template_version: int = Field(description="Its version.")
    record: str = Field(description="The record whose address was used.")
    request_time: Time | None = Field(default=None, description="Requested.")
    wire_time: Time | None = Field(default=None, description="Content left.")
    finish_time: Time | None = Field(default=None, description="Outcome.")
    marks: list[Mark] = Field(description="Marks, oldest first.")
    attempts: int = Field(description="Attempts made.")


class LinkCount(View):
    """How often a link of a letter led somewhere."""

    link: int = Field(description="Its place in the letter, from 0.")
    address: str = Field(description="Where it leads; empty when that is not known any more.")
    count: int = Field(description="Messages with a click on it that was not a machine's.")
    template: str = Field(description="The template.")
    template_version: int = Field(description="Its version.")


class MessageCounts(View):
    """A campaign's messages, counted one by one."""

    requested: int = Field(description="All.")
    outcomes: dict[str, int] = Field(description="By outcome's code, such as 'delivered'.")
    marks: dict[str, int] = Field(description="Messages with at least one such mark not made by a machine, by kind.")
    open: int = Field(description="Without an outcome.")
    reasons: dict[str, int] = Field(description="By reason within an outcome: 'bounced/recipient-refused'.")
    links: list[LinkCount] = Field(
        description="Links that somebody, not a machine, clicked on, in their order; 200 at most."
    )
