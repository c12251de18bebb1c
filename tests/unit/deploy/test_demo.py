"""The demo base: the same for a seed, as messy as promised, and solvable."""

import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from deploy.local.demo.base import write_base
from services.profile.adapters.normalise import NumberingPlan
from services.profile.adapters.seeds import shipped_dictionaries
from services.profile.domain.names import folded
from services.profile.domain.normal.phones import dialled_numbers, quick_mobile


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    write_base(out, seed=11, rows=1_200)
    return out


def test_a_seed_gives_the_same_files(base: Path, tmp_path: Path) -> None:
    write_base(tmp_path, seed=11, rows=1_200)
    for file in ("congress.csv", "newsletter.csv", "truth.json", "sources.json"):
        assert (tmp_path / file).read_bytes() == (base / file).read_bytes(), file


def test_the_files_are_as_messy_as_promised(base: Path) -> None:
    assert (base / "newsletter.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    congress = (base / "congress.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        congress.decode("utf-8")
    rows = [line.split(";") for line in congress.decode("cp1251").splitlines()[1:]]
    assert all(len(row) == 6 for row in rows)
    assert any(row[2].endswith(".0") for row in rows)
    assert any("E+" in row[2] for row in rows)


def test_the_truth_is_whole(base: Path) -> None:
    truth = json.loads((base / "truth.json").read_text())
    assert sorted(truth["rows"]) == ["congress", "newsletter", "partner", "registry"]
    for (one, first), (other, second), fact in truth["pairs"]:
        assert truth["rows"][one][str(first)] == truth["rows"][other][str(second)]
        assert fact in {"external_id", "email", "phone"}
    assert len(truth["segment"]) > 15
    assert len(truth["refused"]["partner"]) == 6
    assert truth["refused"]["newsletter"]
    for source, rows in truth["refused"].items():
        assert not {str(row) for row in rows} & set(truth["rows"][source])


def test_every_phone_can_be_read(base: Path) -> None:
    plan = NumberingPlan()
    for line in (base / "congress.csv").read_bytes().decode("cp1251").splitlines()[1:]:
        cell = line.split(";")[2]
        read = quick_mobile(cell, "ru") or plan.e164(dialled_numbers(cell)[0].digits, False, "RU")
        assert read is not None
        assert read.startswith("+79")


def test_specialties_and_cities_are_known_spellings(base: Path) -> None:
    dictionaries = shipped_dictionaries()
    for line in (base / "congress.csv").read_bytes().decode("cp1251").splitlines()[1:]:
        _, _, _, specialty, city, _ = line.split(";")
        assert dictionaries["specialties"].resolve(specialty).code, specialty
        assert dictionaries["cities"].resolve(city).code, city


def test_a_name_and_a_phone_are_one_person_of_the_partners_list(tmp_path: Path) -> None:
    # A seed that once gave two namesakes one reception's phone: name and phone are what that list goes by.
    write_base(tmp_path, seed=1707031152, rows=1_200)
    truth = json.loads((tmp_path / "truth.json").read_text())["rows"]["partner"]
    rows = CalamineWorkbook.from_path(str(tmp_path / "partner.xlsx")).get_sheet_by_index(0).to_python()
    known: dict[tuple[frozenset[str], object], str] = {}
    for number, person in truth.items():
        name, _, _, _, phone, *_ = rows[int(number) - 1]
        words = frozenset(folded(word) for word in str(name).split())
        if phone:
            assert known.setdefault((words, phone), person) == person, number
