"""What profile tells the bus: ids, codes, revisions, keyed hashes; never a value of a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel import partition_of
from chassis.outbox import Fact
from gen.consilium.profile.v1 import events_pb2 as pb
from services.profile.domain.consent import ConsentChanged
from services.profile.domain.events import (
    Event,
    ProfileAbsorbs,
    ProfileArchived,
    ProfileErased,
    ProfileReleases,
    ProfileRestored,
    RecordOpened,
    RecordSplit,
)
from services.profile.domain.people import Commit

TOPIC = "profile"
Digest = Callable[[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Speaker:
    """The view that tells facts."""

    profile: str
    no: int
    revision: int
    absorbed: tuple[str, ...] = ()


def facts_of(speaker: Speaker, commits: Sequence[Commit], now: datetime, digest: Digest) -> list[Fact]:
    """Give one fact per event that others follow, then `profile-changed`; ids are those of commit and event."""
    profile, no, revision = speaker.profile, speaker.no, speaker.revision
    partition = partition_of(profile)
    facts: list[Fact] = []
    for commit in commits:
        for index, event in enumerate(commit.events):
            said = _said(speaker, commit, event, digest)
            if said is not None:
                name, body = said
                facts.append(
                    Fact(f"{commit.id}.{index}", TOPIC, name, partition, body, commit.recorded_at, cause=commit.id)
                )
    changed = pb.ProfileChanged(profile=profile, no=no, revision=revision).SerializeToString()
    facts.append(Fact(f"{profile}.{revision}", TOPIC, "profile-changed", partition, changed, now))
    return facts


def _said(speaker: Speaker, commit: Commit, event: Event, digest: Digest) -> tuple[str, bytes] | None:
    profile, no, revision = speaker.profile, speaker.no, speaker.revision
    owner = commit.stream.partition(":")[2]
    match event:
        case RecordOpened(home=home, no=number) | RecordSplit(home=home, no=number):
            # The home, not its root of today: followers put the absorbed map over it, so a merge moves nothing.
            linked = pb.RecordLinked(record=owner, profile=home, no=number, revision=revision)
            return "record-linked", linked.SerializeToString()
        case ConsentChanged():
            return event.name, _consent(profile, owner, revision, event, digest).SerializeToString()
        case ProfileAbsorbs(absorbed, absorbed_no, _):
            merged = pb.ProfileMerged(
                profile=profile, no=no, absorbed=absorbed, absorbed_no=absorbed_no, revision=revision
            )
            return "profile-merged", merged.SerializeToString()
        case ProfileReleases(released, released_no, _):
            unmerged = pb.ProfileUnmerged(
                profile=owner, no=no, released=released, released_no=released_no, revision=revision
            )
            return "profile-unmerged", unmerged.SerializeToString()
        case ProfileArchived() | ProfileRestored() | ProfileErased():
            state = pb.ProfileStateChanged(profile=profile, no=no, revision=revision, absorbed=speaker.absorbed)
            name = {ProfileArchived: "archived", ProfileRestored: "restored", ProfileErased: "erased"}[type(event)]
            return f"profile-{name}", state.SerializeToString()
    return None


def _consent(profile: str, record: str, revision: int, event: ConsentChanged, digest: Digest) -> pb.ConsentChanged:
    key = event.key
    said = pb.ConsentChanged(
        profile=profile,
        record=record,
        controller=key.controller,
        purpose=key.purpose,
        channel=key.channel,
        topic=key.topic,
        contact_hmac=digest(key.contact.kind, key.contact.value),
        revision=revision,
    )
    said.time.FromDatetime(event.evidence.time)
    return said
