"""Messages as JSON and back: the one translation between proto and what HTTP speaks.

JSON here is snake_case; 64-bit numbers are numbers, and whole numbers of free JSON whole; times are RFC 3339 in UTC
with milliseconds; an enum value is its name without the enum's prefix, in lower-case kebab (`PROFILE_STATE_ACTIVE` is
`active`), `null` when it is not told; an absent message is left out. Promise: what only services may receive never
leaves by this door (`HIDDEN`).
Limits: a plan per message type is made once and kept; a message is read in one pass.
"""

import base64
import binascii
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.refusals import invalid

M = TypeVar("M", bound=Message)

Json = Any
"""A JSON value: what `json.loads` gives."""

DEPTH = 34
"""Lists and objects within each other in a free JSON value (a rule): sixteen groups of two levels, a leaf and its list.

A reader of messages gives up at a hundred levels, and each of these costs it up to three.
"""

HIDDEN: Mapping[str, frozenset[str]] = {
    "consilium.profile.v1.Profile": frozenset({"no", "faces", "absorbed_nos", "last_activity_time"}),
    "consilium.profile.v1.ContactPoint": frozenset({"hmac"}),
    "consilium.profile.v1.Consent": frozenset({"contact_hmac"}),
}
"""Fields by message that only services receive."""


def to_json(message: Message) -> dict[str, Json]:
    """Return a message as JSON."""
    result: dict[str, Json] = {}
    for name, present, write in _plan(message.DESCRIPTOR):
        if present and not message.HasField(name):
            continue
        result[name] = write(getattr(message, name))
    return result


def time_text(stamp: Timestamp) -> str:
    """Return a timestamp as RFC 3339 in UTC with milliseconds."""
    moment = datetime.fromtimestamp(stamp.seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{stamp.nanos // 1_000_000:03d}Z"


@cache
def _plan(descriptor: Descriptor) -> tuple[tuple[str, bool, Callable[[Any], Json]], ...]:
    """Return, per field that leaves: its name, whether absence leaves it out, and how its value is written."""
    hidden = HIDDEN.get(descriptor.full_name, frozenset())
    return tuple(
        (field.name, field.has_presence, _writer(field)) for field in descriptor.fields if field.name not in hidden
    )


def _writer(field: FieldDescriptor) -> Callable[[Any], Json]:
    if is_map(field):
        one = _single(_entry_value(field))
        return lambda values: {str(key): one(value) for key, value in values.items()}
    one = _single(field)
    if field.is_repeated:
        return lambda values: [one(value) for value in values]
    return one


def _single(field: FieldDescriptor) -> Callable[[Any], Json]:
    if field.message_type is not None:
        match field.message_type.full_name:
            case "google.protobuf.Timestamp":
                return time_text
            case "google.protobuf.FieldMask":
                return lambda mask: list(mask.paths)
            case "google.protobuf.Struct" | "google.protobuf.Value":
                return lambda free: _whole(json_format.MessageToDict(free))
            case "google.protobuf.Duration":
                return json_format.MessageToDict
        return to_json
    if field.enum_type is not None:
        words = enum_words(field.enum_type)
        return words.get
    if field.type == FieldDescriptor.TYPE_BYTES:
        return lambda value: base64.urlsafe_b64encode(value).decode()
    return lambda value: value


def _whole(value: Json) -> Json:
    """Give whole numbers of a free JSON value as such: there they travel as floats."""
    match value:
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case dict():
            return {key: _whole(each) for key, each in value.items()}
        case list():
            return [_whole(each) for each in value]
    return value


@cache
def enum_words(descriptor: EnumDescriptor) -> dict[int, str]:
    """Return the JSON words of an enum by number; the unspecified value has none."""
    prefix = f"{_screaming(descriptor.name)}_"
    return {
        value.number: value.name.removeprefix(prefix).lower().replace("_", "-")
        for value in descriptor.values
        if value.number != 0
    }


def _screaming(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() and place else letter for place, letter in enumerate(name)).upper()


def is_map(field: FieldDescriptor) -> bool:
    """Tell whether a field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _entry_value(field: FieldDescriptor) -> FieldDescriptor:
    entry: Any = field.message_type
    value: FieldDescriptor = entry.fields_by_name["value"]
    return value


def into(message: M, body: Mapping[str, Json], pointer: str = "") -> M:
    """Fill a message from a body that its model has checked, and return it. None counts as absent.

    Raises:
        RequestRefused: 422 with the pointer of a value that the field cannot hold.
    """
    fields: Mapping[str, Any] = message.DESCRIPTOR.fields_by_name
    for name, value in body.items():
        if value is None:
            continue
        here = f"{pointer}/{name}"
        field = fields.get(name)
        if field is None:
            raise invalid(here, "UNKNOWN_FIELD", "There is no such field.")
        try:
            _fill(message, field, value, here)
        except (TypeError, ValueError, OverflowError, json_format.ParseError, AttributeError, binascii.Error):
            raise invalid(here, "VALUE_NOT_VALID", "The value does not fit the field.") from None
    return message


def _fill(message: Message, field: FieldDescriptor, value: Json, pointer: str) -> None:
    if is_map(field):
        entry = _entry_value(field)
        target = getattr(message, field.name)
        for key, item in value.items():
            if entry.message_type is None:
                target[key] = _scalar(entry, item)
            else:
                _message(target[key], item, f"{pointer}/{key}")
    elif field.is_repeated:
        target = getattr(message, field.name)
        for place, item in enumerate(value):
            if field.message_type is None:
                target.append(_scalar(field, item))
            else:
                _message(target.add(), item, f"{pointer}/{place}")
    elif field.message_type is not None:
        child = getattr(message, field.name)
        child.SetInParent()
        _message(child, value, pointer)
    else:
        setattr(message, field.name, _scalar(field, value))


def _message(target: Message, value: Json, pointer: str) -> None:
    match target:
        case Timestamp():
            target.FromDatetime(value if isinstance(value, datetime) else datetime.fromisoformat(value))
        case FieldMask():
            target.paths.extend(value)
        case _ if target.DESCRIPTOR.full_name.startswith("google.protobuf."):
            check_free(value, pointer)
            json_format.ParseDict(value, target)
        case _:
            into(target, value, pointer)


def check_free(value: Json, pointer: str) -> None:
    """Refuse a free JSON value that a message cannot carry on, and name the place.

    Raises:
        RequestRefused: 422; it nests deeper than `DEPTH`, or holds a number that JSON does not know (`NaN`, `1e999`)
            or a key that no store does (with NUL).
    """
    waiting = [(value, pointer, 1)]
    while waiting:
        each, place, depth = waiting.pop()
        if isinstance(each, float) and not math.isfinite(each):
            raise invalid(place, "VALUE_NOT_VALID", "The number is not finite.")
        if not isinstance(each, dict | list):
            continue
        if depth > DEPTH:
            raise invalid(place, "RULE_TOO_DEEP", f"Nested deeper than {DEPTH} levels.")
        if isinstance(each, dict) and any("\0" in key for key in each):
            raise invalid(place, "CHARACTER_NOT_ALLOWED", "A key holds the character NUL.")
        inner: Iterable[tuple[object, Json]] = each.items() if isinstance(each, dict) else enumerate(each)
        waiting.extend(
            (child, f"{place}/{key}", depth + 1) for key, child in inner if isinstance(child, dict | list | float)
        )


def _scalar(field: FieldDescriptor, value: Json) -> Json:
    if field.enum_type is not None:
        for number, word in enum_words(field.enum_type).items():
            if word == value:
                return number
        raise ValueError(field.name)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return base64.b64decode(value, altchars=b"-_", validate=True)
    return value
