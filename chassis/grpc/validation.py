"""Field rules: those that stand beside the fields in proto, enforced before a handler sees the message."""

from typing import Any

import protovalidate
from google.protobuf.message import Message

from chassis.kernel import Violation
from chassis.kernel.problem import InvalidField

_VALIDATOR = protovalidate.Validator()
_AT_MOST = 50


def check(message: Message) -> None:
    """Refuse a message that breaks its rules.

    Raises:
        InvalidField: with a violation per field, at most fifty.
    """
    found = _VALIDATOR.collect_violations(message)
    if found:
        raise InvalidField(
            violations=[
                Violation(_path(item.proto), item.proto.rule_id.upper().replace(".", "_"), item.proto.message)
                for item in found[:_AT_MOST]
            ]
        )


def _path(violation: Any) -> str:
    path = ""
    for element in violation.field.elements if violation.field else ():
        path += ("." if path else "") + element.field_name
        subscript = element.subscript
        if subscript is not None:
            path += f"[{subscript.value}]" if subscript.field == "index" else f".{subscript.value}"
    return path
