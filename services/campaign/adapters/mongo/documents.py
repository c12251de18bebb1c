"""Domain objects as documents and back: fields by their names, `_id` for `id`, moments and bytes as they are.

A renamed field of the domain is a migration here; tests/unit/campaign/test_documents.py holds what is on disk.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from chassis.kernel.problem import IdempotencyKeyReused
from services.campaign.ports import Creation, Kept

T = TypeVar("T")
Document = dict[str, Any]

_AS_THEY_ARE = (datetime, bytes)


def to_document(value: Any) -> Document:
    """Give an object's document."""
    fields: Document = msgspec.to_builtins(value, builtin_types=_AS_THEY_ARE)
    return {"_id": fields.pop("id"), **fields} if "id" in fields else fields


def from_document(document: Mapping[str, Any], kind: type[T]) -> T:
    """Read an object; what the document holds beyond it is left aside."""
    return msgspec.convert({"id": document["_id"], **document}, kind, builtin_types=_AS_THEY_ARE)


def kept(document: Mapping[str, Any], kind: type[T]) -> Kept[T]:
    """Read an object with its revision."""
    return Kept(from_document(document, kind), document["revision"])


def created_by(creation: Creation) -> Document:
    """Give what a document remembers of its creation."""
    return {"principal": creation.act.principal, "key": creation.key, "digest": creation.digest}


def same_creation(document: Mapping[str, Any], creation: Creation) -> None:
    """Let only a repeat of the very request pass.

    Raises:
        IdempotencyKeyReused: the key came with another body.
    """
    if document["creation"]["digest"] != creation.digest:
        raise IdempotencyKeyReused


def before(position: str | None) -> Document:
    """Give the filter of what comes after a position in a list, last changed first."""
    if position is None:
        return {}
    moment, _, identity = position.partition(" ")
    time = datetime.fromisoformat(moment)
    return {"$or": [{"updated_at": {"$lt": time}}, {"updated_at": time, "_id": {"$lt": identity}}]}


def position_of(document: Mapping[str, Any]) -> str:
    """Give the position of a document in such a list."""
    return f"{document['updated_at'].isoformat()} {document['_id']}"
