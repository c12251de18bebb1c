"""What a change of a person means for the index: faces to write, faces to bury, who was absorbed.

Promise: a function of what the owner says now and what the index holds, never of the order of facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.segment.domain.face import ALL, Face, tombstone

GONE = "gone"
"""Status of a face whose last record left its base."""

ABSORBED, ERASED = "absorbed", "erased"
TOMBSTONES = (ERASED, ABSORBED, GONE)


@dataclass(frozen=True, slots=True)
class Person:
    """One person as the owner has him now. `faces` hold the whole and one face per base; none when erased."""

    profile: str
    no: int
    revision: int
    faces: tuple[Face, ...] = ()
    absorbed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the index holds of a person: number, revision and every base that it ever had a document for."""

    no: int
    revision: int
    faces: frozenset[str]
    status: str


@dataclass(frozen=True, slots=True)
class Written:
    """One face to write, with the bases that the person ever had."""

    face: Face
    known_faces: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Followed:
    """One person to follow: what to write, and who he is in bitmaps.

    `into` is his own number while he is live; `absorbed` are the numbers of those whom he absorbed.
    """

    profile: str
    no: int
    revision: int
    into: int
    faces: tuple[Face, ...] = ()
    writes: tuple[Written, ...] = ()
    absorbed: tuple[int, ...] = ()


def followed(asked: str, no: int, revision: int, person: Person | None, known: Known | None) -> Followed | None:
    """Return what becomes of the person that a fact names; None when neither the owner nor the index knows him.

    Args:
        asked: the id in the fact.
        no: the number in the fact; 0 when it names none.
        revision: the revision in the fact.
        person: as the owner answers for that id: himself, his survivor, or nobody.
        known: as the index holds him.
    """
    if person is None:
        return None
    if person.profile != asked:
        number = no or (known.no if known else 0)
        last = max(revision, known.revision if known else 0)
        buried = _buried(asked, number, last, _everywhere(known), ABSORBED)
        return Followed(asked, number, last, person.no, writes=buried)
    bases = frozenset(face.face for face in person.faces) - {ALL}
    ever = bases | (known.faces if known else frozenset())
    if not person.faces:
        buried = _buried(asked, person.no, person.revision, _everywhere(known), ERASED)
        return Followed(asked, person.no, person.revision, person.no, writes=buried)
    numbers = tuple(no for _, no in person.absorbed)
    writes = (
        *_buried(asked, person.no, person.revision, sorted(ever - bases), GONE),
        *(Written(face, ever if face.face == ALL else frozenset()) for face in person.faces),
    )
    return Followed(asked, person.no, person.revision, person.no, person.faces, writes, numbers)


def _everywhere(known: Known | None) -> list[str]:
    return [*sorted(known.faces), ALL] if known else [ALL]


def _buried(profile: str, no: int, revision: int, faces: Iterable[str], status: str) -> tuple[Written, ...]:
    return tuple(Written(tombstone(profile, no, face, revision, status), frozenset(faces) - {ALL}) for face in faces)
