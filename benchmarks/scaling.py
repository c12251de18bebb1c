"""One against two `work` processes on the same engines: imports, the index that follows them, and letters.

The whole system runs as processes of its own, doors (`serve`) apart from work (`work`), and is told what to do through
the public API; letters go to the sink of the mail benchmark. The product is compared with itself: a figure's ceiling is
its own rate with one worker. Each number of workers has a fresh installation with the identical people.
"""

import csv
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pymongo

from benchmarks.figures import Figure, rate
from benchmarks.mail.taking import Sink
from chassis.kernel import LANES
from deploy.local.addresses import addresses_of
from deploy.local.children import HOST, Running, ended, spawn
from deploy.local.demo.sources import BASES, CONSENT, SOURCES
from deploy.local.story.api import Api, person_grant, system_grant
from deploy.local.story.letter import CONTENT, GOAL
from deploy.local.system import ROOT, System
from services.segment.domain.face import ALL
from tests.installation import installed

ROWS = 2_000
FILES = 8
"""Twice as many imports at once as one worker takes by itself, so that a second one finds some."""

LOOK_SECONDS = 0.5  # between two looks at the index: each makes it visible, which is work of its own

PATIENCE_SECONDS = 900
TERMS = {"controller": "main", "purpose": CONSENT["purpose"], "topic": CONSENT["topic"]}


async def measure(scale: float) -> list[Figure]:
    """Import eight files of 2,000 people each, wait for the index, and write to all of them; `scale` multiplies."""
    rows = int(ROWS * scale)
    one, two = _measured(1, rows), _measured(2, rows)
    people = f"{FILES * rows:,}"
    note = "two `work` processes beside one, same engines, two cores in all"
    return [
        rate(f"import of {FILES} files, {people} rows, 2 workers", two["import"], one["import"], "rows/s", 1.6, note),
        rate(f"index following {people} new people, 2 workers", two["index"], one["index"], "people/s", 1.6),
        rate(f"campaign of {people} letters, 2 workers", two["letters"], one["letters"], "letters/s", 1.6),
    ]


def _measured(workers: int, rows: int) -> dict[str, float]:
    sink = Sink()
    os.environ["CONSILIUM_SMTP"] = sink.address
    try:
        with installed() as system:
            return _Run(system, sink, workers, rows).figures()
    finally:
        del os.environ["CONSILIUM_SMTP"]
        sink.stop()


class _Run:
    """One installation at work."""

    def __init__(self, system: System, sink: Sink, workers: int, rows: int) -> None:
        told = addresses_of(system)
        self._system, self._sink, self._workers, self._rows = system, sink, workers, rows
        self._all = Api(system.gateway(), str(told["issuer"]), system_grant(told), "*")
        self._marketing = Api(system.gateway(), str(told["issuer"]), person_grant(told, "marketing-manager"), "main")
        self._search = str(told["opensearch"])
        self._namespace = system.environment("profile")["CONSILIUM_NAMESPACE"]
        self._mongo: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(str(told["mongodb"]))

    def figures(self) -> dict[str, float]:
        """Give rates by what was done, each a second."""
        people = self._rows * FILES
        with ended([]) as doors:
            for name in ("profile", "segment", "channel"):
                self._system.part(name).stop()
                doors.append(self._started(name, "serve"))
            with self._working("profile"):
                imported = self._import()
            with self._working("segment"):
                indexed = self._follow()
                segment = self._everybody()
            with self._working("channel"):
                sent = self._send(segment)
        return {"import": people / imported, "index": indexed, "letters": people / sent}

    def _import(self) -> float:
        """Commit all files at once; gives the seconds until the last is done."""
        self._all.post("/v1/bases", BASES[0])
        self._all.post("/v1/sources", next(source for source in SOURCES if source["key"] == "newsletter"))
        form = {"source": "newsletter", "kind": "hcp"}
        begun = [
            self._all.upload("/v1/imports", form, f"part-{number}.csv", _file(number, self._rows))
            for number in range(FILES)
        ]
        for one in begun:
            self._all.wait(one["operation"]["id"], _quiet, PATIENCE_SECONDS)
        started = time.perf_counter()
        commits = [self._all.post(f"/v1/imports/{one['import']['id']}:commit") for one in begun]
        for commit in commits:
            self._all.wait(commit["id"], _quiet, PATIENCE_SECONDS)
        took = time.perf_counter() - started
        # The workers, which bring facts to the bus too, stop after this.
        people = self._mongo[f"{self._namespace}_profile"]["view_people"]
        self._until(lambda: people.find_one({"unpublished": True}) is None, "every fact of the imports is on the bus")
        return took

    def _follow(self) -> float:
        """Wait until the index has everybody; gives people a second from its first people on."""
        first = self._until(lambda: self._indexed() or None, "the first people are in the index", LOOK_SECONDS)
        began, people = time.perf_counter(), self._rows * FILES
        self._until(lambda: self._indexed() >= people, "all people are in the index", LOOK_SECONDS)
        return float((people - first) / (time.perf_counter() - began))

    def _indexed(self) -> int:
        index = f"{self._search}/{self._namespace}-*"
        httpx.post(f"{index}/_refresh", timeout=60)
        query = {"query": {"term": {"face": ALL}}}
        return int(httpx.post(f"{index}/_count", json=query, timeout=60).json().get("count", 0))

    def _everybody(self) -> str:
        """Make the segment of all who consented, and wait until everybody is its member; gives its id."""
        rule = {"all": [{"consent": {**TERMS, "channel": "email", "status": "granted"}}, {"status": "active"}]}
        made = self._marketing.post("/v1/segments", {"name": "Подписчики", "kind": "live", "rule": rule})

        def complete() -> bool:
            return bool(self._marketing.get(f"/v1/segments/{made['id']}").get("members") == self._rows * FILES)

        self._until(complete, "everybody is a member of the segment", LOOK_SECONDS)
        return str(made["id"])

    def _send(self, segment: str) -> float:
        """Launch to a segment of everybody; gives the seconds from the first letter to the last."""
        api, people = self._marketing, self._rows * FILES
        template = api.post("/v1/templates", {"name": "Новости", "channel": "email", "draft": CONTENT})
        api.post(f"/v1/templates/{template['id']}:publish")
        campaign = {"name": "Новости", "segment": segment, "template": template["id"], "channels": ["email"]}
        campaign["goal"] = {"event": GOAL, "window_hours": 72}
        launched = api.post("/v1/campaigns", {**campaign, **TERMS})
        api.post(f"/v1/campaigns/{launched['id']}:launch")
        self._until(lambda: self._sink.letters() > 0, "the first letter has come")
        began = time.perf_counter()
        self._until(lambda: self._sink.letters() >= people, "every letter has come")
        return time.perf_counter() - began

    @contextmanager
    def _working(self, name: str) -> Iterator[None]:
        """Run the workers of a service; they share its lanes evenly when the block is entered."""
        with ended([]) as workers:
            for number in range(self._workers):
                workers.append(self._started(name, "work", number + 1))
            leases = self._mongo[f"{self._namespace}_{name}"]["leases"]

            def shared() -> bool:
                counts = [row["n"] for row in leases.aggregate(
                    [{"$match": {"_id": {"$regex": "^lane:"}}}, {"$group": {"_id": "$owner", "n": {"$sum": 1}}}]
                )]  # fmt: skip
                return sorted(counts) == [LANES // self._workers] * self._workers

            self._until(shared, f"the workers of {name} share its lanes")
            yield

    def _started(self, name: str, role: str, number: int = 0) -> Running:
        """Start one process of a service; only `serve` keeps the ports that the system gave it."""
        environment = dict(self._system.environment(name))
        if role == "work":
            environment |= {"CONSILIUM_METRICS_PORT": "0", "CONSILIUM_BOUNCE_PORT": "0"}
        log = self._system.logs / f"{name}-{role}-{number}.log"
        process = spawn([sys.executable, "-m", f"services.{name}", role], log, directory=ROOT, environment=environment)
        pages = f"http://{HOST}:{self._system.ports.pages(name)}/readyz"

        def answers() -> bool:
            return role == "work" or httpx.get(pages, timeout=5).is_success

        return Running(f"{name} {role}", process, log, {"pages": pages}, answers).wait(120)

    @staticmethod
    def _until(check: Callable[[], Any], what: str, every: float = 0.1) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := check()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {PATIENCE_SECONDS} s: {what}")
            time.sleep(every)
        return found


def _quiet(_: str) -> None:
    """Progress is nobody's business here."""


def _file(number: int, rows: int) -> bytes:
    """Write subscriptions of people whom no other file knows."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["email", "first_name", "opt_in_date", "opt_out_date"])
    for row in range(rows):
        table.writerow([f"reader{number}-{row}@x{row % 50}.example", f"Имя{row % 97}", "2026-03-05", ""])
    return out.getvalue().encode("utf-8-sig")
