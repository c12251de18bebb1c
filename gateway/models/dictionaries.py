"""Dictionaries and organisations on the wire."""

from pydantic import Field

from gateway.models.manner import Body, Name, View


class Dictionary(View):
    """A list of terms."""

    name: str = Field(
        description=(
            "'specialties', 'positions', 'degrees', 'regions', 'cities', 'sexes', 'languages', 'archive-reasons', "
            "'purposes' and 'topics' (of consents)."
        )
    )
    version: int = Field(description="Raised by every change.")
    terms: int = Field(description="How many terms.")


class Term(Body):
    """A term of a dictionary."""

    code: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="Its code.")
    names: dict[str, str] | None = Field(
        default=None, min_length=1, max_length=16, description="Name by BCP 47 language."
    )
    synonyms: list[str] | None = Field(default=None, max_length=100, description="Other spellings.")
    parent: str | None = Field(default=None, max_length=64, description="The term above it: a city's region.")
    time_zone: str | None = Field(default=None, max_length=64, description="A city's IANA zone.")


class SearchTerms(Body):
    """Which terms to find."""

    text: str | None = Field(default=None, max_length=200, description="Any piece.")
    page_size: int | None = Field(default=None, ge=0, le=500, description="At most this many, 50 when 0.")
    page_token: str | None = Field(default=None, description="From the answer before.")


class Organisation(View):
    """A clinic, a hospital, a company; or a part of one."""

    id: str = Field(description="UUID.")
    name: str = Field(description="Its name.")
    synonyms: list[str] = Field(description="Other spellings.")
    parent: str = Field(description="The organisation that it is part of.")
    city: str = Field(description="Code of the dictionary 'cities'.")
    etag: str = Field(description="Opaque; changes with every update.")


class OrganisationInput(Body):
    """A clinic, a hospital, a company; or a part of one."""

    name: Name = Field(min_length=1, max_length=300, description="Its name.")
    synonyms: list[str] | None = Field(default=None, max_length=100, description="Other spellings.")
    parent: str | None = Field(default=None, max_length=64, description="The organisation that it is part of.")
    city: str | None = Field(default=None, max_length=64, description="Code of the dictionary 'cities'.")


class OrganisationPatch(OrganisationInput):
    """Changes of an organisation: what is named is replaced, the rest stays."""

    name: Name = Field(default="", min_length=1, max_length=300, description="Its name.")


class SearchOrganisations(Body):
    """Which organisations to find."""

    text: str | None = Field(default=None, max_length=200, description="Any piece.")
    page_size: int | None = Field(default=None, ge=0, le=500, description="At most this many, 50 when 0.")
    page_token: str | None = Field(default=None, description="From the answer before.")
