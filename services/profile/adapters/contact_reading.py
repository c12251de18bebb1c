"""Contacts as people type them, brought to the form in which they are kept."""

from services.profile.adapters.normalise import AddressSyntax, NumberingPlan
from services.profile.domain.normal.emails import addresses
from services.profile.domain.normal.phones import dialled_numbers
from services.profile.domain.record import ContactPoint

_PLAN = NumberingPlan()
_SYNTAX = AddressSyntax()
HOME_COUNTRY = "RU"
"""Where a phone without a code belongs when nothing else says it, as for a source without a country."""

KINDS = frozenset({"email", "phone"})
"""Kinds of contact points that can be read."""


def read_contact(kind: str, value: str, country: str = HOME_COUNTRY) -> ContactPoint | None:
    """Give the contact point that somebody means, None when it is none."""
    if kind == "email":
        found = [normal for each in addresses(value) if (normal := _SYNTAX.normalised(each))]
        return ContactPoint("email", found[0]) if len(found) == 1 else None
    if kind == "phone":
        numbers = [
            normal
            for each in dialled_numbers(value)
            if (normal := _PLAN.e164(each.digits, each.international, country))
        ]
        return ContactPoint("phone", numbers[0]) if len(numbers) == 1 else None
    return None
