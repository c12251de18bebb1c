"""What may be decided about a person as a whole: merge, unmerge, archive, restore, erase.

Every function takes the person and gives events per stream; what is so already gives none.
"""

from collections.abc import Mapping

from services.profile.domain import errors
from services.profile.domain.events import (
    Event,
    MergeCause,
    ProfileAbsorbed,
    ProfileAbsorbs,
    ProfileArchived,
    ProfileErased,
    ProfileReleased,
    ProfileReleases,
    ProfileRestored,
)
from services.profile.domain.people import Home, Person

Decisions = Mapping[str, list[Event]]
"""Events to append, by stream."""


def merge(loser: Home, survivor: Home, cause: MergeCause) -> Decisions:
    """Let a live profile be absorbed by another live one.

    Raises:
        MergeUnfit: they are one already, or one of them is absorbed or erased.
    """
    if loser.id == survivor.id or loser.into or survivor.into or loser.erased or survivor.erased:
        raise errors.MergeUnfit(loser.id, survivor.id)
    return {
        loser.stream: [ProfileAbsorbed(survivor.id, cause)],
        survivor.stream: [ProfileAbsorbs(loser.id, loser.no, cause)],
    }


def unmerge(released: Home, survivor: Home, cause: MergeCause) -> Decisions:
    """Let an absorbed profile live again; `survivor` is the one that absorbed it, itself live or not."""
    if released.into != survivor.id:
        raise errors.MergeUnfit(released.id, survivor.id)
    return {
        released.stream: [ProfileReleased(survivor.id, cause)],
        survivor.stream: [ProfileReleases(released.id, released.no, cause)],
    }


def archive(person: Person, reason: str, comment: str) -> Decisions:
    """Set a person aside; nothing happens when archived already."""
    _refuse_erased(person)
    return {} if person.archived else {person.root.stream: [ProfileArchived(reason, comment)]}


def restore(person: Person) -> Decisions:
    """Bring a person back: every home that was set aside."""
    _refuse_erased(person)
    return {home.stream: [ProfileRestored()] for home in person.homes if home.archived}


def erase(person: Person, ground: str) -> Decisions:
    """Erase a person with every home that it absorbed."""
    return {home.stream: [ProfileErased(ground)] for home in person.homes if not home.erased}


def writable(person: Person, asked: str) -> None:
    """Check that the console may write to the person under the id that it used.

    Raises:
        ProfileAbsorbed: the id lives on in a survivor.
        ProfileErased: the person is gone.
    """
    if person.id != asked:
        raise errors.ProfileAbsorbed(asked, person.id)
    _refuse_erased(person)


def _refuse_erased(person: Person) -> None:
    if person.erased:
        raise errors.ProfileErased(person.id)
