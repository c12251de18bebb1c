"""What a change of a person means for the index."""

from services.segment.domain.face import ALL, Face
from services.segment.domain.following import Known, Person, followed

ID, OTHER = "0190a6f0-0000-7000-8000-000000000001", "0190a6f0-0000-7000-8000-000000000002"


def face(name: str, revision: int = 4) -> Face:
    return Face(profile=ID, no=1, face=name, revision=revision, status="active", kind="hcp")


def written(person: Person | None, known: Known | None, no: int = 1, revision: int = 4) -> dict[str, tuple[str, int]]:
    found = followed(ID, no, revision, person, known)
    assert found is not None
    return {write.face.face: (write.face.status, write.face.revision) for write in found.writes}


def test_a_live_person_is_written_with_every_face() -> None:
    person = Person(ID, 1, 4, (face(ALL), face("main")))

    assert written(person, None) == {ALL: ("active", 4), "main": ("active", 4)}


def test_a_face_whose_last_record_left_is_buried_and_never_forgotten() -> None:
    person = Person(ID, 1, 4, (face(ALL), face("main")))
    known = Known(1, 3, frozenset({"main", "partner"}), "active")

    assert written(person, known)["partner"] == ("gone", 4)
    found = followed(ID, 1, 4, person, known)
    assert found is not None
    assert next(write.known_faces for write in found.writes if write.face.face == ALL) == {"main", "partner"}


def test_an_absorbed_person_is_buried_everywhere_and_known_as_his_survivor() -> None:
    survivor = Person(OTHER, 2, 7, (), ())
    known = Known(1, 5, frozenset({"main"}), "active")

    assert written(survivor, known, revision=0) == {"main": ("absorbed", 5), ALL: ("absorbed", 5)}
    found = followed(ID, 1, 0, survivor, known)
    assert found is not None
    assert (found.no, found.into) == (1, 2)


def test_an_erased_person_leaves_a_tombstone_per_face() -> None:
    known = Known(1, 3, frozenset({"main"}), "active")

    assert written(Person(ID, 1, 4), known) == {"main": ("erased", 4), ALL: ("erased", 4)}


def test_whom_the_owner_does_not_know_is_left_alone() -> None:
    assert followed(ID, 1, 4, None, None) is None
