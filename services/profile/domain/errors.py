"""What profile refuses, one error per thing that a caller may act on. Values of people never enter them."""

from collections.abc import Sequence

from chassis.kernel import Code, Problem, Violation


class ProfileUnknown(Problem):
    """Nobody of this id is in the caller's workspace."""

    code = Code.NOT_FOUND
    reason = "PROFILE_UNKNOWN"
    template = "There is no profile {profile}."

    def __init__(self, profile: str) -> None:
        super().__init__(profile=profile)


class ProfileAbsorbed(Problem):
    """A console write named a profile that lives on in another."""

    code = Code.FAILED_PRECONDITION
    reason = "PROFILE_ABSORBED"
    template = "Profile {profile} was absorbed by {survivor}; write to the survivor."

    def __init__(self, profile: str, survivor: str) -> None:
        super().__init__(profile=profile, survivor=survivor)


class ProfileErased(Problem):
    """An erased person cannot be changed."""

    code = Code.FAILED_PRECONDITION
    reason = "PROFILE_ERASED"
    template = "Profile {profile} is erased."

    def __init__(self, profile: str) -> None:
        super().__init__(profile=profile)


class ProfileNotAbsorbed(Problem):
    """An unmerge named a profile that nobody absorbed."""

    code = Code.FAILED_PRECONDITION
    reason = "PROFILE_NOT_ABSORBED"
    template = "Profile {profile} is not absorbed by another."

    def __init__(self, profile: str) -> None:
        super().__init__(profile=profile)


class MergeUnfit(Problem):
    """A merge needs two different living people."""

    code = Code.FAILED_PRECONDITION
    reason = "MERGE_UNFIT"
    template = "Profiles {profile} and {survivor} cannot be merged."

    def __init__(self, profile: str, survivor: str) -> None:
        super().__init__(profile=profile, survivor=survivor)


class MatchUnknown(Problem):
    """There is no such case in the steward's queue, or the caller works in one base."""

    code = Code.NOT_FOUND
    reason = "MATCH_UNKNOWN"
    template = "There is no match candidate {id}."

    def __init__(self, case: str) -> None:
        super().__init__(id=case)


class MatchDecided(Problem):
    """A case is decided once."""

    code = Code.FAILED_PRECONDITION
    reason = "MATCH_DECIDED"
    template = "Match candidate {id} is {state} already."

    def __init__(self, case: str, state: str) -> None:
        super().__init__(id=case, state=state)


class ContactUnknown(Problem):
    """A consent needs a contact point that the person holds."""

    code = Code.NOT_FOUND
    reason = "CONTACT_UNKNOWN"
    template = "Profile {profile} holds no such contact point."

    def __init__(self, profile: str) -> None:
        super().__init__(profile=profile)


class ProfileInvalid(Problem):
    """Fields of a written profile do not fit; each is named."""

    code = Code.INVALID_ARGUMENT
    reason = "PROFILE_INVALID"
    template = "The profile has fields that do not fit."

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(violations=list(violations))


class AttributeTaken(Problem):
    """The catalogue has an attribute of this key."""

    code = Code.ALREADY_EXISTS
    reason = "ATTRIBUTE_TAKEN"
    template = "Attribute {attribute} exists already."

    def __init__(self, attribute: str) -> None:
        super().__init__(attribute=attribute)


class CatalogueFull(Problem):
    """The installation has as many attributes as its index can hold."""

    code = Code.RESOURCE_EXHAUSTED
    reason = "CATALOGUE_FULL"
    template = "An installation has at most {limit} attributes."

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class ValueUnfit(Problem):
    """A value does not fit its attribute."""

    code = Code.INVALID_ARGUMENT
    reason = "VALUE_UNFIT"
    template = "The value of {attribute} does not fit: {fault}."

    def __init__(self, attribute: str, fault: str) -> None:
        super().__init__(attribute=attribute, fault=fault)


class BaseUnknown(Problem):
    """There is no base of this key."""

    code = Code.NOT_FOUND
    reason = "BASE_UNKNOWN"
    template = "There is no base {base}."

    def __init__(self, base: str) -> None:
        super().__init__(base=base)


class BaseTaken(Problem):
    """A base of this key exists with another title."""

    code = Code.ALREADY_EXISTS
    reason = "BASE_TAKEN"
    template = "Base {base} exists already."

    def __init__(self, base: str) -> None:
        super().__init__(base=base)


class SourceUnknown(Problem):
    """There is no source of this key."""

    code = Code.NOT_FOUND
    reason = "SOURCE_UNKNOWN"
    template = "There is no source {source}."

    def __init__(self, source: str) -> None:
        super().__init__(source=source)


class SourceTaken(Problem):
    """A source of this key exists with other properties."""

    code = Code.ALREADY_EXISTS
    reason = "SOURCE_TAKEN"
    template = "Source {source} exists already."

    def __init__(self, source: str) -> None:
        super().__init__(source=source)
