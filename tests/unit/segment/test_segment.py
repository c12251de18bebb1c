"""The life of a segment."""

from datetime import timedelta

import pytest

from chassis.kernel import Etag, EtagStale
from services.segment.domain import segment as seg
from services.segment.domain.errors import (
    NameMissing,
    RuleCircular,
    RuleMissing,
    RuleSegmentUnknown,
    SegmentArchived,
)
from services.segment.domain.segment import Segment, SegmentKind
from tests.unit.segment.drawn import NOW

RULE = {"kind": "hcp"}
LATER = NOW + timedelta(hours=1)


def a_segment(key: str = "a", uses: frozenset[str] = frozenset(), workspace: str = "main") -> Segment:
    return seg.created(
        key, workspace=workspace, name="Врачи", kind=SegmentKind.LIVE, rule=RULE, uses=uses, auto_update=None, now=NOW
    )


def test_a_live_segment_needs_a_rule_and_a_name() -> None:
    with pytest.raises(RuleMissing):
        seg.created("a", workspace="*", name="x", kind=SegmentKind.LIVE, rule=None, uses=frozenset(), auto_update=None,
                    now=NOW)  # fmt: skip
    with pytest.raises(NameMissing):
        seg.changed(a_segment(), None, NOW, name="  ")


def test_the_etag_names_what_people_changed_not_what_was_counted() -> None:
    made = a_segment()
    counted = seg.refreshed(made, LATER)
    assert str(counted.etag) == str(made.etag)

    changed = seg.changed(counted, made.etag, LATER, name="Педиатры")

    assert (changed.name, changed.version, changed.revision) == ("Педиатры", 2, 3)
    with pytest.raises(EtagStale):
        seg.changed(changed, made.etag, LATER, name="Опоздал")
    assert seg.changed(changed, Etag(2), LATER, name="Педиатры") is changed


def test_an_archived_segment_takes_no_change() -> None:
    archived = seg.archived(a_segment(), LATER)

    assert seg.archived(archived, LATER) is archived
    assert not archived.follows
    with pytest.raises(SegmentArchived):
        seg.changed(archived, None, LATER, name="x")
    assert seg.restored(archived, LATER).follows


def test_references_lead_to_the_same_workspace_and_never_back() -> None:
    a, b, c = a_segment("a", frozenset({"b"})), a_segment("b", frozenset({"c"})), a_segment("c")
    known = {"a": a, "b": b, "c": c, "p": a_segment("p", workspace="partner"), "z": seg.archived(c, NOW)}

    seg.require_sound("n", "main", frozenset({"a"}), known)
    with pytest.raises(RuleCircular):
        seg.require_sound("c", "main", frozenset({"a"}), known)
    for used in ("p", "z", "nowhere"):
        with pytest.raises(RuleSegmentUnknown):
            seg.require_sound("n", "main", frozenset({used}), known)


def test_a_segment_comes_after_what_it_is_made_of() -> None:
    known = {"a": a_segment("a", frozenset({"b"})), "b": a_segment("b", frozenset({"c"})), "c": a_segment("c")}

    assert [each.id for each in seg.in_order(known)] == ["c", "b", "a"]
