"""The four files, each as messy as its kind is in life."""

import csv
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from deploy.local.demo import mess, words
from deploy.local.demo.people import Clinic, Person
from deploy.local.demo.truth import RowFact, Truth

REGISTRY_GROUPS = (("Сотрудник", 0, 6), ("Контакты", 7, 8), ("Место работы", 9, 13))
REGISTRY_HEADERS = ("Таб. №", "Фамилия", "Имя", "Отчество", "Дата рождения", "Пол", "Учёная степень", "Телефон",
                    "E-mail", "Организация", "Город", "Специальность", "Должность", "График")  # fmt: skip
PARTNER_HEADERS = ("Doctor name", "Clinic", "Clinic city", "Speciality", "Mobile", "E-mail", "Updated")
FIRST_DAY = date(2023, 1, 1)
MADE_ON = datetime(2025, 9, 1)  # noqa: DTZ001 - a workbook has no zones; fixed, so that a seed gives the same bytes


def write_registry(path: Path, dice: random.Random, people: list[Person], truth: Truth) -> int:
    """Write a staff export: a workplace per row, merged headers, phones that became floats, two empty rows inside."""
    lines = [(number, person, place) for number, person in enumerate(people) for place in person.workplaces]
    middle = len(lines) // 2
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy"}) as book:
        book.set_properties({"created": MADE_ON})
        sheet = book.add_worksheet("Сотрудники")
        sheet.merge_range(0, 0, 0, 13, "Выгрузка кадров на 01.09.2025")
        for title, first, last in REGISTRY_GROUPS:
            sheet.merge_range(1, first, 1, last, title)
        sheet.write_row(2, 0, REGISTRY_HEADERS)
        for at, (number, person, place) in enumerate(lines):
            row = at + 3 + (2 if at >= middle else 0)
            _registry_row(sheet, row, dice, person, (100_001 + number, place.clinic))
            sheet.write_string(row, 11, mess.in_case(dice, dice.choice(words.SPECIALTIES[place.specialty])))
            sheet.write_string(row, 12, place.position)
            sheet.write_string(row, 13, place.schedule)
            truth.facts.append(
                RowFact("registry", row + 1, person, str(100_001 + number), person.email or None, person.phone or None)
            )
    return len(lines)


def _registry_row(sheet: Worksheet, row: int, dice: random.Random, person: Person, job: tuple[int, Clinic]) -> None:
    number, clinic = job
    sheet.write_number(row, 0, number)
    sheet.write_string(row, 1, mess.in_case(dice, mess.without_yo(dice, person.family)))
    sheet.write_string(row, 2, mess.without_yo(dice, person.given))
    sheet.write_string(row, 3, mess.without_yo(dice, person.patronymic))
    born = mess.day(dice, person.born)
    if isinstance(born, date):
        sheet.write_datetime(row, 4, datetime(born.year, born.month, born.day))  # noqa: DTZ001 - a sheet has no zones
    else:
        sheet.write_string(row, 4, born)
    sheet.write_string(row, 5, dice.choice(("ж", "Ж", "жен") if person.woman else ("м", "М", "муж")))
    sheet.write_string(row, 6, person.degree)
    phone = mess.phone_cell(dice, person.phone)
    if isinstance(phone, float):
        sheet.write_number(row, 7, phone)
    else:
        sheet.write_string(row, 7, phone)
    sheet.write_string(row, 8, mess.email(dice, person.email))
    sheet.write_string(row, 9, mess.clinic(dice, clinic))
    sheet.write_string(row, 10, dice.choice(words.CITIES[clinic.city]))


def write_congress(path: Path, dice: random.Random, people: list[Person], truth: Truth) -> int:
    """Write registrations: windows-1251, semicolons, a surname with initials and a phone, no e-mail."""
    with path.open("w", encoding="cp1251", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(["№", "Участник", "Телефон", "Специальность", "Город", "Дата регистрации"])
        for at, person in enumerate(people):
            place = person.workplaces[0]
            when = date(2025, 3, 1) + timedelta(days=dice.randrange(90))
            out.writerow(
                [at + 1, mess.badge(dice, person), mess.phone_text(dice, person.phone),
                 dice.choice(words.SPECIALTIES[place.specialty]), dice.choice(words.CITIES[place.clinic.city]),
                 when.strftime("%d.%m.%Y")]
            )  # fmt: skip
            truth.facts.append(RowFact("congress", at + 2, person, phone=person.phone))
    return len(people)


def write_newsletter(path: Path, dice: random.Random, people: list[Person], truth: Truth) -> int:
    """Write subscriptions: UTF-8 with BOM, e-mails and first names, opt-in and opt-out dates, some dead addresses."""
    dead = ("нет", "ivanova@", "petrov.clinic.example", "test@test", "smirnov@@mail.example", "a b@mail",
            "@post.example", "kuznetsov@clinic..example")  # fmt: skip
    every = max(len(people) // max(len(people) // 60, 8), 1)
    row = 1
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(["email", "first_name", "opt_in_date", "opt_out_date"])
        for at, person in enumerate(people):
            opted = FIRST_DAY + timedelta(days=dice.randrange(800))
            left = opted + timedelta(days=dice.randrange(20, 150)) if dice.random() < 0.08 else None
            if left:
                person.tags.add("opted-out")
            person.tags.add("subscribed")
            row += 1
            out.writerow(
                [mess.email(dice, person.email), person.given, opted.isoformat(), left.isoformat() if left else ""]
            )
            truth.facts.append(RowFact("newsletter", row, person, email=person.email))
            if at % every == every - 1:
                row += 1
                out.writerow([dice.choice(dead), dice.choice(words.WOMEN), opted.isoformat(), ""])
                truth.refused["newsletter"].append(row)
    return row - 1


def write_partner(path: Path, dice: random.Random, people: list[Person], truth: Truth) -> int:
    """Write another clinic's list: Latin names in either order, a reception's phone, and rows that must be refused."""
    reception = "+74951230099"
    bad = (
        ("???", "", "12345", "нет"), ("", "Clinic No 1", "", ""), ("12 34", "", "+7 000 000-00-00", "doctor@"),
        ("—", "", "нет", ""), ('=HYPERLINK("http://evil.example";"x")&1', "", "0", "no mail"), ("", "", "000", "@"),
    )  # fmt: skip
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": MADE_ON})
        sheet = book.add_worksheet("Doctors")
        sheet.write_row(0, 0, PARTNER_HEADERS)
        row = 0
        for at, person in enumerate(people):
            row += 1
            place = person.workplaces[-1]
            shared = "reception" in person.tags
            phone = reception if shared else mess.phone_cell(dice, person.phone)
            name = mess.without_yo(dice, f"{person.family} {person.given}") if dice.random() < 0.1 else None
            sheet.write_string(row, 0, name or mess.latin_name(dice, person))
            sheet.write_string(row, 1, mess.clinic(dice, place.clinic))
            sheet.write_string(row, 2, mess.latin(dice, words.CITIES[place.clinic.city][0]))
            sheet.write_string(row, 3, dice.choice(words.ENGLISH[place.specialty]))
            if isinstance(phone, float):
                sheet.write_number(row, 4, phone)
            else:
                sheet.write_string(row, 4, phone)
            sheet.write_string(row, 5, mess.email(dice, person.email) if dice.random() < 0.5 else "")
            sheet.write_string(row, 6, (date(2025, 1, 1) + timedelta(days=dice.randrange(200))).isoformat())
            truth.facts.append(RowFact("partner", row + 1, person, phone=reception if shared else person.phone))
            if at % max(len(people) // len(bad), 1) == 0 and len(truth.refused["partner"]) < len(bad):
                row += 1
                name, clinic, number, mail = bad[len(truth.refused["partner"])]
                for column, text in ((0, name), (1, clinic), (4, number), (5, mail)):
                    sheet.write_string(row, column, text)
                truth.refused["partner"].append(row + 1)
    return row
