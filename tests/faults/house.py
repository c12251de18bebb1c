"""The whole system under faults: its processes die, freeze and come back while the story's own steps go on.

The main thread, which started the processes, does the faults and the supervisor's work (`System.watch`); what people
do meanwhile runs in a thread beside it.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pymongo

from deploy.local.children import HOST, spawn
from deploy.local.screen import say
from deploy.local.system import ROOT, System
from deploy.local.table import SERVICES

_BACK_SECONDS = 90.0
_LIVE = {"active", "archived"}


class House:
    """One running installation, what can happen to it, and what must hold afterwards."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.namespace = str(system.environment("profile")["CONSILIUM_NAMESPACE"])
        self._supervised = True
        self._mongo: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
            system.addresses()["CONSILIUM_MONGODB"], serverSelectionTimeoutMS=1000
        )

    def collection(self, service: str, name: str) -> "pymongo.collection.Collection[dict[str, Any]]":
        """Return a collection of a service, to see where it stands; nothing is written to it."""
        return self._mongo[f"{self.namespace}_{service}"][name]

    def until(
        self,
        check: Callable[[], Any],
        seconds: float,
        what: str,
        every: float = 0.1,
        saw: Callable[[], str] = lambda: "",
    ) -> Any:
        """Supervise until `check` gives something true; an engine that is away means "not yet".

        `saw` is asked, when the time is over, what stands instead.
        """
        deadline = time.monotonic() + seconds
        while True:
            if self._supervised:
                self.system.watch()
            try:
                if result := check():
                    return result
            except (httpx.HTTPError, pymongo.errors.PyMongoError):
                pass
            assert time.monotonic() < deadline, f"{what}, within {seconds:.0f} s; {saw()}"
            time.sleep(every)

    def kill(self, name: str, away: float = 0.0) -> None:
        """Kill -9 a part, leave it dead for some seconds, and have it started again."""
        with self.dead(name):
            time.sleep(away)

    @contextmanager
    def dead(self, name: str) -> Iterator[None]:
        """Kill -9 a part, and have it started again at the end; nothing is started meanwhile."""
        process = self.system.part(name).process
        process.kill()
        process.wait(10)
        say("faults", f"{name} is killed")
        self._supervised = False
        try:
            yield
        finally:
            self._supervised = True
        self.until(lambda: self.system.part(name).process.poll() is None, _BACK_SECONDS, f"{name} is started again")
        self.until(lambda: self.system.part(name).ready(), _BACK_SECONDS, f"{name} answers again")

    @contextmanager
    def frozen(self, process: int) -> Iterator[None]:
        """Stop a process, as a machine under pressure may; it wakes at the end."""
        os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process, signal.SIGCONT)

    @contextmanager
    def second_worker(self, service: str) -> Iterator[None]:
        """Run one more `work` process of a service, which competes for every lane."""
        with self.second_workers({service: 0.0}):
            yield

    @contextmanager
    def second_workers(self, services: Mapping[str, float], *, tree: Path = ROOT) -> Iterator[None]:
        """Run one more `work` process of each of these services, whose clock is so many seconds ahead.

        Their code is that of `tree`.
        """
        processes = []
        try:
            for service, seconds in services.items():
                module = [f"services.{service}"]
                if seconds:
                    module = ["tests.faults.skewed", str(seconds), *module]
                own = {"CONSILIUM_METRICS_PORT": "0"}
                if service == "channel":
                    own["CONSILIUM_BOUNCE_PORT"] = "0"  # one of them listens there
                processes.append(
                    spawn(
                        [sys.executable, "-m", *module, "work"],
                        self.system.logs / f"{service}-{uuid4().hex[:6]}.log",
                        directory=tree,
                        environment={**self.system.environment(service), **own},
                    )
                )
            for service in services:
                self.until(lambda name=service: self._shared(name), 90, f"two workers of {service} share lanes")  # type: ignore[misc]  # a default argument holds the present one
            yield
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)

    def _shared(self, service: str) -> bool:
        return len(self.collection(service, "leases").distinct("owner", {"_id": {"$regex": "^lane:"}})) > 1

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Stop the gateway and every service orderly; at the end start them again, profile first, the gateway last."""
        rest = [service for service in SERVICES if service != "profile"]
        self._supervised = False
        for name in ("gateway", *rest, "profile"):
            self.system.part(name).stop()
        say("faults", "every service is stopped")
        yield
        for wave in (("profile",), rest, ("gateway",)):
            for name in wave:
                self.system.restart(name)
            for name in wave:
                self.until(lambda each=name: self.system.part(each).ready(), _BACK_SECONDS, f"{name} answers again")  # type: ignore[misc]  # a default argument holds the present one
        self._supervised = True

    def command(self, service: str, *words: str) -> str:
        """Run an operator's command with what a service is told; give what it said."""
        environment = {**os.environ, **self.system.environment(service)}
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout[-1000:]}{done.stderr[-2000:]}"
        say("faults", f"python -m {' '.join(words)}")
        return done.stdout

    def lose_everything(self) -> None:
        """Drop every database, the index and the warehouse's folder, as a lost machine does; the bus stays."""
        for name in self._mongo.list_database_names():
            if name.startswith(f"{self.namespace}_"):
                self._mongo.drop_database(name)
        search = self.system.addresses()["CONSILIUM_OPENSEARCH"]
        indices = httpx.get(f"{search}/_cat/indices/{self.namespace}-*", params={"h": "index"}, timeout=30).text
        for index in indices.split():
            httpx.delete(f"{search}/{index}", timeout=30).raise_for_status()
        shutil.rmtree(self.system.environment("report")["CONSILIUM_DATA_DIR"])
        say("faults", "databases, index and warehouse are lost")

    def meanwhile(self, work: Callable[[], None], faults: Callable[[], None], seconds: float) -> None:
        """Let people do their `work` while `faults` happen, and see both to their end."""
        with ThreadPoolExecutor(1) as people:
            doing = people.submit(work)
            faults()
            self.until(doing.done, seconds, "the work is done in spite of the faults")
            doing.result()

    def readiness(self, service: str) -> dict[str, bool]:
        """Return what a process says of its dependencies."""
        answer = httpx.get(f"http://{HOST}:{self.system.ports.pages(service)}/readyz", timeout=10)
        return dict(answer.json())

    def dead_letters(self) -> int:
        """Count what was given up."""
        streams = {stream["name"]: stream["state"]["messages"] for stream in self._streams()}
        return int(streams[f"{self.namespace}_dead".upper()])

    def behind(self) -> dict[str, tuple[int, int]]:
        """Give, by consumer, how many facts wait for it and how many it has not answered for, where there are any."""
        consumers = [each for stream in self._streams(consumers="true") for each in stream.get("consumer_detail", ())]
        waiting = {each["name"]: (each["num_pending"], each["num_ack_pending"]) for each in consumers}
        return {name: counts for name, counts in waiting.items() if any(counts)}

    def ahead(self) -> dict[str, int]:
        """Count, by collection, what is dated later than any right clock would date it."""
        now = datetime.now(UTC)
        latest = {
            ("profile", "commits", "recorded_at"): now + timedelta(seconds=1),
            ("profile", "identity_keys", "claim.until"): now + timedelta(seconds=15),
            ("channel", "messages", "due_at"): now + timedelta(seconds=90),
        }
        found = {
            f"{service}/{name}": self.collection(service, name).count_documents({field: {"$gt": moment}})
            for (service, name, field), moment in latest.items()
        }
        return {name: count for name, count in found.items() if count}

    def stands(self) -> str:
        """Tell what is on its way, was given up or is dated wrong."""
        commits, people = self.collection("profile", "commits"), self.collection("profile", "view_people")
        unfinished = commits.count_documents({"open_lane": {"$exists": True}})
        untold = people.count_documents({"unpublished": True})
        return (
            f"dead letters: {self.dead_letters()}, waiting and unanswered: {self.behind()}, "
            f"dated ahead: {self.ahead()}, writes without their views: {unfinished}, people with untold facts: {untold}"
        )

    def _streams(self, **query: str) -> list[dict[str, Any]]:
        page = f"http://{HOST}:{self.system.ports.nats_monitor}/jsz"
        told = httpx.get(page, params={"streams": "true", **query}, timeout=10).json()
        return [stream for account in told["account_details"] for stream in account["stream_detail"]]

    def base(self) -> dict[str, int]:
        """Return the revision of every face of a living person, as profile holds them."""
        faces: dict[str, int] = {}
        for person in self.collection("profile", "view_people").find({"status": {"$in": sorted(_LIVE)}}):
            for face in ("all", *person["bases"]):
                faces[f"{person['_id']}:{face}"] = int(person["revision"])
        return faces

    def index(self) -> dict[str, int]:
        """Return the same as segment's index holds it, by its documents' own versions."""
        address = f"{self.system.addresses()['CONSILIUM_OPENSEARCH']}/{self.namespace}-profiles"
        httpx.post(f"{address}/_refresh", timeout=30).raise_for_status()
        query = {"size": 10_000, "version": True, "_source": False, "query": {"terms": {"status": sorted(_LIVE)}}}
        hits = httpx.post(f"{address}/_search", json=query, timeout=30).raise_for_status().json()["hits"]["hits"]
        return {hit["_id"]: int(hit["_version"]) for hit in hits}

    def index_equals_base(self, seconds: float = 90) -> int:
        """Wait until the index holds every face of everybody at its revision, and nothing else; count the faces."""
        self.until(lambda: self.index() == self.base(), seconds, "the index equals the base", saw=self.stands)
        return len(self.base())
