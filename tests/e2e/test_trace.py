"""The main job seen from its traces: what each process exports joins into one tree, and nobody is named in it."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from deploy.local.demo.base import write_base
from deploy.local.story import audience, letter, load
from deploy.local.story.__main__ import SEED
from deploy.local.story.api import Api, system_grant
from deploy.local.story.telling import begin
from deploy.local.system import System
from deploy.local.traces.receiver import Span
from tests.e2e.told import Told

ROWS = 600
STEPS = (
    load.declare_sources,
    load.import_files,
    load.compare_with_truth,
    audience.make_segments,
    letter.write_letter,
    letter.send_campaign,
)
SERVICES = {f"consilium-{name}" for name in ("profile", "segment", "campaign", "channel", "report", "gateway")}
LAUNCH = "POST /v1/campaigns/{campaign}:launch"
IMPORT = "POST /v1/imports/{import_id}:commit"
REACHED = {"opensearch", "warehouse insert profiles"}
T = TypeVar("T")


@pytest.fixture
def done(told: Told, system: System, tmp_path: Path) -> None:
    """See the main job done: by the story, when it was played before, else by its first steps on a small base."""
    if told.traces(LAUNCH):
        return
    write_base(tmp_path, SEED, ROWS)
    story = begin(json.loads(system.told.read_text(encoding="utf-8")), tmp_path)
    for step in STEPS:
        step(story)


@pytest.mark.timeout(900)
def test_the_main_job_is_one_tree_per_request_and_nobody_is_named_in_it(done: None, told: Told, system: System) -> None:
    spans = _until(lambda: next(filter(_whole, told.traces(LAUNCH)), None))

    by_id = {span.id: span for span in spans}
    [root] = [span for span in spans if not span.parent]
    assert root.service == "consilium-gateway"
    # access only issued the tokens, which are kept for a minute.
    assert {span.service for span in spans} - {"consilium-access"} == SERVICES
    letters = [span for span in spans if span.name == "send letter"]
    assert letters
    assert all(_way(span, by_id)[-1] is root for span in letters)
    assert len({span.attributes["consilium.campaign"] for span in letters}) == 1
    assert {"publish", "consume", "send", "warehouse", "mongodb", "operation", "call"} <= {
        span.name.split(" ")[0] for span in spans
    }
    # A letter that was put off or refused is found from its message alone: what the server said, and what caused it.
    answered = {span.attributes["consilium.provider_code"] for span in letters if span.failed}
    assert answered <= {450, 550, 0}


@pytest.mark.timeout(900)
def test_an_import_is_one_tree_from_the_commit_to_the_index_and_the_warehouse(done: None, told: Told) -> None:
    def reached() -> list[Span]:
        return next((one for one in told.traces(IMPORT) if {span.name for span in one} >= REACHED), [])

    assert any(span.name.startswith("mongodb commitTransaction") for span in _until(reached))


@pytest.mark.timeout(900)
def test_nobody_is_named_in_any_span(done: None, told: Told, system: System) -> None:
    addresses = json.loads(system.told.read_text(encoding="utf-8"))
    caller = Api(addresses["gateway"], addresses["issuer"], system_grant(addresses), "*")
    people = set(_personal(caller))

    values = "\n".join({str(value) for span in told.spans for value in (*span.attributes.values(), span.failed)})

    assert len(people) > 100
    assert [value for value in people if value in values] == []


def _personal(caller: Api) -> Iterator[str]:
    for person in caller.pages("/v1/profiles"):
        for name in ("family_name", "email", "phone"):
            told = person["attributes"].get(name, {}).get("value", {}).get("text", "")
            if len(told) > 3:
                yield told
        for contact in person.get("contacts", ()):
            if contact.get("value"):
                yield contact["value"]


def _whole(spans: list[Span]) -> bool:
    """Tell whether the warehouse has its outcomes and every parent has arrived."""
    known = {span.id for span in spans}
    kept = any(span.name == "warehouse insert deliveries" for span in spans)
    return kept and all(span.parent in known for span in spans if span.parent)


def _way(span: Span, by_id: dict[str, Span]) -> list[Span]:
    way = [span]
    while way[-1].parent:
        way.append(by_id[way[-1].parent])
    return way


def _until(check: Callable[[], T | None], seconds: float = 90.0) -> T:
    deadline = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < deadline, "the spans arrive"
        time.sleep(0.2)
    return found
