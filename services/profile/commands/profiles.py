"""Commands on one person: create and edit by hand, archive and restore, merge and unmerge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chassis.kernel import Etag, EtagStale, Violation, new_id
from services.profile.app import App
from services.profile.commands.change import Request, Seen, change, in_workspace, see
from services.profile.commands.records import StagedDraft, put_records
from services.profile.commands.settling import settle
from services.profile.commands.work import Work, begin
from services.profile.domain import profile as decisions
from services.profile.domain.catalogue import Catalogue
from services.profile.domain.dictionaries import Dictionary, code_fault
from services.profile.domain.errors import (
    BaseUnknown,
    MergeUnfit,
    ProfileInvalid,
    ProfileNotAbsorbed,
    ProfileUnknown,
)
from services.profile.domain.events import Event, ValuesPinned
from services.profile.domain.identity import Apart
from services.profile.domain.people import Person
from services.profile.domain.record import Affiliation, AttributeValue, Contact, PersonKind, RecordDraft
from services.profile.domain.record_stream import Record, first_observation, observe, record_stream
from services.profile.domain.sources import CONSOLE, EVERYWHERE
from services.profile.queries import Shown

LONGEST_COMMENT = 50
"""Characters of a comment on archiving, as users were promised."""


_WORKPLACE_CODES = {"specialty": "specialties", "position": "positions", "city": "cities", "region": "regions"}
"""Fields of a workplace that are codes, with their dictionaries."""


@dataclass(frozen=True, slots=True)
class ProfileInput:
    """What the console says of a person; contacts and workplaces are all of the console's."""

    kind: PersonKind | None = None
    attributes: Mapping[str, AttributeValue] | None = None
    contacts: tuple[Contact, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    pinned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateProfile:
    """Change the named paths of what the console says; an attribute that is named but absent is withdrawn."""

    profile: str
    given: ProfileInput
    paths: tuple[str, ...]
    base: str = ""
    expected: Etag | None = None


async def create_profile(given: ProfileInput, base: str, request: Request, app: App) -> Seen:
    """Create a person from what the console knows, or find the one whom a linking fact names already.

    Raises:
        ProfileInvalid: a value does not fit, or no base is said in the whole installation; every field is named.
        BaseUnknown: there is no such base, or the workspace is another.
    """
    base = await _base(base, request, app)
    before = await request.repeated(app)
    if before is not None:
        [home] = (await app.ledger.homes_of([before.partition(":")[2]])).values()
        return await see(home, request.workspace, app)
    catalogue = await app.settings.catalogue()
    _refuse([*_unknown_pins(given, catalogue), *_unknown_codes(given, catalogue, await app.dictionaries())])
    profile = new_id()
    draft = RecordDraft(
        CONSOLE, profile, base, given.kind or "contact", dict(given.attributes or {}), given.contacts,
        given.affiliations, (), (), app.clock.now(),
    )  # fmt: skip
    staged = StagedDraft(draft, "console", profile, request.commit, frozenset(given.pinned))
    [result] = await put_records([staged], app, request.meta(app))
    if result.profile is None:
        raise ProfileInvalid(result.violations)
    return await see(result.profile, request.workspace, app)


async def update_profile(command: UpdateProfile, request: Request, app: App) -> Seen:
    """Change what the console says of a person.

    Raises:
        ProfileInvalid: a value or a path does not fit; or, in the whole installation, a person of several bases and
            without a console record came without a base.
        BaseUnknown: there is no such base, or the workspace is another.
    """

    if request.workspace not in {EVERYWHERE, command.base or request.workspace}:
        raise BaseUnknown(command.base)

    async def decide(work: Work, person: Person) -> Mapping[str, Sequence[Event]]:
        _check(work, command, await app.dictionaries())
        record = _console_record(person, command.base or request.workspace)
        if record is None:
            return await _first_words(
                work, person, command, await _base(command.base or _sole_base(person), request, app)
            )
        draft = _edited(record, command, app)
        events: list[Event] = list(observe(record, draft, request.actor, work.now))
        events += _pins(record.pinned, command)
        return {record.stream: events}

    return await change(command.profile, request, app, decide, command.expected)


async def _first_words(work: Work, person: Person, command: UpdateProfile, base: str) -> Mapping[str, Sequence[Event]]:
    """Open the console's record of a person; it stays with the eldest record whatever identity says later."""
    app = work.app
    blank = RecordDraft(CONSOLE, person.id, base, _kind(person), {}, (), (), (), (), work.now)
    draft = _overlaid(blank, command)
    record = new_id()
    events: list[Event] = list(first_observation(draft, person.id, person.root.no, work.meta.actor, work.now))
    events += _pins(frozenset(), command)
    keys = work.stated_by(draft)
    await work.know({keys.own, *keys.stated})
    if person.records:
        eldest = min(each.id for each in person.records)
        await app.identities.decide_joined(frozenset({record, eldest}), Apart(frozenset(), frozenset()))
    return {record_stream(record): events}


def _kind(person: Person) -> PersonKind:
    kinds = {record.kind for record in person.records}
    return next((kind for kind in ("hcp", "patient") if kind in kinds), "contact")


def _console_record(person: Person, base: str) -> Record | None:
    mine = [record for record in person.records if record.source == CONSOLE and base in {record.base, EVERYWHERE, ""}]
    return min(mine, key=lambda each: each.id) if mine else None


def _sole_base(person: Person) -> str:
    bases = {record.base for record in person.records}
    return bases.pop() if len(bases) == 1 else ""


def _edited(record: Record, command: UpdateProfile, app: App) -> RecordDraft:
    said = RecordDraft(
        record.source, record.key, record.base, record.kind,
        {key: each.value for key, each in record.attributes.items()}, record.contacts, record.affiliations,
        record.external_ids, (), app.clock.now(),
    )  # fmt: skip
    return _overlaid(said, command)


def _overlaid(draft: RecordDraft, command: UpdateProfile) -> RecordDraft:
    given = command.given
    attributes = dict(draft.attributes)
    for path in command.paths:
        if path.startswith("attributes."):
            key = path.partition(".")[2]
            value = (given.attributes or {}).get(key)
            if value is None:
                attributes.pop(key, None)
            else:
                attributes[key] = value
    return replace(
        draft,
        kind=given.kind or draft.kind if "kind" in command.paths else draft.kind,
        attributes=attributes,
        contacts=given.contacts if "contacts" in command.paths else draft.contacts,
        affiliations=given.affiliations if "affiliations" in command.paths else draft.affiliations,
    )


def _pins(before: frozenset[str], command: UpdateProfile) -> list[Event]:
    if "pinned" not in command.paths or before == frozenset(command.given.pinned):
        return []
    return [ValuesPinned(tuple(sorted(set(command.given.pinned))))]


def _unknown_codes(
    given: ProfileInput, catalogue: Catalogue, dictionaries: Mapping[str, Dictionary]
) -> list[Violation]:
    """Name the codes that their dictionaries do not have, each with what was probably meant."""
    codes = [
        (f"attributes.{key}", attribute.dictionary, value)
        for key, value in (given.attributes or {}).items()
        if (attribute := catalogue.get(key)) is not None and attribute.dictionary and isinstance(value, str)
    ]
    codes += [
        (f"affiliations[{index}].{name}", dictionary, code)
        for index, affiliation in enumerate(given.affiliations)
        for name, dictionary in _WORKPLACE_CODES.items()
        if (code := getattr(affiliation, name))
    ]
    faults = ((field, code_fault(dictionaries, dictionary, code)) for field, dictionary, code in codes)
    return [Violation(f"profile.{field}", *fault) for field, fault in faults if fault is not None]


def _refuse(faults: Sequence[Violation]) -> None:
    if faults:
        raise ProfileInvalid(faults)


def _check(work: Work, command: UpdateProfile, dictionaries: Mapping[str, Dictionary]) -> None:
    faults = [Violation("update_mask", "PATH_UNKNOWN", path) for path in command.paths if not _known_path(path)]
    for path in command.paths:
        key = path.partition(".")[2]
        value = (command.given.attributes or {}).get(key)
        fault = work.catalogue.fault(key, value) if value is not None else None
        if fault is not None:
            faults.append(Violation(f"profile.attributes.{key}", fault.fields["fault"]))
    faults += _unknown_pins(command.given, work.catalogue)
    _refuse(faults or _unknown_codes(command.given, work.catalogue, dictionaries))


def _unknown_pins(given: ProfileInput, catalogue: Catalogue) -> list[Violation]:
    return [Violation("profile.pinned", "ATTRIBUTE_UNKNOWN", key) for key in given.pinned if catalogue.get(key) is None]


def _known_path(path: str) -> bool:
    return path in {"kind", "contacts", "affiliations", "pinned"} or path.startswith("attributes.")


async def archive_profile(
    profile: str, reason: str, comment: str, request: Request, app: App, expected: Etag | None = None
) -> Seen:
    """Set a person aside; nothing happens when archived already.

    Raises:
        ProfileInvalid: the comment is longer than 50 characters.
    """
    if len(comment) > LONGEST_COMMENT:
        raise ProfileInvalid([Violation("comment", "TOO_LONG", f"At most {LONGEST_COMMENT} characters.")])

    async def decide(_: Work, person: Person) -> Mapping[str, Sequence[Event]]:
        return decisions.archive(person, reason, comment)

    return await change(profile, request, app, decide, expected)


async def restore_profile(profile: str, request: Request, app: App, expected: Etag | None = None) -> Seen:
    """Bring a person back; nothing happens when not archived."""

    async def decide(_: Work, person: Person) -> Mapping[str, Sequence[Event]]:
        return decisions.restore(person)

    return await change(profile, request, app, decide, expected)


async def merge_profiles(survivor: str, other: str, request: Request, app: App, expected: Etag | None = None) -> Seen:
    """Make two people one by a steward's word, which stands above every key; nothing happens when they are.

    Raises:
        MergeUnfit: they are one person, or one of them is erased.
    """
    loaded = await app.views.load([survivor, other])
    if survivor != other and {survivor, other} <= loaded.people.homes.keys() and loaded.people.root(other) == survivor:
        return await see(survivor, request.workspace, app)
    first, second = await _both(survivor, other, request, app, expected)
    if first.person.id == second.person.id or not first.person.records or not second.person.records:
        raise MergeUnfit(other, survivor)
    left, right = (frozenset(each.id for each in seen.person.records) for seen in (first, second))
    await app.identities.decide_joined(frozenset({min(left), min(right)}), Apart(left, right))
    app.fault("decided")
    await settle([survivor, other], app, request.meta(app), frozenset({survivor}))
    return await see(survivor, request.workspace, app)


async def preview_merge(survivor: str, other: str, request: Request, app: App) -> Shown:
    """Show whom a merge would make; nothing is written.

    Raises:
        MergeUnfit: they are one person, or one of them is erased.
    """
    first, second = await _both(survivor, other, request, app, None)
    one, two = first.person, second.person
    if one.id == two.id or not one.records or not two.records:
        raise MergeUnfit(other, survivor)
    records = (*one.records, *two.records)
    whole = Person(one.root, (*one.homes, *two.homes), records)
    opened = min(record.opened_at for record in records)
    return Shown(Seen(in_workspace(whole, survivor, request.workspace), first.revision), opened, app.clock.now())


async def unmerge_profiles(survivor: str, other: str, request: Request, app: App, expected: Etag | None = None) -> Seen:
    """Take a merge back and keep the two apart from now on.

    Raises:
        ProfileNotAbsorbed: the survivor did not absorb the other.
    """
    work = await begin(app, request.meta(app), [survivor, other])
    people = work.people
    if survivor not in people.homes or other not in people.homes:
        raise ProfileUnknown(survivor if survivor not in people.homes else other)
    root = people.root(survivor)
    whole = people.person(root)
    in_workspace(whole, survivor, request.workspace)
    decisions.writable(whole, survivor)
    _check_etag(expected, Seen(whole, work.loaded.revisions.get(root, 0)))
    if people.root(other) != root or other == root:
        raise ProfileNotAbsorbed(other)
    absorbed = people.person(other)
    in_workspace(absorbed, other, request.workspace)
    right = frozenset(record.id for record in absorbed.records)
    left = frozenset(record.id for record in whole.records) - right
    await app.identities.decide_apart(Apart(left, right))
    app.fault("decided")
    await settle([survivor, other], app, request.meta(app), frozenset({survivor}))
    return await see(survivor, request.workspace, app)


async def _both(survivor: str, other: str, request: Request, app: App, expected: Etag | None) -> tuple[Seen, Seen]:
    first, second = await see(survivor, EVERYWHERE, app), await see(other, EVERYWHERE, app)
    for asked, seen in ((survivor, first), (other, second)):
        in_workspace(seen.person, asked, request.workspace)
        decisions.writable(seen.person, asked)
    _check_etag(expected, first)
    return first, second


def _check_etag(expected: Etag | None, seen: Seen) -> None:
    if expected is not None and expected != seen.etag:
        raise EtagStale


async def _base(base: str, request: Request, app: App) -> str:
    wanted = base or ("" if request.workspace == EVERYWHERE else request.workspace)
    if not wanted:
        raise ProfileInvalid([Violation("base", "REQUIRED", "Say whose record it is: a base's key.")])
    if request.workspace not in {EVERYWHERE, wanted} or wanted not in {each.key for each in await app.settings.bases()}:
        raise BaseUnknown(wanted)
    return wanted
