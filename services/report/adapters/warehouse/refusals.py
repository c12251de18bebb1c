"""What the engine's errors mean to a caller."""

from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError

from chassis.kernel.problem import DependencyUnavailable
from services.report.domain.errors import QuestionTooLarge

# ClickHouse ErrorCodes.cpp
_TOO_LARGE = {158: "rows", 159: "time", 160: "time", 241: "memory", 307: "bytes", 396: "rows"}
_AWAY = {
    75,  # CANNOT_WRITE_TO_FILE_DESCRIPTOR, a disk that is full in the middle of a write
    209,  # SOCKET_TIMEOUT
    210,  # NETWORK_ERROR
    242,  # TABLE_IS_READ_ONLY, a replica without its coordinator
    243,  # NOT_ENOUGH_SPACE
    252,  # TOO_MANY_PARTS
    319,  # UNKNOWN_STATUS_OF_INSERT
    999,  # KEEPER_EXCEPTION
}


def refusal_of(error: ClickHouseError) -> Exception:
    """Name what a caller may act on; anything else is a bug and stays as it is."""
    code = getattr(error, "code", None)
    if code in _TOO_LARGE:
        return QuestionTooLarge(_TOO_LARGE[code])
    if code in _AWAY or (code is None and isinstance(error, OperationalError)):
        return DependencyUnavailable("warehouse")
    return error
