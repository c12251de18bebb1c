"""Problems over the wire: one `google.rpc.Status` with exactly one ErrorInfo, and back.

Internal text never leaves: what is not a `Problem` becomes INTERNAL with the trace id and nothing else.
"""

from collections.abc import Iterable
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2, status_pb2

from chassis.kernel import Code, Problem, Violation
from chassis.kernel.problem import DeadlineExceeded, DependencyUnavailable, Remote

DOMAIN = "consilium"
DETAILS = "grpc-status-details-bin"
CODES = {code.value[0]: code for code in grpc.StatusCode}


def status_of(problem: Problem) -> status_pb2.Status:
    """Give a problem as it travels."""
    status = status_pb2.Status(code=problem.code.value, message=problem.text)
    info = error_details_pb2.ErrorInfo(reason=problem.reason, domain=DOMAIN, metadata=problem.fields)
    status.details.add().Pack(info)
    if problem.violations:
        bad = error_details_pb2.BadRequest()
        for violation in problem.violations:
            bad.field_violations.add(field=violation.field, description=violation.text, reason=violation.reason)
        status.details.add().Pack(bad)
    if problem.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(int(problem.retry_after * 1000))
        status.details.add().Pack(retry)
    return status


def internal(trace: str) -> status_pb2.Status:
    """Give what a bug looks like from outside."""
    status = status_pb2.Status(code=code_pb2.INTERNAL, message="A fault of ours; the trace leads to it.")
    status.details.add().Pack(
        error_details_pb2.ErrorInfo(reason="INTERNAL", domain=DOMAIN, metadata={"trace": trace} if trace else {})
    )
    return status


def problem_of(error: Any, dependency: str) -> Problem:
    """Read a peer's answer back into a problem."""
    code: grpc.StatusCode = error.code()
    metadata: Iterable[tuple[str, str | bytes]] = error.trailing_metadata() or ()
    for name, value in metadata:
        if name == DETAILS and isinstance(value, bytes):
            told = _read(value)
            if told is not None:
                return told
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return DeadlineExceeded(dependency)
    if code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}:
        return DependencyUnavailable(dependency)
    return Remote(_code(code.value[0]), "INTERNAL", "A peer failed.", {"dependency": dependency})


def _code(number: int) -> Code:
    try:
        return Code(number)
    except ValueError:
        return Code.INTERNAL


def _read(value: bytes) -> Problem | None:
    status, info = status_pb2.Status(), error_details_pb2.ErrorInfo()
    bad, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    try:
        status.ParseFromString(value)
        for detail in status.details:
            _ = detail.Unpack(info) or detail.Unpack(bad) or detail.Unpack(retry)
    except DecodeError:
        return None
    violations = [Violation(item.field, item.reason, item.description) for item in bad.field_violations]
    problem = Remote(_code(status.code), info.reason, status.message, dict(info.metadata), violations)
    if retry.HasField("retry_delay"):
        problem.retry_after = retry.retry_delay.ToMilliseconds() / 1000
    return problem
