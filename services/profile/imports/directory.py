"""Dictionaries and organisations: found by anybody who works with people, changed by stewards."""

from dataclasses import dataclass, replace

from chassis.kernel import Etag, EtagStale, derived_id
from services.profile.commands.change import Request
from services.profile.domain.dictionaries import Dictionary, Term
from services.profile.domain.directory_errors import DictionaryChanged, DictionaryUnknown, OrganisationUnknown
from services.profile.domain.normal.text import plain
from services.profile.domain.organisations import Organisation, check_parent, organisation_id
from services.profile.imports.intake import Intake

_TRIES = 3


async def dictionary_named(name: str, intake: Intake) -> Dictionary:
    """Give a dictionary.

    Raises:
        DictionaryUnknown: there is none of that name.
    """
    dictionary = (await intake.dictionaries.all()).get(name)
    if dictionary is None:
        raise DictionaryUnknown(name)
    return dictionary


async def put_term(name: str, term: Term, intake: Intake) -> Term:
    """Add or replace a term; the same again changes nothing.

    Raises:
        DictionaryUnknown, TermCodeTaken, TermParentUnknown: it does not fit.
        DictionaryChanged: others kept changing the dictionary.
    """
    for _ in range(_TRIES):
        dictionary = await dictionary_named(name, intake)
        above = (await dictionary_named("regions", intake)).terms if name == "cities" else None
        changed = dictionary.with_term(term, above)
        if changed is dictionary or await intake.dictionaries.save(changed):
            return term
    raise DictionaryChanged(name)


async def organisation_of(organisation: str, intake: Intake) -> Organisation:
    """Give an organisation.

    Raises:
        OrganisationUnknown: there is none of that id.
    """
    found = await intake.organisations.get(organisation)
    if found is None:
        raise OrganisationUnknown(organisation)
    return found


@dataclass(frozen=True, slots=True)
class OrganisationFields:
    """What a steward says of an organisation."""

    name: str
    synonyms: tuple[str, ...]
    parent: str | None
    city: str | None


async def create_organisation(fields: OrganisationFields, request: Request, intake: Intake) -> Organisation:
    """Create an organisation; the same again answers the same.

    Raises:
        IdempotencyKeyReused: the request's key came with another body.
        OrganisationKnown: that name in that city is known already.
        OrganisationUnknown: the organisation above it is not.
    """
    if fields.parent:
        await organisation_of(fields.parent, intake)
    made = Organisation(
        # A part of another may bear a name that many have ("Reception"), so its parent belongs to its id.
        id=derived_id("organisation-part", fields.parent, fields.name)
        if fields.parent
        else organisation_id(fields.name, fields.city),
        name=plain(fields.name),
        synonyms=fields.synonyms,
        parent=fields.parent,
        city=fields.city,
    )
    return await intake.organisations.add(made, request.commit, request.mark(intake.app))


async def update_organisation(
    organisation: str, fields: OrganisationFields, etag: Etag | None, intake: Intake
) -> Organisation:
    """Change all fields of an organisation; its id stays, whatever its name becomes.

    Raises:
        OrganisationUnknown: it, or the one above it, is not there.
        OrganisationInItself: it would become its own part.
        EtagStale: somebody else changed it.
    """
    found = await organisation_of(organisation, intake)
    if etag is not None and etag.revision != found.version:
        raise EtagStale
    if fields.parent:
        await organisation_of(fields.parent, intake)
        check_parent(organisation, fields.parent, await intake.organisations.parents())
    changed = replace(
        found,
        name=plain(fields.name),
        synonyms=fields.synonyms,
        parent=fields.parent,
        city=fields.city,
        version=found.version + 1,
    )
    if replace(changed, version=found.version) == found:
        return found
    await intake.organisations.save(changed)
    return changed
