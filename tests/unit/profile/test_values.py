"""Which values an attribute takes."""

import pytest

from services.profile.domain.catalogue import Attribute, Catalogue, PersonalClass, ValueType

CATALOGUE = Catalogue(
    [
        Attribute("family_name", ValueType.TEXT, PersonalClass.PERSONAL, title="Family name"),
        Attribute("visits", ValueType.NUMBER, PersonalClass.NONE, title="Visits"),
    ]
)


@pytest.mark.parametrize("text", ["Ива\x00нов", "Иванов\x1b[2J", "вонавИ\u202e", "\u2066Иванов\u2069", "\x7f"])
def test_a_text_holds_no_control_characters(text: str) -> None:
    fault = CATALOGUE.fault("family_name", text)

    assert fault is not None
    assert fault.fields["fault"] == "CHARACTER_NOT_ALLOWED"


@pytest.mark.parametrize("text", ["Иванов-Петров", "О’Нил", "two\nlines\tof text", "Нгуен\u0301", "می\u200cخواهم"])
def test_what_people_write_is_taken(text: str) -> None:
    assert CATALOGUE.fault("family_name", text) is None


@pytest.mark.parametrize("number", [float("nan"), float("inf"), True, "7"])
def test_a_number_is_finite(number: float | str) -> None:
    assert CATALOGUE.fault("visits", number) is not None
