"""A caller who sends anything: raw requests to the public API, and what a refusal must look like."""

import io
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import xlsxwriter

from deploy.local.demo.sources import BASES, CONSENT
from deploy.local.mailbox.client import Mailbox
from deploy.local.story.api import Grant, person_grant, system_grant
from deploy.local.system import System

PROBLEM = "application/problem+json"
YARD = "yard"
"""The base that the hostile caller works in, so that nobody else's people are in his way."""


class Hostile:
    """One sign-in that sends what it likes, and gets answers instead of exceptions."""

    def __init__(self, addresses: Mapping[str, Any], grant: Grant | None, workspace: str) -> None:
        self.bearer = "" if grant is None else _bearer(addresses, grant)
        headers = {"X-Consilium-Workspace": workspace}
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        self._client = httpx.Client(base_url=addresses["gateway"], timeout=60, headers=headers)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request as it is."""
        return self._client.request(method, path, **options)

    def get(self, path: str, **query: Any) -> Any:
        """Read what must be there."""
        answer = self.send("GET", path, params=query)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()

    def post(self, path: str, body: object = None) -> Any:
        """Do what must succeed."""
        answer = self.send("POST", path, json={} if body is None else body)
        assert answer.is_success, answer.text
        return answer.json()

    def upload(self, name: str, content: bytes, source: str = "gate", **fields: str) -> httpx.Response:
        """Post a file as an import."""
        return self.send("POST", "/v1/imports", data={"source": source, **fields}, files={"file": (name, content)})

    def read(self, name: str, content: bytes, source: str = "gate", **fields: str) -> dict[str, Any]:
        """Import a file up to its verdicts, or to its refusal, and return the import."""
        answer = self.upload(name, content, source, **fields)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        self.ended(answer.json()["operation"]["id"])
        found: dict[str, Any] = self.get(f"/v1/imports/{answer.json()['import']['id']}")
        return found

    def commit(self, import_id: str) -> dict[str, Any]:
        """Commit an import and return it."""
        ended = self.ended(self.post(f"/v1/imports/{import_id}:commit")["id"])
        assert not ended.get("error"), ended
        found: dict[str, Any] = self.get(f"/v1/imports/{import_id}")
        return found

    def ended(self, operation: str, seconds: float = 60) -> dict[str, Any]:
        """Wait for the end of long work, good or bad."""
        deadline = time.monotonic() + seconds
        while True:
            state: dict[str, Any] = self.get(f"/v1/operations/{operation}")
            if state["done"]:
                return state
            assert time.monotonic() < deadline, state
            time.sleep(0.1)

    def rows(self, import_id: str) -> list[dict[str, Any]]:
        """List the first rows of an import."""
        items: list[dict[str, Any]] = self.get(f"/v1/imports/{import_id}/rows", page_size=500)["items"]
        return items

    def person(self, family_name: str) -> dict[str, Any]:
        """Create somebody by hand."""
        names = {"family_name": {"text": family_name}, "given_name": {"text": "Иван"}}
        made: dict[str, Any] = self.post("/v1/profiles", {"kind": "hcp", "attributes": names})
        return made

    def total(self, what: str = "profiles") -> int:
        """Count people, segments, imports of the workspace."""
        return int(self.get(f"/v1/{what}", page_size=1)["total"])


class Ground:
    """The running system with a base and sources of the hostile caller's own, and callers of every kind."""

    def __init__(self, system: System) -> None:
        self.addresses: dict[str, Any] = json.loads(system.told.read_text(encoding="utf-8"))
        whole = Hostile(self.addresses, system_grant(self.addresses), "*")
        for base in (*BASES, {"key": YARD, "title": "Двор"}):
            whole.post("/v1/bases", base)
        for each in (_source("gate", YARD), _source("letterbox", YARD, "email"), _source("theirs", "partner")):
            whole.post("/v1/sources", each)
        self.here = Hostile(self.addresses, system_grant(self.addresses), YARD)
        self.partner = Hostile(self.addresses, person_grant(self.addresses, "partner-operator"), "partner")
        self.analyst = Hostile(self.addresses, person_grant(self.addresses, "analyst"), YARD)
        self.nobody = Hostile(self.addresses, None, YARD)
        self.mailbox = Mailbox(self.addresses["mailbox"], self.addresses["smtp"])


def _source(key: str, base: str, *tells_apart: str) -> dict[str, Any]:
    return {
        "key": key, "title": key, "base": base, "kind": "hcp", "confirms": ["email"], "priority": 10,
        "key_columns": list(tells_apart or ("external_id",)), "country": "RU", "consent": CONSENT,
    }  # fmt: skip


def _bearer(addresses: Mapping[str, Any], grant: Grant) -> str:
    answer = httpx.post(f"{addresses['issuer']}/protocol/openid-connect/token", data=dict(grant), timeout=30)
    assert answer.is_success, answer.text
    return str(answer.json()["access_token"])


def refused(answer: httpx.Response, status: int, code: str, *errors: tuple[str, str]) -> dict[str, Any]:
    """See that an answer is the whole problem+json of a refusal, with exactly these (pointer, code)."""
    assert answer.headers["content-type"] == PROBLEM, (answer.status_code, answer.text[:300])
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, status), body
    assert body["type"] == "urn:consilium:problem:" + code.lower().replace("_", "-")
    assert body["title"]
    assert body["detail"]
    assert [(each["pointer"], each["code"]) for each in body.get("errors", [])] == list(errors), body
    return body


def csv_of(*rows: Sequence[str]) -> bytes:
    """Write a CSV with semicolons."""
    return "\n".join(";".join(row) for row in rows).encode() + b"\n"


def workbook(*rows: Sequence[str]) -> bytes:
    """Write a workbook; what begins with an equals sign is a real formula."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                (sheet.write_formula if value.startswith("=") else sheet.write_string)(number, place, value)
    return kept.getvalue()


def unknown_id() -> str:
    """Draw an id that nothing has."""
    return str(uuid.uuid4())
