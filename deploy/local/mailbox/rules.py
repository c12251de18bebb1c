"""Rules: whom the mailbox refuses, when and how. The first rule that fits a recipient decides.

A file or a request brings them as JSON: `{"match": "*@closed.example", "action": "refuse", "code": 550}`.
"""

import fnmatch
import zlib
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator


class Action(StrEnum):
    """What happens to a recipient."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    DEFER = "defer"
    BOUNCE = "bounce"
    SLOW = "slow"
    CLOSE = "close"


class Moment(StrEnum):
    """When a connection is closed: in the middle of the content, or with the whole content taken and no reply."""

    CONTENT = "content"
    REPLY = "reply"


class Rule(BaseModel):
    """One rule; `code`, `status` and `text` have the usual values of its action when left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # A pattern of the shell over the lower-case address.
    match: Annotated[str, Field(min_length=1, max_length=320)] = "*"
    # Only addresses whose hash modulo 100 lies in [from, to): a share of people that stays the same at every attempt.
    share: tuple[Annotated[int, Field(ge=0, le=99)], Annotated[int, Field(ge=1, le=100)]] | None = None
    action: Action
    # The answer at RCPT of `refuse` and `defer`.
    code: Annotated[int, Field(ge=400, le=599)] | None = None
    # The enhanced status (RFC 3463) of `refuse`, `defer` and `bounce`.
    status: Annotated[str, Field(pattern=r"^[245]\.\d{1,3}\.\d{1,3}$")] | None = None
    text: Annotated[str, Field(max_length=200, pattern=r"^[ -~]*$")] | None = None
    # How many attempts `defer` turns away before it accepts.
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    # How long `slow` waits before it answers, and `bounce` before it sends its report.
    seconds: Annotated[float, Field(ge=0, le=600)] = 0.0
    # When `close` closes.
    when: Moment = Moment.CONTENT

    @model_validator(mode="after")
    def _answers_suit_the_action(self) -> "Rule":
        if self.code is not None:
            classes = {Action.REFUSE: 5, Action.DEFER: 4}
            if self.action not in classes:
                raise ValueError(f"code has no meaning for the action {self.action}")
            if self.code // 100 != classes[self.action]:
                raise ValueError(f"{self.action} answers {classes[self.action]}xx, not {self.code}")
        if self.share is not None and self.share[0] >= self.share[1]:
            raise ValueError("share must be [from, to) with from < to")
        return self

    def fits(self, address: str) -> bool:
        """Tell whether the rule speaks of the address."""
        lowered = address.lower()
        if not fnmatch.fnmatchcase(lowered, self.match.lower()):
            return False
        if self.share is None:
            return True
        low, high = self.share
        return low <= zlib.crc32(lowered.encode()) % 100 < high

    def reply(self) -> str:
        """Return the SMTP reply of a refusing rule."""
        code, status, text = _USUAL[self.action]
        return f"{self.code or code} {self.status or status} {self.text or text}"

    def report(self) -> tuple[str, str]:
        """Return status and diagnostic text of a bouncing rule's report."""
        code, status, text = _USUAL[Action.BOUNCE]
        return self.status or status, f"{code} {self.status or status} {self.text or text}"


RULES = TypeAdapter(list[Rule])
MAX_RULES = 10_000

_USUAL = {
    Action.REFUSE: (550, "5.1.1", "No such person here"),
    Action.DEFER: (450, "4.2.1", "Try again later"),
    Action.BOUNCE: (550, "5.2.1", "Mailbox disabled, not accepting messages"),
}


class Rulebook:
    """The rules in force, with what they remember: how often each address was turned away."""

    def __init__(self, rules: list[Rule]) -> None:
        self.rules = rules
        self._deferred: dict[str, int] = {}

    def decide(self, address: str) -> Rule | None:
        """Return the rule that fits now, or None to accept; counts an attempt against a deferring rule."""
        rule = next((rule for rule in self.rules if rule.fits(address)), None)
        if rule is None or rule.action is not Action.DEFER:
            return rule
        seen = self._deferred.get(address.lower(), 0)
        self._deferred[address.lower()] = seen + 1
        return rule if seen < rule.times else None

    def replace(self, rules: list[Rule]) -> None:
        """Put other rules into force and forget the attempts."""
        self.rules = rules
        self._deferred.clear()
