"""What may go wrong with dictionaries and organisations, one class per thing that a caller may act on."""

from chassis.kernel import Code, Problem


class DictionaryUnknown(Problem):
    """No dictionary has this name."""

    code = Code.NOT_FOUND
    reason = "DICTIONARY_UNKNOWN"
    template = "There is no dictionary {dictionary}."

    def __init__(self, dictionary: str) -> None:
        super().__init__(dictionary=dictionary)


class DictionaryChanged(Problem):
    """Somebody else changed the dictionary at the same time, more than once."""

    code = Code.ABORTED
    reason = "DICTIONARY_CHANGED"
    template = "Dictionary {dictionary} was changed by somebody else; try again."

    def __init__(self, dictionary: str) -> None:
        super().__init__(dictionary=dictionary)


class TermCodeTaken(Problem):
    """A name already means another term."""

    code = Code.ALREADY_EXISTS
    reason = "TERM_NAME_TAKEN"
    template = "In dictionary {dictionary} that name already means {term}."

    def __init__(self, dictionary: str, term: str) -> None:
        super().__init__(dictionary=dictionary, term=term)


class TermParentUnknown(Problem):
    """The term above is unknown."""

    code = Code.INVALID_ARGUMENT
    reason = "TERM_PARENT_UNKNOWN"
    template = "The term above a term of {dictionary}, {parent}, is unknown."

    def __init__(self, dictionary: str, parent: str) -> None:
        super().__init__(dictionary=dictionary, parent=parent)


class OrganisationUnknown(Problem):
    """No organisation has this id."""

    code = Code.NOT_FOUND
    reason = "ORGANISATION_UNKNOWN"
    template = "There is no organisation {organisation}."

    def __init__(self, organisation: str) -> None:
        super().__init__(organisation=organisation)


class OrganisationKnown(Problem):
    """An organisation of that name exists in that city."""

    code = Code.ALREADY_EXISTS
    reason = "ORGANISATION_KNOWN"
    template = "That name already belongs to organisation {organisation}."

    def __init__(self, organisation: str) -> None:
        super().__init__(organisation=organisation)


class OrganisationInItself(Problem):
    """An organisation would become part of itself."""

    code = Code.FAILED_PRECONDITION
    reason = "ORGANISATION_IN_ITSELF"
    template = "Organisation {organisation} cannot be a part of itself."

    def __init__(self, organisation: str) -> None:
        super().__init__(organisation=organisation)
