"""Errors that a caller may act on: one type, with a name, data and no text about people.

Promise: a `Problem` carries a code (what kind of failure), a reason (which one, listed in error_reason.proto) and
fields for its sentence. Fields and templates hold ids, codes and numbers, never a person's values, because problems
are logged. A bug is a plain exception, never a `Problem`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Code(Enum):
    """Kinds of failure, named as in gRPC; the value is gRPC's number."""

    CANCELLED = 1
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    INTERNAL = 13
    UNAVAILABLE = 14
    UNAUTHENTICATED = 16


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that is wrong: its path ("rows[3].phone"), a reason's code, a sentence without the value."""

    field: str
    reason: str
    text: str = ""


class Problem(Exception):  # noqa: N818 - the domain's word; "Error" would say bug
    """Something the caller did or met, told so that he can act.

    Subclass it once per thing a caller may act on and set `code`, `reason` and `template`; the keyword arguments fill
    the template. `transient` problems may succeed when tried again unchanged.
    """

    code: Code = Code.FAILED_PRECONDITION
    reason: str = ""
    template: str = ""

    def __init__(self, *, violations: Sequence[Violation] = (), retry_after: float | None = None, **fields: object):
        self.fields: dict[str, str] = {name: str(value) for name, value in fields.items()}
        self.violations = tuple(violations)
        self.retry_after = retry_after
        super().__init__(self.text)

    @property
    def text(self) -> str:
        """Give the sentence for a person."""
        return self.template.format_map(_Blank(self.fields)) or self.reason

    @property
    def transient(self) -> bool:
        """Tell whether the same call may succeed later."""
        return self.code in {Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.ABORTED, Code.RESOURCE_EXHAUSTED}

    @property
    def away(self) -> bool:
        """Tell, of what unattended work met, whether somebody does not answer it or does not know it.

        Nothing is wrong with what was asked: it waits until the engine is back, or until clocks and secrets agree.
        """
        return self.code in {Code.UNAVAILABLE, Code.UNAUTHENTICATED}


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


class InvalidField(Problem):
    """The message breaks its field rules."""

    code = Code.INVALID_ARGUMENT
    reason = "INVALID_FIELD"
    template = "Some fields are not valid."


class Unauthenticated(Problem):
    """No credential came, or one that is not valid."""

    code = Code.UNAUTHENTICATED
    reason = "UNAUTHENTICATED"
    template = "A valid sign-in is needed."


class SharedByAll(Problem):
    """The thing is every base's, and the caller works in one."""

    code = Code.PERMISSION_DENIED
    reason = "SHARED_BY_ALL"
    template = "All bases share this; it is changed by those who work in the whole installation."


class Frozen(Problem):
    """A feature freeze holds this back; its fields name the period."""

    code = Code.FAILED_PRECONDITION
    reason = "FROZEN"
    template = "{title}: this is held back from {begin} to {end}."

    def __init__(self, freeze: str, title: str, begin: str, end: str) -> None:
        super().__init__(freeze=freeze, title=title, begin=begin, end=end)


class ActionNotAllowed(Problem):
    """The principal's roles do not allow this."""

    code = Code.PERMISSION_DENIED
    reason = "ACTION_NOT_ALLOWED"
    template = "Your roles do not allow {action}."

    def __init__(self, action: str) -> None:
        super().__init__(action=action)


class PageTokenInvalid(Problem):
    """The page token is forged, expired or of another query."""

    code = Code.INVALID_ARGUMENT
    reason = "PAGE_TOKEN_INVALID"
    template = "The page token does not belong to this query."

    def __init__(self) -> None:
        super().__init__(violations=[Violation("page_token", "PAGE_TOKEN_INVALID")])


class IdempotencyKeyReused(Problem):
    """The same idempotency key came with another body."""

    code = Code.INVALID_ARGUMENT
    reason = "IDEMPOTENCY_KEY_REUSED"
    template = "This idempotency key was used with another request."


class DependencyUnavailable(Problem):
    """An engine or a service does not answer."""

    code = Code.UNAVAILABLE
    reason = "DEPENDENCY_UNAVAILABLE"
    template = "{dependency} does not answer; try again."

    def __init__(self, dependency: str) -> None:
        super().__init__(dependency=dependency, retry_after=1.0)


class DeadlineExceeded(Problem):
    """The work took longer than its deadline."""

    code = Code.DEADLINE_EXCEEDED
    reason = "DEADLINE_EXCEEDED"
    template = "This took too long."

    def __init__(self, dependency: str = "") -> None:
        super().__init__()
        if dependency:
            self.fields["dependency"] = dependency


class Conflict(Problem):
    """Several writers met and this one lost its tries."""

    code = Code.ABORTED
    reason = "CONFLICT"
    template = "Somebody else is writing the same; try again."


class Remote(Problem):
    """A problem that another service told; keeps its code, reason and fields."""

    def __init__(
        self, code: Code, reason: str, text: str, fields: dict[str, str], violations: Sequence[Violation] = ()
    ) -> None:
        self.code = code
        self.reason = reason
        self.template = text.replace("{", "{{").replace("}", "}}")
        super().__init__(violations=violations)
        self.fields = dict(fields)
