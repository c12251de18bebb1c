"""Etags: what state a writer saw.

An etag holds the revision of what was read, where a command writes a stream of its own that stream's version, and the
id of the thing where somebody else must be able to wait for it. It is opaque outside; inside it survives a round trip.
"""

import base64
import re
from dataclasses import dataclass

from chassis.kernel.problem import Code, Problem, Violation

_SHAPE = re.compile(r"^(\d{1,18})\.(\d{1,18})(?:\.([0-9a-f-]{36}))?$")


class EtagStale(Problem):
    """The thing has changed since."""

    code = Code.ABORTED
    reason = "ETAG_STALE"
    template = "This has changed since you read it."

    def __init__(self) -> None:
        super().__init__(violations=[Violation("etag", "ETAG_STALE")])


@dataclass(frozen=True, slots=True)
class Etag:
    """Revision of the document, version of the stream that a command writes (0: none yet), id of the thing or ""."""

    revision: int
    version: int = 0
    subject: str = ""

    def __str__(self) -> str:
        plain = f"{self.revision}.{self.version}" + (f".{self.subject}" if self.subject else "")
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Etag | None":
        """Read one; None when none was given.

        Raises:
            EtagStale: it was not made here, so it cannot be the present state's.
        """
        if not text:
            return None
        try:
            plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        except ValueError as error:
            raise EtagStale from error
        match = _SHAPE.match(plain)
        if match is None:
            raise EtagStale
        return cls(int(match[1]), int(match[2]), match[3] or "")
