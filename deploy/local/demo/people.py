"""The invented world: clinics, and people with their phones, addresses and workplaces.

Promise: a function of the seed and the size. Traps are laid on purpose and written down: families share a phone,
colleagues re-use an address, numbers pass on to strangers.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from deploy.local.demo import words

CLINIC_X = "Детская городская клиническая больница № 5"
"""The clinic of the demo's segment; several hundred paediatricians work there."""


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic: its name, its usual other spellings, its city."""

    name: str
    spellings: tuple[str, ...]
    city: str


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where somebody works, as what."""

    clinic: Clinic
    specialty: str
    position: str
    schedule: str


@dataclass(slots=True)
class Person:
    """An invented person; `email_shared` and `phone_shared` mark contact points that somebody else has too."""

    id: str
    family: str
    given: str
    patronymic: str
    woman: bool
    born: date
    phone: str
    email: str
    workplaces: list[Workplace]
    degree: str
    email_shared: bool = False
    phone_shared: bool = False
    tags: set[str] = field(default_factory=set)

    @property
    def initials(self) -> str:
        """Family name and first letters, as a badge has them."""
        return f"{self.family} {self.given[0]}.{self.patronymic[0]}."


def clinics(dice: random.Random) -> list[Clinic]:
    """Make clinics in ten cities; the first is the segment's."""
    first = Clinic(
        CLINIC_X,
        (
            "ДГКБ № 5",
            "ГБУЗ «Детская городская клиническая больница № 5»",
            "ДГКБ №5",
            "Детская городская клиническая больница №5",
        ),
        "moscow",
    )
    made = [first]
    for city in words.CITIES:
        for number in sorted(dice.sample(range(6, 60), 4)):
            kind, short = dice.choice(
                [("Городская клиническая больница", "ГКБ"), ("Детская городская поликлиника", "ДГП"),
                 ("Городская поликлиника", "ГП")]
            )  # fmt: skip
            name = f"{kind} № {number}"
            made.append(
                Clinic(name, (f"{short} № {number}", f"{short} №{number}", f"ГБУЗ «{name}»", f"{kind} №{number}"), city)
            )
    return made


def population(dice: random.Random, size: int, places: list[Clinic]) -> list[Person]:
    """Make people; about one in nine is a paediatrician of the segment's clinic."""
    phones = dice.sample(range(10_000_000, 99_999_999), size)
    people = [_person(dice, number, phones[number], places) for number in range(size)]
    _families(dice, people)
    _shared_addresses(dice, people)
    _passed_on_numbers(dice, people)
    return people


def _person(dice: random.Random, number: int, phone: int, places: list[Clinic]) -> Person:
    woman = dice.random() < 0.62
    family = dice.choice(words.FAMILIES)
    father = words.FATHERS[dice.choice(sorted(words.FATHERS))]
    patronymic = father[:-2] + "на" if woman else father
    given = dice.choice(words.WOMEN if woman else words.MEN)
    born = date(1955, 1, 1) + timedelta(days=dice.randrange(16_000))
    mail = f"{_latin(given)[:1]}.{_latin(family)}{number}@{dice.choice(words.MAIL_DOMAINS)}"
    return Person(
        id=f"p{number:06d}",
        family=family + ("а" if woman else ""),
        given=given,
        patronymic=patronymic,
        woman=woman,
        born=born,
        phone=f"+79{_prefix(phone)}",
        email=mail,
        workplaces=_workplaces(dice, places),
        degree=dice.choice(words.DEGREES),
    )


def _prefix(phone: int) -> str:
    # 910 to 919 and 960 to 969 are mobile ranges in use whatever follows.
    return f"{'1' if phone % 2 else '6'}{phone:08d}"


def _workplaces(dice: random.Random, places: list[Clinic]) -> list[Workplace]:
    lot = dice.random()
    first = places[0]
    if lot < 0.11:
        found = [_workplace(dice, first, "paediatrics")]
        if dice.random() < 0.3:
            found.append(_workplace(dice, dice.choice(places[1:]), dice.choice(sorted(words.SPECIALTIES))))
        return found
    if lot < 0.125:
        # The counter-example: a therapist of that clinic who is a paediatrician elsewhere.
        return [_workplace(dice, first, "therapy"), _workplace(dice, dice.choice(places[1:]), "paediatrics")]
    home = dice.choice(places[1:])
    specialty = dice.choice(sorted(words.SPECIALTIES))
    found = [_workplace(dice, home, specialty)]
    if dice.random() < 0.3:
        near = [place for place in places[1:] if place.city == home.city and place != home]
        found.append(_workplace(dice, dice.choice(near), specialty))
    return found


def _workplace(dice: random.Random, clinic: Clinic, specialty: str) -> Workplace:
    return Workplace(clinic, specialty, dice.choice(words.POSITIONS), dice.choice(words.SCHEDULES))


def _families(dice: random.Random, people: list[Person]) -> None:
    """Give spouses one phone: one surname in two forms, different given names."""
    for husband, wife in _couples(dice, people, len(people) // 60):
        wife.family = husband.family + "а"
        if wife.given[0] == husband.given[0]:
            wife.given = next(name for name in words.WOMEN if name[0] != husband.given[0])
        wife.phone = husband.phone
        husband.tags.add("family-phone")
        wife.tags.add("family-phone")


def _shared_addresses(dice: random.Random, people: list[Person]) -> None:
    """Give two colleagues with different names one address."""
    free = [person for person in people if not person.tags]
    for one, other in zip(*[iter(dice.sample(free, 2 * max(len(people) // 150, 2)))] * 2, strict=True):
        if one.family.rstrip("а") == other.family.rstrip("а") or one.given == other.given:
            continue
        other.email = one.email
        one.email_shared = other.email_shared = True
        one.tags.add("shared-email")
        other.tags.add("shared-email")


def _passed_on_numbers(dice: random.Random, people: list[Person]) -> None:
    """Let a number pass from one person to a stranger."""
    free = [person for person in people if not person.tags]
    for one, other in zip(*[iter(dice.sample(free, 2 * max(len(people) // 200, 2)))] * 2, strict=True):
        if one.family.rstrip("а") != other.family.rstrip("а"):
            other.phone = one.phone
            one.tags.add("passed-on-phone")
            other.tags.add("passed-on-phone")


def _couples(dice: random.Random, people: list[Person], count: int) -> list[tuple[Person, Person]]:
    men = [person for person in people if not person.woman]
    women = [person for person in people if person.woman]
    count = min(count, len(men), len(women))
    return list(zip(dice.sample(men, count), dice.sample(women, count), strict=True))


_LATIN = dict(
    zip("абвгдезийклмнопрстуфэы", "abvgdeziyklmnoprstufey", strict=True),
    ё="e", ж="zh", х="kh", ц="ts", ч="ch", ш="sh", щ="shch", ъ="", ь="", ю="yu", я="ya",
)  # fmt: skip


def _latin(text: str) -> str:
    return "".join(_LATIN.get(letter, letter) for letter in text.lower())
