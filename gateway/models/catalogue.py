"""Bases, sources and attributes on the wire."""

from typing import Literal

from pydantic import Field

from gateway.models.manner import Body, Key, Name


class Base(Body):
    """A data owner."""

    key: Key = Field(description="Its code.")
    title: Name = Field(min_length=1, max_length=200, description="Its name.")


class ConsentTerms(Body):
    """What an opt-in column of a source means."""

    purpose: str | None = Field(default=None, pattern=r"^([a-z][a-z0-9_-]{0,63})?$", description="For what.")
    topic: str | None = Field(default=None, pattern=r"^([a-z][a-z0-9_-]{0,63}|\*)?$", description="About what.")
    wording: str | None = Field(default=None, max_length=64, description="Version of the wording.")


class Source(Body):
    """Where records come from."""

    key: Key = Field(description="Its code.")
    title: Name = Field(min_length=1, max_length=200, description="Its name.")
    base: Key = Field(description="The base that owns its records.")
    kind: Literal["hcp", "patient", "contact"] = Field(
        description="The kind of people in it, unless a row says otherwise."
    )
    confirms: list[str] | None = Field(
        default=None, max_length=8, description="Kinds of contact points that it has confirmed: 'email', 'phone'."
    )
    priority: int | None = Field(default=None, ge=0, le=1000, description="Survivorship: higher wins.")
    key_columns: list[str] | None = Field(
        default=None,
        max_length=16,
        description="Columns (attribute keys or 'external_id', 'email', 'phone') whose values tell its people apart.",
    )
    external_id_kind: str | None = Field(
        default=None,
        max_length=64,
        description="The strong id that its external ids are, such as 'tab-no'; empty when they are only its own.",
    )
    country: str | None = Field(
        default=None, max_length=2, description="Country of phones without a code, ISO 3166-1 alpha-2; 'RU' when empty."
    )
    consent: ConsentTerms | None = Field(default=None, description="What an opt-in in it means.")


class Attribute(Body):
    """What can be known of a person."""

    key: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]{0,63}$", description="Its code.")
    title: Name = Field(min_length=1, max_length=200, description="Its name.")
    type: Literal["text", "number", "flag", "date", "code"] = Field(
        description="'text', 'number', 'flag', 'date' or 'code'."
    )
    kinds: list[str] | None = Field(
        default=None, max_length=3, description="Kinds of people that it is for; all when empty."
    )
    multi: bool | None = Field(default=None, description="Several values at once.")
    dictionary: str | None = Field(default=None, max_length=64, description="For codes: the dictionary.")
    personal_class: Literal["none", "personal", "contact", "health"] = Field(
        description="'none', 'personal', 'contact' or 'health': decides encryption, masking, indexing and export."
    )
    built_in: bool | None = Field(default=None, description="Part of every installation. Output only.")
