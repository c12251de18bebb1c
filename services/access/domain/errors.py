"""What access refuses, by name. Each reason is a line of error_reason.proto."""

from chassis.kernel import Code, Problem, Violation


class CredentialRefused(Problem):
    """The credential is malformed, forged, expired, revoked, or made by somebody else.

    `cause` is one of a few fixed codes and never repeats any part of the credential.
    """

    code = Code.UNAUTHENTICATED
    reason = "CREDENTIAL_REFUSED"
    template = "The credential is not valid ({cause})."

    def __init__(self, cause: str) -> None:
        super().__init__(cause=cause)


class AccountUnknown(Problem):
    """Only people of the console have an account."""

    code = Code.NOT_FOUND
    reason = "ACCOUNT_UNKNOWN"
    template = "There is no account of {id}."

    def __init__(self, user: str) -> None:
        super().__init__(id=user)


class ViewUnknown(Problem):
    """The caller has no such view in his workspace."""

    code = Code.NOT_FOUND
    reason = "VIEW_UNKNOWN"
    template = "There is no view {id}."

    def __init__(self, view: str) -> None:
        super().__init__(id=view)


class ViewsTooMany(Problem):
    """The person keeps as many views as may be kept."""

    code = Code.FAILED_PRECONDITION
    reason = "VIEWS_TOO_MANY"
    template = "At most {most} views can be kept; drop one first."

    def __init__(self, most: int) -> None:
        super().__init__(most=most)


class KeepsakeTooLarge(Problem):
    """Preferences or a view's state are larger than is kept."""

    code = Code.INVALID_ARGUMENT
    reason = "KEEPSAKE_TOO_LARGE"
    template = "{name} may hold {bytes} bytes at most."

    def __init__(self, name: str, limit: int) -> None:
        violation = Violation(name, "TOO_LARGE", f"At most {limit} bytes.")
        super().__init__(name=name, bytes=limit, violations=[violation])


class ProviderUnavailable(Problem):
    """The sign-in provider did not answer, so its tokens cannot be checked now."""

    code = Code.UNAVAILABLE
    reason = "PROVIDER_UNAVAILABLE"
    template = "The sign-in provider does not answer."


class WorkspaceNotAllowed(Problem):
    """The principal may not work in the workspace that was asked for."""

    code = Code.PERMISSION_DENIED
    reason = "WORKSPACE_NOT_ALLOWED"
    template = "You may not work in workspace {workspace}."

    def __init__(self, workspace: str) -> None:
        super().__init__(workspace=workspace)


class RoleUnknown(Problem):
    """A role that the installation does not have."""

    code = Code.INVALID_ARGUMENT
    reason = "ROLE_UNKNOWN"
    template = "There is no role {role}."

    def __init__(self, role: str) -> None:
        super().__init__(role=role)


class RoleBeyondOwn(Problem):
    """Somebody tries to hand out more than they hold themselves."""

    code = Code.PERMISSION_DENIED
    reason = "ROLE_BEYOND_OWN"
    template = "You may not grant {what}: you do not hold it yourself."

    def __init__(self, what: str) -> None:
        super().__init__(what=what)


class KeyLifetimeRefused(Problem):
    """An API key must end, in the future and within the longest allowed time."""

    code = Code.INVALID_ARGUMENT
    reason = "KEY_LIFETIME_REFUSED"
    template = "An API key ends in the future and at most {days} days from now."

    def __init__(self, days: int) -> None:
        super().__init__(days=days)


class ApiKeyUnknown(Problem):
    """No API key of that id."""

    code = Code.NOT_FOUND
    reason = "API_KEY_UNKNOWN"
    template = "There is no API key {key}."

    def __init__(self, key: str) -> None:
        super().__init__(key=key)


class ApiKeyShown(Problem):
    """A repeated creation: the key exists, and its secret was shown once already."""

    code = Code.ALREADY_EXISTS
    reason = "API_KEY_SHOWN"
    template = "API key {key} was made by this request before; its secret is shown only once."

    def __init__(self, key: str) -> None:
        super().__init__(key=key)


class ServiceRefused(Problem):
    """Something claims to be a service and does not know the installation's secret."""

    code = Code.UNAUTHENTICATED
    reason = "SERVICE_REFUSED"
    template = "The service credential is not valid."


class AudienceUnknown(Problem):
    """A token was asked for a service that the installation does not have."""

    code = Code.INVALID_ARGUMENT
    reason = "AUDIENCE_UNKNOWN"
    template = "There is no service {audience}."

    def __init__(self, audience: str) -> None:
        super().__init__(audience=audience)


class FreezeUnknown(Problem):
    """No feature freeze of that id."""

    code = Code.NOT_FOUND
    reason = "FREEZE_UNKNOWN"
    template = "There is no freeze {freeze}."

    def __init__(self, freeze: str) -> None:
        super().__init__(freeze=freeze)


class FreezeOverlaps(Problem):
    """Another freeze stands at some moment of the period."""

    reason = "FREEZE_OVERLAPS"
    template = "The period meets another freeze: {title}. Lift that one first."

    def __init__(self, freeze: str, title: str) -> None:
        super().__init__(freeze=freeze, title=title)


class FreezePeriodRefused(Problem):
    """A freeze ends in the future, after its begin, and lasts a month at most."""

    code = Code.INVALID_ARGUMENT
    reason = "FREEZE_PERIOD_REFUSED"
    template = "A freeze ends in the future, after its begin, and lasts {days} days at most."

    def __init__(self, days: int) -> None:
        violation = Violation("end_time", "FREEZE_PERIOD_REFUSED", f"At most {days} days after the begin.")
        super().__init__(days=days, violations=[violation])
