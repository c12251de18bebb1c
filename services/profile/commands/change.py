"""Changing one person: load, decide, append, project, and on a conflict all of it again.

A command decides by a pure function of the person, so deciding again is safe. With an etag there is no second try: the
append is at exactly the versions that the etag's view shows. A repeated request finds its commit and answers from the
person as it is now.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from chassis.kernel import Etag, EtagStale, derived_id
from chassis.kernel.problem import IdempotencyKeyReused
from services.profile.app import App
from services.profile.commands.settling import finish, settle
from services.profile.commands.work import Work, begin
from services.profile.domain.errors import ProfileUnknown
from services.profile.domain.events import Event
from services.profile.domain.people import Person
from services.profile.domain.placement import touched
from services.profile.domain.profile import writable
from services.profile.domain.sources import EVERYWHERE
from services.profile.ports import Meta, Raced


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, from which workspace; `key` is the idempotency key and `body` what a repeat must equal."""

    actor: str
    workspace: str = EVERYWHERE
    key: str = ""
    body: bytes = b""
    operation: str = ""

    @property
    def commit(self) -> str | None:
        """Return the id of the commit that this request makes, None when it carries no key."""
        return derived_id(self.actor, self.key) if self.key else None

    def meta(self, app: App) -> Meta:
        """Return what its commits say about it; the body only as a keyed hash."""
        return Meta(self.actor, self.operation, bytes.fromhex(self.mark(app)) if self.key else b"")

    def mark(self, app: App) -> str:
        """Return the keyed hash of the body, which a repeat of the same key must equal."""
        return app.digest("request", self.body.hex())

    async def repeated(self, app: App) -> str | None:
        """Give the stream that this very request wrote to before, None when it is new.

        What was broken off then is finished first, so that the answer shows what the request did.

        Raises:
            IdempotencyKeyReused: the key came with another body.
        """
        if self.commit is None:
            return None
        before = (await app.ledger.find([self.commit])).get(self.commit)
        if before is None:
            return None
        if before.meta.request != bytes.fromhex(self.mark(app)):
            raise IdempotencyKeyReused
        if before.unfinished is not None:
            await finish([before.unfinished], app)
        return before.commit.stream


@dataclass(frozen=True, slots=True)
class Seen:
    """A person and the revision at which it was seen."""

    person: Person
    revision: int

    @property
    def etag(self) -> Etag:
        """Return the etag that names exactly this state."""
        return Etag(self.revision, 0, self.person.id)


Decide = Callable[[Work, Person], Awaitable[Mapping[str, Sequence[Event]]]]


async def see(profile: str, workspace: str, app: App) -> Seen:
    """Give a person as a workspace may know it: whole, or restricted to its base.

    Raises:
        ProfileUnknown: there is nobody of this id, or nobody whom the workspace may know.
    """
    loaded = await app.views.load([profile])
    if profile not in loaded.people.homes:
        raise ProfileUnknown(profile)
    person = loaded.people.person(loaded.people.root(profile))
    return Seen(in_workspace(person, profile, workspace), loaded.revisions.get(person.id, 0))


def in_workspace(person: Person, asked: str, workspace: str) -> Person:
    """Restrict a person to a workspace.

    Raises:
        ProfileUnknown: the workspace's base has no record of it.
    """
    if workspace == EVERYWHERE:
        return person
    face = person.of_base(workspace)
    if not face.records:
        raise ProfileUnknown(asked)
    return face


async def change(profile: str, request: Request, app: App, decide: Decide, expected: Etag | None = None) -> Seen:
    """Change a person.

    Raises:
        ProfileUnknown: nobody of this id is in the workspace.
        ProfileAbsorbed: the id lives on in a survivor.
        ProfileErased: the person is gone.
        EtagStale: the person has changed since the etag was given.
        IdempotencyKeyReused: the request's key came with another body before.
    """
    if await request.repeated(app) is not None:
        return await see(profile, request.workspace, app)
    tries = 0

    async def attempt() -> Work:
        nonlocal tries
        tries += 1
        work = await begin(app, request.meta(app), [profile])
        if tries > 1:
            await work.catch_up()
        if profile not in work.people.homes:
            raise ProfileUnknown(profile)
        person = work.people.person(work.people.root(profile))
        in_workspace(person, profile, request.workspace)
        writable(person, profile)
        if expected is not None and (expected.revision, expected.subject) != (
            work.loaded.revisions.get(person.id, 0),
            person.id,
        ):
            raise EtagStale
        await _carry_out(work, person, await decide(work, person), request.commit)
        return work

    try:
        work = await (attempt() if expected is not None else app.again(attempt))
    except Raced:
        raise EtagStale from None
    if work.unsettled:
        await settle([profile], app, request.meta(app))
        await work.close()
    return await see(profile, request.workspace, app)


async def _carry_out(work: Work, person: Person, decisions: Mapping[str, Sequence[Event]], commit: str | None) -> None:
    """Append what was decided and write it; the request's own commit is the first."""
    unsettled = False
    alone = len(person.records) <= 1
    before = {record.stream: record for record in person.records}
    for stream, events in decisions.items():
        if not events:
            continue
        await work.know_changes(stream, events)
        known = before.get(stream)
        old = work.keys(known) if known else None
        work.append(stream, events, commit)
        commit = None
        if stream.startswith("record:"):
            record = work.people.records[stream.partition(":")[2]]
            new = work.keys(record)
            if known is None or old is None:
                unsettled = unsettled or any(len(work.holdings[key].holders) > 1 for key in new.joining)
            else:
                renamed = known.name != record.name
                unsettled = unsettled or touched(old, new, renamed, work.holdings, alone)
    work.unsettled = unsettled
    await work.write(unfinished=unsettled)
