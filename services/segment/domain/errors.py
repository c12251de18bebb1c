"""What callers of the segment service may be refused for."""

from collections.abc import Iterable

from chassis.kernel import Code, Problem, Violation


class RuleInvalid(Problem):
    """The rule cannot be read; every violation names its place in the request."""

    code = Code.INVALID_ARGUMENT
    reason = "RULE_INVALID"
    template = "The rule is not valid in {count} place(s)."

    def __init__(self, violations: Iterable[Violation]) -> None:
        found = list(violations)
        super().__init__(count=len(found), violations=found)


class RuleCircular(Problem):
    """A segment would be a part of itself."""

    code = Code.INVALID_ARGUMENT
    reason = "RULE_CIRCULAR"
    template = "Segment {segment} would refer to itself through {through}."

    def __init__(self, segment: str, through: str) -> None:
        super().__init__(segment=segment, through=through)


class SegmentUnknown(Problem):
    """There is no such segment in the caller's workspace."""

    code = Code.NOT_FOUND
    reason = "SEGMENT_UNKNOWN"
    template = "There is no segment {segment} in this workspace."

    def __init__(self, segment: str) -> None:
        super().__init__(segment=segment)


class SegmentArchived(Problem):
    """An archived segment takes no change until it is restored."""

    code = Code.FAILED_PRECONDITION
    reason = "SEGMENT_ARCHIVED"
    template = "Segment {segment} is archived."

    def __init__(self, segment: str) -> None:
        super().__init__(segment=segment)


class SegmentInUse(Problem):
    """A segment that others are made of cannot be archived."""

    code = Code.FAILED_PRECONDITION
    reason = "SEGMENT_IN_USE"
    template = "Segment {segment} is used by {count} other segment(s)."

    def __init__(self, segment: str, count: int) -> None:
        super().__init__(segment=segment, count=count)


class NameMissing(Problem):
    """A segment needs a name that a person can read."""

    code = Code.INVALID_ARGUMENT
    reason = "NAME_MISSING"
    template = "A segment needs a name of 1 to 200 characters."

    def __init__(self) -> None:
        super().__init__(violations=[Violation("name", "NAME_MISSING", "1 to 200 characters")])


class IndexBehind(Problem):
    """The index did not reach the asked revision in time."""

    code = Code.UNAVAILABLE
    reason = "INDEX_BEHIND"
    template = "The index has not reached the asked revision within {seconds} seconds."

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=seconds)


class ProfilesUnknown(Problem):
    """Some of the named people are not in the caller's workspace."""

    code = Code.INVALID_ARGUMENT
    reason = "PROFILES_UNKNOWN"
    template = "{count} of the named people are not in this workspace."

    def __init__(self, positions: Iterable[int]) -> None:
        found = list(positions)
        violations = [Violation(f"profiles[{position}]", "PROFILES_UNKNOWN", "not known here") for position in found]
        super().__init__(count=len(found), violations=violations[:20])


class RuleSegmentUnknown(Problem):
    """A rule names a segment that its workspace does not have."""

    code = Code.INVALID_ARGUMENT
    reason = "RULE_SEGMENT_UNKNOWN"
    template = "The rule names segment {segment}, which this workspace does not have."

    def __init__(self, segment: str) -> None:
        super().__init__(segment=segment, violations=[Violation("rule", "RULE_SEGMENT_UNKNOWN", segment[:64])])


class RuleMissing(Problem):
    """A live segment lives by its rule."""

    code = Code.INVALID_ARGUMENT
    reason = "RULE_MISSING"
    template = "A live segment needs a rule."

    def __init__(self) -> None:
        super().__init__(violations=[Violation("rule", "RULE_MISSING", "a live segment needs one")])


class SnapshotElsewhere(Problem):
    """The snapshot's id was used for another segment."""

    code = Code.ALREADY_EXISTS
    reason = "SNAPSHOT_ELSEWHERE"
    template = "Snapshot {snapshot} is of another segment."

    def __init__(self, snapshot: str) -> None:
        super().__init__(snapshot=snapshot)


class FieldUncounted(Problem):
    """There is no such field to count people by."""

    code = Code.INVALID_ARGUMENT
    reason = "FIELD_UNCOUNTED"
    template = "People are not counted by {field}."

    def __init__(self, field: str) -> None:
        super().__init__(field=field, violations=[Violation("field", "FIELD_UNKNOWN", "No such field to count by.")])


class ProfileUnknown(Problem):
    """There is no such person in the caller's workspace."""

    code = Code.NOT_FOUND
    reason = "PROFILE_UNKNOWN"
    template = "There is no person {profile} in this workspace."

    def __init__(self, profile: str) -> None:
        super().__init__(profile=profile)


class FaceRefused(Problem):
    """The index takes a person's document for good not: a value that no mapping foresees."""

    code = Code.FAILED_PRECONDITION
    reason = "FACE_REFUSED"
    template = "The index refuses {count} document(s), {key} among them."

    def __init__(self, key: str, count: int) -> None:
        super().__init__(key=key, count=count)
