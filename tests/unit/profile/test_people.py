"""Homes, merges and splits as folds: nothing moves but a pointer, in any order."""

from datetime import timedelta

import pytest

from services.profile.domain import profile
from services.profile.domain.errors import MergeUnfit, ProfileAbsorbed, ProfileErased
from services.profile.domain.events import RecordSplit
from services.profile.domain.people import Commit, People, fold
from services.profile.domain.profile import Decisions
from services.profile.domain.record_stream import first_observation
from services.profile.domain.sources import Source
from tests.unit.profile.people_samples import NOW, PARTNER, REGISTRY, a_draft


class Story:
    """A sequence of commits and the people that they make."""

    def __init__(self) -> None:
        self.commits: list[Commit] = []
        self.people = People()

    def opened(self, record: str, home: str, no: int, source: Source = REGISTRY) -> None:
        draft = a_draft(source, key=record)
        self._commit(f"record:{record}", list(first_observation(draft, home, no, "import", NOW)))

    def decided(self, decisions: Decisions) -> None:
        for stream, events in decisions.items():
            self._commit(stream, list(events))

    def _commit(self, stream: str, events: list[object]) -> None:
        number = len(self.commits)
        commit = Commit(
            f"c{number}",
            stream,
            self.people.version(stream) + 1,
            tuple(events),  # type: ignore[arg-type]  # events of any kind
            NOW + timedelta(minutes=number),
        )
        self.commits.append(commit)
        assert self.people.apply(commit)

    def merged(self, loser: str, survivor: str) -> None:
        self.decided(profile.merge(self.people.homes[loser], self.people.homes[survivor], "steward"))

    def unmerged(self, loser: str, survivor: str) -> None:
        self.decided(profile.unmerge(self.people.homes[loser], self.people.homes[survivor], "steward"))

    def records(self, root: str) -> list[str]:
        return [record.id for record in self.people.person(root).records]


@pytest.fixture
def story() -> Story:
    told = Story()
    told.opened("r1", "p1", 1)
    told.opened("r2", "p2", 2, source=PARTNER)
    told.opened("r3", "p3", 3)
    return told


def test_merges_are_taken_back_in_any_order(story: Story) -> None:
    story.merged("p1", "p2")
    story.merged("p2", "p3")
    assert story.records("p3") == ["r1", "r2", "r3"]
    assert story.people.root("p1") == "p3"

    story.unmerged("p2", "p3")
    assert (story.records("p3"), story.records("p2")) == (["r3"], ["r1", "r2"])

    story.unmerged("p1", "p2")
    assert (story.records("p1"), story.records("p2"), story.records("p3")) == (["r1"], ["r2"], ["r3"])


def test_only_the_living_merge(story: Story) -> None:
    story.merged("p1", "p2")
    with pytest.raises(MergeUnfit):
        story.merged("p1", "p3")
    with pytest.raises(MergeUnfit):
        story.merged("p3", "p1")
    with pytest.raises(MergeUnfit):
        story.merged("p3", "p3")


def test_a_split_gives_the_record_a_home_of_its_own(story: Story) -> None:
    story.decided({"record:r1": [RecordSplit("p9", 9)]})

    assert story.records("p9") == ["r1"]
    assert story.records("p1") == []
    assert story.people.homes["p9"].no == 9


def test_an_archived_loser_archives_the_survivor_until_restored_and_keeps_its_own_word(story: Story) -> None:
    story.decided(profile.archive(story.people.person("p1"), "unsubscribed", "asked by phone"))
    assert profile.archive(story.people.person("p1"), "unsubscribed", "") == {}
    story.merged("p1", "p2")
    archived = story.people.person("p2").archived
    assert archived is not None
    assert archived.comment == "asked by phone"

    story.decided(profile.restore(story.people.person("p2")))
    assert story.people.person("p2").archived is None
    assert profile.restore(story.people.person("p2")) == {}


def test_erasing_takes_every_absorbed_home_and_ends_all_writing(story: Story) -> None:
    story.merged("p1", "p2")
    story.decided(profile.erase(story.people.person("p2"), "request"))

    assert all(home.erased for home in story.people.person("p2").homes)
    assert profile.erase(story.people.person("p2"), "request") == {}
    with pytest.raises(ProfileErased):
        profile.archive(story.people.person("p2"), "left", "")


def test_the_console_writes_to_survivors_only(story: Story) -> None:
    story.merged("p1", "p2")
    with pytest.raises(ProfileAbsorbed) as refused:
        profile.writable(story.people.person("p2"), "p1")
    assert refused.value.fields["survivor"] == "p2"


def test_a_past_state_is_a_fold_up_to_then(story: Story) -> None:
    story.merged("p1", "p2")
    before = fold(story.commits[:3], {})
    assert before.root("p1") == "p1"
    after = fold(story.commits, {})
    assert after.root("p1") == "p2"
    assert not after.apply(story.commits[-1])
