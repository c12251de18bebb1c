"""The index of people: its settings, its fields, and how a face becomes a document.

One document per face, `_id` = `<profile>:<face>`, versioned from outside by the view's revision. Unknown fields are
refused; attributes live in typed buckets, so that a catalogue of hundreds of keys needs no new mapping. Names are
never stemmed.
"""

from collections.abc import Mapping
from datetime import datetime

from chassis.kernel import partition_of
from services.segment.domain.catalogue import BUILT_IN, Catalogue
from services.segment.domain.face import Affiliation, Consent, Face, Value
from services.segment.domain.following import TOMBSTONES
from services.segment.domain.names import digits, fold, latin, national, words

MAX_FIELDS = 2_000  # 500 attribute keys in one of three buckets, the fixed fields and room
_ANALYSIS = {
    "tokenizer": {"pieces": {"type": "ngram", "min_gram": 3, "max_gram": 3, "token_chars": ["letter", "digit"]}},
    "filter": {"beginnings": {"type": "edge_ngram", "min_gram": 1, "max_gram": 24}},
    "analyzer": {
        "whole": {"type": "custom", "tokenizer": "whitespace"},
        "beginnings": {"type": "custom", "tokenizer": "whitespace", "filter": ["beginnings"]},
        "pieces": {"type": "custom", "tokenizer": "pieces"},
    },
}

_KEYWORD = {"type": "keyword"}
_DAY = {"type": "date", "format": "strict_date"}
_MOMENT = {"type": "date", "format": "epoch_millis"}
_SEARCHED = {
    "type": "text",
    "analyzer": "whole",
    "norms": False,
    "fields": {
        "beginnings": {
            "type": "text", "analyzer": "beginnings", "search_analyzer": "whole", "norms": False,
            "index_options": "docs",
        },
        "pieces": {"type": "text", "analyzer": "pieces", "norms": False},
    },
}  # fmt: skip

_BUCKETS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("kw", _KEYWORD), ("num", {"type": "double"}), ("date", _DAY),
)  # fmt: skip

MAPPING: Mapping[str, object] = {
    "dynamic": "strict",
    "dynamic_templates": [{bucket: {"path_match": f"{bucket}.*", "mapping": mapping}} for bucket, mapping in _BUCKETS],
    "properties": {
        **{bucket: {"type": "object", "dynamic": True} for bucket, _ in _BUCKETS},
        "profile": _KEYWORD,
        "no": {"type": "integer"},
        "partition": {"type": "byte"},
        "face": _KEYWORD,
        "revision": {"type": "long"},
        "status": _KEYWORD,
        "kind": _KEYWORD,
        "bases": _KEYWORD,
        "known_faces": {"type": "keyword", "index": False, "doc_values": False},
        "channels": _KEYWORD,
        "bounced": _KEYWORD,
        "affiliations": {
            "type": "nested",
            "dynamic": "strict",
            "properties": {
                **dict.fromkeys(
                    ("organisation", "specialty", "position", "role", "schedule", "city", "region"), _KEYWORD
                ),
                "start": _DAY,
                "end": _DAY,
            },
        },
        "consents": {
            "type": "nested",
            "dynamic": "strict",
            "properties": {
                **dict.fromkeys(("controller", "purpose", "channel", "topic", "status"), _KEYWORD),
                "until": _MOMENT,
                "usable": {"type": "boolean"},
            },
        },
        "names": _SEARCHED,
        "latin_names": _SEARCHED,
        "phones": _SEARCHED,
        "phones_reversed": _SEARCHED,
        "emails": _SEARCHED,
        "email": _KEYWORD,
        "name": _KEYWORD,
        "updated": _MOMENT,
        "written": _MOMENT,
    },
}


def index_body(shards: int, replicas: int) -> dict[str, object]:
    """Return the body that creates the index; visible within a second of the write, also while nobody searches."""
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                "number_of_replicas": replicas,
                "refresh_interval": "1s",
                "mapping": {"total_fields": {"limit": MAX_FIELDS}},
            },
            "analysis": _ANALYSIS,
        },
        "mappings": MAPPING,
    }


def document_of(
    face: Face, written: datetime, known_faces: frozenset[str] = frozenset(), catalogue: Catalogue = BUILT_IN
) -> dict[str, object]:
    """Return the document of a face.

    `known_faces` are all bases that the person ever had a document for: the next write knows which ones to bury.
    """
    if face.status in TOMBSTONES:
        return _without_missing(
            {
                "profile": face.profile, "no": face.no, "partition": partition_of(face.profile), "face": face.face,
                "revision": face.revision,
                "status": face.status, "known_faces": sorted(known_faces), "written": _millis(written),
            }
        )  # fmt: skip
    name_words = [word for name in face.names for word in words(name)]
    numbers = [number for phone in face.phones if (number := digits(phone))]
    spoken = list(dict.fromkeys([*numbers, *(national(number) for number in numbers)]))
    document = {
        "profile": face.profile,
        "no": face.no,
        "partition": partition_of(face.profile),
        "face": face.face,
        "revision": face.revision,
        "status": face.status,
        "kind": face.kind,
        "bases": sorted(face.bases),
        "known_faces": sorted(known_faces),
        "channels": sorted(face.channels),
        "bounced": sorted(face.bounced),
        **_buckets(face.attributes, catalogue),
        "affiliations": [_affiliation(affiliation) for affiliation in face.affiliations],
        "consents": [_consent(consent) for consent in face.consents],
        "names": " ".join(name_words),
        "latin_names": " ".join(latin(word) for word in name_words),
        "phones": " ".join(spoken),
        "phones_reversed": " ".join(number[::-1] for number in numbers),
        "emails": " ".join(word for email in face.emails for word in words(email)),
        "email": list(face.emails),
        "name": fold(" ".join(face.names))[:256],
        "updated": _millis(face.updated) if face.updated else None,
        "written": _millis(written),
    }
    return _without_missing(document)


def _buckets(attributes: Mapping[str, tuple[Value, ...]], catalogue: Catalogue) -> dict[str, dict[str, list[Value]]]:
    buckets: dict[str, dict[str, list[Value]]] = {}
    for key, values in attributes.items():
        attribute = catalogue.find(key)
        if values and attribute is not None and attribute.indexed:
            buckets.setdefault(attribute.type.bucket, {})[key] = list(values)
    return buckets


def _affiliation(affiliation: Affiliation) -> dict[str, object]:
    parts = {
        "organisation": affiliation.organisation, "specialty": affiliation.specialty, "position": affiliation.position,
        "role": affiliation.role, "schedule": affiliation.schedule, "city": affiliation.city,
        "region": affiliation.region, "start": affiliation.start, "end": affiliation.end,
    }  # fmt: skip
    return _without_missing(parts)


def _consent(consent: Consent) -> dict[str, object]:
    return _without_missing(
        {
            "controller": consent.controller, "purpose": consent.purpose, "channel": consent.channel,
            "topic": consent.topic, "status": consent.status, "usable": consent.usable,
            "until": _millis(consent.until) if consent.until else None,
        }
    )  # fmt: skip


def _without_missing(document: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in document.items() if value is not None and value not in ("", [], {})}


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
