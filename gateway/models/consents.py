"""Consents on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.manner import Body, CountedListing, Key, Time, View
from gateway.models.shared import Actor


class ConsentKey(Body):
    """What a consent is about."""

    controller: Key = Field(description="The base (or brand) that may address the person.")
    purpose: Key = Field(description="For what, such as 'marketing'.")
    channel: Literal["email", "sms", "push", "messenger", "call"] = Field(
        description="'email', 'sms', 'push', 'messenger', 'call'."
    )
    topic: str | None = Field(
        default=None,
        pattern=r"^([a-z][a-z0-9_-]{0,63}|\*)$",
        description="About what, such as 'newsletter'; '*' for everything.",
    )
    contact_kind: str = Field(min_length=1, max_length=32, description="Contact point's kind.")
    contact_value: str = Field(min_length=1, max_length=320, description="Contact point's normalised value.")


class Evidence(Body):
    """How it became known, kept as proof."""

    kind: str = Field(
        min_length=1,
        max_length=32,
        description="'paper-form', 'web-form', 'import', 'letter-link', 'preference-centre', 'phone-call', 'console'.",
    )
    reference: str | None = Field(
        default=None,
        max_length=200,
        description="Where the proof lies: a document number, an import's or a message's id.",
    )
    wording: str | None = Field(default=None, max_length=64, description="Version of the wording that was agreed to.")


class Consent(View):
    """A consent as it stands."""

    key: ConsentKey | None = Field(default=None, description="What it is about.")
    status: Literal["granted", "refused", "revoked", "expired"] | None = Field(
        description="How it stands; of several records the strictest."
    )
    time: Time | None = Field(default=None, description="When that became so.")
    expire_time: Time | None = Field(default=None, description="When it runs out, if it does.")
    evidence: Evidence | None = Field(default=None, description="The proof.")
    actor: Actor | None = Field(default=None, description="Who recorded it.")
    record: str = Field(description="The record in whose stream it stands.")


class GrantConsent(Body):
    """A consent that was given, with its proof."""

    key: ConsentKey = Field(description="Which consent.")
    evidence: Evidence = Field(description="How it became known.")
    expire_time: Time | None = Field(default=None, description="When it runs out; never when absent.")


class RevokeConsent(Body):
    """A consent that was withdrawn, with its proof."""

    key: ConsentKey = Field(description="Which consent.")
    evidence: Evidence = Field(description="How it became known.")


class ConsentListing(CountedListing[Consent]):
    """What stands now, and how it came to be."""

    history: list[Consent] = Field(description="Every consent event, newest first, at most 500.")
