"""Segments and the search for people on the wire."""

from typing import Any, Literal

from pydantic import Field

from gateway.models.manner import Body, Id, Name, Time, View
from gateway.models.profiles import Part


class Segment(View):
    """Who."""

    id: str = Field(description="UUID.")
    name: str = Field(description="Its name.")
    kind: Literal["live", "static"] | None = Field(description="Rule or list.")
    state: Literal["active", "archived"] | None = Field(description="State.")
    rule: dict[str, Any] | None = Field(
        default=None, description="The rule by docs/schema/rule.json; empty for a pure list."
    )
    auto_update: bool = Field(description="Whether membership follows changes by itself.")
    members: int = Field(description="People in it as of `member_time`.")
    member_time: Time | None = Field(default=None, description="When membership was last worked out.")
    create_time: Time | None = Field(default=None, description="Made.")
    update_time: Time | None = Field(default=None, description="Last changed.")
    etag: str = Field(description="Opaque.")
    workspace: str = Field(description="The workspace that it belongs to.")
    sentences: dict[str, str] = Field(description="The rule as a sentence, by BCP 47 language ('ru', 'en').")


class SearchSegments(Body):
    """Which segments to find."""

    text: str | None = Field(default=None, max_length=200, description="Any piece of the name.")
    archived: bool | None = Field(default=None, description="Archived ones instead.")
    page_size: int | None = Field(default=None, ge=0, le=500, description="At most this many, 50 when 0.")
    page_token: str | None = Field(default=None, description="From the answer before.")


class ReachTerms(Body):
    """For which message reach is counted."""

    controller: str | None = Field(default=None, max_length=64, description="The controller.")
    purpose: str | None = Field(default=None, max_length=64, description="The purpose.")
    topic: str | None = Field(default=None, max_length=64, description="The topic.")


class PreviewSegment(Body):
    """A rule to count without saving it."""

    rule: dict[str, Any] = Field(description="The rule.")
    sample: int | None = Field(default=None, ge=0, le=20, description="How many sample people, 20 at most.")
    terms: ReachTerms | None = Field(
        default=None,
        description="Reach is counted for this consent; without controller reach is by contact point alone.",
    )
    at_least: str | None = Field(default=None, description="Wait for this write (a profile's etag), 5 s at most.")


class Loss(View):
    """A reason why people cannot be reached."""

    reason: str = Field(description="'no-contact', 'no-consent', 'refused', 'bounced'.")
    count: int = Field(description="People.")


class Reach(View):
    """Whom a channel reaches, and who is lost why."""

    channel: str = Field(description="'email', 'sms', 'push', 'messenger', 'call'.")
    reachable: int = Field(description="People who can be written to.")
    losses: list[Loss] = Field(description="The rest.")


class SegmentPreview(View):
    """What a rule finds."""

    count: int = Field(description="People who match.")
    reach: list[Reach] = Field(description="By channel.")
    sample: list[str] = Field(description="Ids of some who match.")
    sentences: dict[str, str] = Field(description="The rule as a sentence by language.")
    lag_ms: int = Field(
        description="How far the index is behind, milliseconds; what was counted is at least this fresh."
    )


class NewSegment(Body):
    """A segment to create."""

    name: Name = Field(min_length=1, max_length=200, description="Its name.")
    kind: Literal["live", "static"] | None = Field(default=None, description="Rule or list.")
    rule: dict[str, Any] | None = Field(default=None, description="The rule; needed for a live one.")
    auto_update: bool | None = Field(
        default=None, description="Whether membership follows by itself; a live one's default is yes."
    )
    members: list[str] | None = Field(default=None, max_length=10000, description="First people of a list.")


class PatchSegment(Body):
    """Changes of a segment."""

    name: Name = Field(min_length=1, max_length=200, description="New name.")
    rule: dict[str, Any] | None = Field(default=None, description="New rule.")
    auto_update: bool | None = Field(default=None, description="New switch.")


class CopySegment(Body):
    """The copy's name."""

    name: Name = Field(min_length=1, max_length=200, description="The copy's name.")


class Members(Body):
    """People to put in or take out by hand."""

    profiles: list[str] = Field(min_length=1, max_length=10000, description="The people.")


class ExplainMembership(Body):
    """Whom to explain."""

    profile: Id = Field(description="The person.")


class Reason(View):
    """One node of the rule and what it says of the person."""

    pointer: str = Field(description="JSON pointer into the rule.")
    sentences: dict[str, str] = Field(description="The node as a sentence by language.")
    holds: bool = Field(description="Whether it holds.")


class Explanation(View):
    """Why a person is in or out."""

    member: bool = Field(description="Whether the person is in.")
    by_hand: str = Field(description="By hand: 'added', 'removed', or empty.")
    reasons: list[Reason] = Field(description="Every group and leaf in reading order.")


class SizeAt(View):
    """The size at a moment."""

    time: Time | None = Field(default=None, description="When.")
    members: int = Field(description="People.")
    joined: int = Field(description="Joined since the line before.")
    left: int = Field(description="Left since the line before.")


class OverlapSegments(Body):
    """Which segments to compare."""

    ids: list[str] = Field(min_length=2, max_length=10, description="Two to ten segments.")


class Overlap(View):
    """What two segments share."""

    first: str = Field(description="One.")
    second: str = Field(description="The other.")
    count: int = Field(description="People in both.")


class Overlaps(View):
    """What segments share."""

    any: int = Field(description="In any of them.")
    all: int = Field(description="In all of them.")
    pairs: list[Overlap] = Field(description="By pair.")


class CountValues(Body):
    """Which values to count people by."""

    field: str = Field(
        min_length=1,
        max_length=80,
        description=(
            "'kind', 'status', 'base', 'channel', 'specialty', 'region', 'city', 'organisation', 'position', "
            "'consent_controller', 'consent_purpose', 'consent_channel', 'consent_topic', 'consent_status', or "
            "'attribute:<key>' of a text, a code or a flag."
        ),
    )
    filter: dict[str, Any] | None = Field(default=None, description="Only people for whom this rule holds.")
    limit: int | None = Field(default=None, ge=0, le=500, description="At most this many values, 50 when 0.")


class ValueCount(View):
    """How many people have a value."""

    value: str = Field(description="The value: a code, an id, a text.")
    count: int = Field(description="People who have it.")


class ValueCounts(View):
    """People by the values of a field."""

    values: list[ValueCount] = Field(description="Most frequent first.")


class ReachFilter(Body):
    """How people stand to a channel."""

    channel: Literal["email", "sms", "push", "messenger", "call"] = Field(description="The channel.")
    standing: Literal["reachable", "no-contact", "no-consent", "refused", "bounced"] = Field(
        description="'reachable', or a reason of loss as a preview counts it."
    )
    terms: ReachTerms | None = Field(
        default=None, description="For this consent; without controller by contact point alone."
    )


class SearchProfiles(Body):
    """Whom to find."""

    text: str | None = Field(
        default=None,
        max_length=200,
        description=(
            "Pieces of names in any order, phone digits, pieces of an e-mail; typos and the wrong keyboard forgiven."
        ),
    )
    filter: dict[str, Any] | None = Field(default=None, description="A rule that must hold as well.")
    order_by: Literal["name", "-name", "updated", "-updated", "no"] | None = Field(
        default=None,
        description=(
            "'name', '-name', 'updated', '-updated', 'no'; best match first when a text is given and this is empty."
        ),
    )
    page_size: int | None = Field(default=None, ge=0, le=500, description="At most this many, 50 when 0.")
    page_token: str | None = Field(default=None, description="From the answer before.")
    at_least: str | None = Field(default=None, description="Wait for this write (a profile's etag), 5 s at most.")
    archived: bool | None = Field(default=None, description="Archived people too.")
    reach: ReachFilter | None = Field(
        default=None, description="Only people whom a channel reaches, or whom it loses for one reason."
    )
    fields: list[Part] | None = Field(
        default=None, max_length=9, description="Only these parts of each person; everything when absent."
    )
