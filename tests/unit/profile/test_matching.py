"""What people of a case have in common."""

from services.profile.domain.matching import compared


def test_only_what_two_have_is_equal_or_different() -> None:
    first = {"family_name": "Орлова", "city": "tver", "degree": "phd"}
    second = {"family_name": "Орлова", "city": "omsk", "sex": "female"}

    assert compared([first, second]) == (["family_name"], ["city"])
    assert compared([first, second, {"sex": "female"}]) == (["family_name", "sex"], ["city"])
    assert compared([first]) == ([], [])
