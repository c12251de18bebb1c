"""The manner of every body and answer.

Promise: a body is read strictly (no coercion, no unknown field); every element is described in the OpenAPI document.
Answers are written by gateway.convert from the contracts; these models document them, and a test compares the two.
"""

import unicodedata
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

T = TypeVar("T")

Id = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        examples=["01941f29-7c00-7aa0-8000-000000000001"],
    ),
]
"""A UUID in lower case."""

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$", examples=["main"])]
"""A lower-case code."""

Time = Annotated[AwareDatetime, Field(strict=False, examples=["2026-03-01T09:30:00.000Z"])]
"""A moment, RFC 3339 with its zone."""


_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make the text around them read in another order than it is written."""


def _legible(text: str) -> str:
    if any(letter in _TURNING or unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in text):
        raise ValueError("control characters and direction marks are not allowed")
    if all(unicodedata.category(letter) in {"Cf", "Cn", "Zs"} for letter in text):
        raise ValueError("something to read is needed")
    return text


Name = Annotated[str, AfterValidator(_legible)]
"""What people call a thing: one line that reads as it is written, with something to read in it."""


class Body(BaseModel):
    """What a request carries."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)


class View(BaseModel):
    """What an answer carries."""

    model_config = ConfigDict(extra="forbid")


class Listing(View, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="One page.")
    next_page_token: str = Field(description="Pass it as `page_token` to go on; empty on the last page.")


class CountedListing(Listing[T], Generic[T]):
    """One page of a list whose size is known."""

    total: int = Field(description="How many there are in all, exactly.")


class FieldProblem(View):
    """One field that is not valid."""

    pointer: str = Field(
        description="JSON pointer into the body; `?name` for a query parameter.", examples=["/cells/0/value"]
    )
    code: str = Field(description="What is wrong, for programs.", examples=["UNKNOWN_FIELD"])
    detail: str = Field(description="What is wrong, for people.", examples=["There is no such field."])


class ProblemView(View):
    """Why a request was refused (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Identifies the kind of problem.", examples=["urn:consilium:problem:etag-stale"])
    title: str = Field(description="The kind of problem, for people.")
    status: int = Field(description="The HTTP status.")
    code: str = Field(description="The reason, for programs.", examples=["ETAG_STALE"])
    detail: str = Field(description="What happened, for people.")
    errors: list[FieldProblem] | None = Field(default=None, description="Field by field, where fields are to blame.")
