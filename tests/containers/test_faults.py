"""Containers stop, freeze, run on slow links and on a full disk while people work: nothing lost, nothing doubled.

Readiness says the truth meanwhile, by the name of what is missing.
"""

import pytest

from deploy.local.screen import say
from deploy.local.story.telling import Telling
from tests.containers.part import Part, until
from tests.containers.services import Service
from tests.containers.system import System
from tests.containers.work import work

pytestmark = [pytest.mark.containers, pytest.mark.timeout(1200)]

# Who says that something is missing, and by which name. Not in it: what is asked only when there is work (mailbox), and
# the provider of sign-in, whose keys are at hand for as long as they are good.
WITNESSES = {
    "mongodb": ("profile", "mongodb"),
    "nats": ("profile", "nats"),
    "opensearch": ("segment", "opensearch"),
    "links": ("gateway", "mongodb"),
    "access": ("gateway", "access"),
    "profile": ("gateway", "profile"),
    "segment": ("gateway", "segment"),
    "campaign": ("gateway", "campaign"),
    "channel": ("gateway", "channel"),
    "report": ("gateway", "report"),
}
_TOLD_SECONDS = 60


def test_every_container_may_stop_and_start(system: System, played: Telling) -> None:
    # Those that carry the campaign first, while it is being sent.
    carriers: list[Part] = [system.campaign, system.channel, system.nats, system.mongodb, system.mailbox]
    others = [part for part in (*system.engines, *system.services) if part not in carriers]
    with work(system, played, "каждый контейнер", letter_seconds=1.0):
        for part in (*carriers, *others):
            with part.stopped():
                _told(system, part.name)
            say("containers", f"{part.name} was stopped and answers again")


def test_a_frozen_bus_and_frozen_documents_are_waited_for(system: System, played: Telling) -> None:
    with work(system, played, "заморозка", letter_seconds=0.5):
        for part in (system.nats, system.mongodb):
            with part.paused():
                _told(system, part.name)
            system.wait()


def test_slow_links_only_make_it_slow(system: System, played: Telling) -> None:
    with (
        system.links.slow("mongodb", milliseconds=20, jitter=10),
        system.links.slow("nats", milliseconds=50, jitter=20),
        system.links.slow("opensearch", milliseconds=100, jitter=50),
        work(system, played, "медленные связи") as visitors,
    ):
        until(lambda: len(visitors.made) >= 5, 120, "people are made over slow links")
        assert all(service.answers() for service in system.services)


def test_a_full_disk_holds_the_report_back_and_loses_nothing(system: System, played: Telling) -> None:
    with work(system, played, "полный диск"):
        with system.report.full_disk():
            until(lambda: not all(system.report.readiness().values()), 120, "report says that it cannot write")
            assert system.profile.answers(), "nobody else minds"
        system.report.wait()


def _told(system: System, missing: str) -> None:
    """Wait until readiness tells what is missing."""
    if missing not in WITNESSES:
        return
    name, word = WITNESSES[missing]
    witness: Service = system.service(name)
    until(
        lambda: witness.misses(word), _TOLD_SECONDS, lambda: f"{name} says that {word} is away: {witness.readiness()}"
    )
