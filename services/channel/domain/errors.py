"""What a caller of channel may act on."""

from chassis.kernel import Code, Problem, Violation


class MessageUnknown(Problem):
    """No such message in the caller's workspace."""

    code = Code.NOT_FOUND
    reason = "MESSAGE_UNKNOWN"
    template = "There is no message {message}."

    def __init__(self, message: str) -> None:
        super().__init__(message=message)


class MessageScopeMissing(Problem):
    """A list is one campaign's or one person's; all others would read every message that there is."""

    code = Code.INVALID_ARGUMENT
    reason = "MESSAGE_SCOPE_MISSING"
    template = "Name a campaign or a person."

    def __init__(self) -> None:
        super().__init__(violations=[Violation("campaign", self.reason, self.template)])


class MessageNotUnconfirmed(Problem):
    """Only a message without a known end may be repeated."""

    code = Code.FAILED_PRECONDITION
    reason = "MESSAGE_NOT_UNCONFIRMED"
    template = "Message {message} is {outcome}; only an unconfirmed one can be sent again."

    def __init__(self, message: str, outcome: str) -> None:
        super().__init__(message=message, outcome=outcome or "not finished")


class LinkUnknown(Problem):
    """The token was never made here, or what it leads to is kept no longer."""

    code = Code.NOT_FOUND
    reason = "LINK_UNKNOWN"
    template = "This link leads nowhere."


class LetterRefused(Problem):
    """The letter holds errors; the check names them."""

    code = Code.INVALID_ARGUMENT
    reason = "LETTER_REFUSED"
    template = "The letter has errors."

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(violations=violations)


class ProviderUnavailable(Problem):
    """The mail server cannot be reached now, or takes letters slower than they come."""

    code = Code.UNAVAILABLE
    reason = "MAIL_SERVER_UNAVAILABLE"
    template = "The mail server takes no letters now; try again."

    def __init__(self) -> None:
        super().__init__(retry_after=1.0)


class PersonUnknown(Problem):
    """No such person in the caller's workspace."""

    code = Code.NOT_FOUND
    reason = "PERSON_UNKNOWN"
    template = "There is no person {profile} in this workspace."

    def __init__(self, profile: str) -> None:
        super().__init__(profile=profile)


class ControllerForeign(Problem):
    """A base sends in its own name only."""

    code = Code.INVALID_ARGUMENT
    reason = "CONTROLLER_FOREIGN"
    template = "A base sends in its own name only."

    def __init__(self) -> None:
        super().__init__(violations=[Violation("controller", self.reason, self.template)])
