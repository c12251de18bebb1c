"""Profile's answer as faces."""

from datetime import UTC, datetime

from gen.consilium.profile.v1 import consents_pb2, profiles_pb2
from gen.consilium.shared.v1.values_pb2 import AttributeValue
from services.segment.adapters.profile_face import person_from
from services.segment.domain.catalogue import BUILT_IN, Attribute, AttributeType, Catalogue

CATALOGUE = Catalogue(
    (
        *BUILT_IN,
        Attribute("diagnosis", AttributeType.CODE, indexed=False),
        Attribute("hobbies", AttributeType.TEXT, multi=True),
    )
)
MAIL, PHONE = "anna@clinic.example", "+79160000001"


def consent(topic: str, status: str, value: str = MAIL) -> consents_pb2.Consent:
    return consents_pb2.Consent(
        key=consents_pb2.ConsentKey(
            controller="main", purpose="marketing", channel="email", topic=topic, contact_kind="email",
            contact_value=value,
        ),
        status=getattr(consents_pb2, f"CONSENT_STATUS_{status}"),
    )  # fmt: skip


def a_profile() -> profiles_pb2.Profile:
    profile = profiles_pb2.Profile(
        id="0190a6f0-0000-7000-8000-000000000001", no=7, revision=3, kind="hcp",
        state=profiles_pb2.PROFILE_STATE_ACTIVE, bases=["main"],
        attributes={
            "family_name": profiles_pb2.Value(value=AttributeValue(text="Ёлкина")),
            "city": profiles_pb2.Value(value=AttributeValue(code="moscow")),
            "birth_date": profiles_pb2.Value(value=AttributeValue(text="not a date")),
            "diagnosis": profiles_pb2.Value(value=AttributeValue(code="e11")),
            "hobbies": profiles_pb2.Value(
                value=AttributeValue(text="Шахматы"), others=[profiles_pb2.Value(value=AttributeValue(text="Бег"))]
            ),
        },
        contacts=[profiles_pb2.ContactPoint(kind="email", value=MAIL),
                  profiles_pb2.ContactPoint(kind="phone", value=PHONE, standing="blocked")],
        consents=[consent("news", "GRANTED"), consent("*", "REVOKED"), consent("news", "GRANTED", "b@clinic.example")],
        affiliations=[profiles_pb2.Affiliation(organisation="C1", position="Зав. отделением", end_date="2026-01-01")],
    )  # fmt: skip
    profile.faces.add(base="main", attributes={"city": profiles_pb2.Value(value=AttributeValue(code="kazan"))})
    return profile


def test_values_are_folded_typed_and_health_stays_out() -> None:
    whole, main = person_from(a_profile(), CATALOGUE).faces

    assert whole.attributes == {
        "family_name": ("елкина",), "city": ("moscow",), "hobbies": ("шахматы", "бег"),
    }  # fmt: skip
    assert (whole.names, whole.emails, whole.phones) == (("Ёлкина",), (MAIL,), (PHONE,))
    assert whole.affiliations[0].position == "зав. отделением"
    assert (main.face, main.attributes, main.bases) == ("main", {"city": ("kazan",)}, frozenset({"main"}))


def test_only_addresses_that_work_make_channels() -> None:
    profile = a_profile()
    assert person_from(profile, CATALOGUE).faces[0].channels == {"email"}

    profile.contacts[0].bounce_time.FromDatetime(datetime(2026, 1, 1, tzinfo=UTC))
    face = person_from(profile, CATALOGUE).faces[0]

    assert not face.channels
    assert face.bounced == {"email"}


def test_a_refusal_of_everything_overrules_on_its_own_address() -> None:
    consents = person_from(a_profile(), CATALOGUE).faces[0].consents

    assert [(each.topic, each.status, each.usable) for each in consents] == [
        ("news", "granted", False), ("*", "revoked", False), ("news", "granted", False),
    ]  # fmt: skip
    profile = a_profile()
    del profile.consents[1]
    assert [each.usable for each in person_from(profile, CATALOGUE).faces[0].consents] == [True, False]


def test_an_erased_person_has_no_faces() -> None:
    profile = a_profile()
    profile.state = profiles_pb2.PROFILE_STATE_ERASED

    assert person_from(profile, CATALOGUE).faces == ()
