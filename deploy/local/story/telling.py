"""What the story carries from step to step: callers, what it has made, and where its files are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.mailbox.client import Mailbox
from deploy.local.screen import say
from deploy.local.story.api import Api, person_grant, system_grant


@dataclass(slots=True)
class Telling:
    """One playing of the story. Each step reads what the steps before wrote."""

    addresses: Mapping[str, Any]
    # Where the links of letters lead.
    door: str
    files: Path
    system: Api
    site: Api
    marketing: Api
    partner: Api
    mailbox: Mailbox
    plan: Mapping[str, Any]
    truth: Mapping[str, Any]
    imports: dict[str, str] = field(default_factory=dict)
    # source -> (row, profile that it became); what every row of a file came to
    rows: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    # survivor's id -> true people whose rows it holds; and the reverse
    people: dict[str, set[str]] = field(default_factory=dict)
    segment: str = ""
    everybody: str = ""
    members: set[str] = field(default_factory=set)
    template: str = ""
    campaign: str = ""
    again: str = ""
    told: dict[str, Any] = field(default_factory=dict)

    def tell(self, text: str) -> None:
        """Print a line of the story."""
        say("story", text)


def losses(lost: Mapping[str, int]) -> str:
    """Say how many people are lost for which reason."""
    told = ", ".join(f"{count:,} for {reason.replace('-', ' ').replace('_', ' ')}" for reason, count in lost.items())
    return f"lost: {told}" if told else "nobody is lost"


def begin(addresses: Mapping[str, Any], files: Path) -> Telling:
    """Open the doors that the story goes through; `files` holds the demo base.

    Calls go to `gateway`; `public_url` says where letters lead when that is somewhere else.
    """

    def api(grant: Mapping[str, str], workspace: str) -> Api:
        return Api(addresses["gateway"], addresses["issuer"], grant, workspace)

    return Telling(
        addresses=addresses,
        door=addresses.get("public_url", addresses["gateway"]),
        files=files,
        system=api(system_grant(addresses), "*"),
        site=api(system_grant(addresses), "main"),
        marketing=api(person_grant(addresses, "marketing-manager"), "main"),
        partner=api(person_grant(addresses, "partner-operator"), "partner"),
        mailbox=Mailbox(addresses["mailbox"], addresses["smtp"]),
        plan=json.loads((files / "sources.json").read_text(encoding="utf-8")),
        truth=json.loads((files / "truth.json").read_text(encoding="utf-8")),
    )
