"""Invented people for benchmarks: doctors with two workplaces, an e-mail and a phone."""

import random
from collections.abc import Sequence
from datetime import datetime

from services.profile.commands import StagedDraft
from services.profile.domain.record import Affiliation, Contact, ContactPoint, RecordDraft
from services.profile.domain.sources import Base, Source

BASE = Base("main", "Main")
SOURCE = Source(key="registry", base="main", kind="hcp", title="Registry", confirms=frozenset({"email"}), priority=100)
CITIES = [f"city-{number}" for number in range(40)]
SPECIALTIES = ["paediatrics", *(f"specialty-{number}" for number in range(60))]


def drafts(numbers: Sequence[int], observed: datetime, language: str) -> list[StagedDraft]:
    """Give a record of each number; the same number is the same person."""
    drawn = random.Random(numbers[0])
    return [
        StagedDraft(
            RecordDraft(
                source=SOURCE.key,
                key=f"row-{number}",
                base="main",
                kind="hcp",
                attributes={
                    "family_name": f"Фамилия{number}",
                    "given_name": f"Имя{number % 97}",
                    "patronymic": f"Отчество{number % 89}",
                    "city": CITIES[number % len(CITIES)],
                    "language": language,
                },
                contacts=(
                    Contact(ContactPoint("email", f"person{number}@example.org"), observed),
                    Contact(ContactPoint("phone", f"+7916{number:07d}"), None),
                ),
                affiliations=tuple(
                    Affiliation(None, f"Клиника {drawn.randrange(200)}", SPECIALTIES[number % len(SPECIALTIES)], "врач",
                                None, None, "moscow", "moscow", None, None)
                    for _ in range(2)
                ),
                external_ids=(),
                consents=(),
                observed_at=observed,
            ),
            row=str(number),
        )
        for number in numbers
    ]  # fmt: skip
