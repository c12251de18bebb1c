"""Documents: the set that an acceptance asks for is there, and a link leads to what exists."""

import re
from pathlib import Path

from tests.architecture.tree import ROOT

# What is asked for -> the document that is it.
SET = {
    "test programme and method": "docs/admin/test-programme.md",
    "programme and log of trial operation": "docs/admin/trial.md",
    "administrator's guide": "docs/admin/README.md",
    "user's guide": "docs/user/README.md",
    "requirements specification": "docs/admin/specification.md",
    "explanatory note": "docs/admin/explanatory-note.md",
    "role model": "docs/role-model.md",
    "system passport": "docs/admin/passport.md",
    "method and report of load tests": "docs/admin/load-tests.md",
}
APART = {".venv", "node_modules", "gen", "build", ".run"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    return [path for path in ROOT.rglob("*.md") if not APART & set(path.relative_to(ROOT).parts)]


def anchors(path: Path) -> set[str]:
    """Give the anchors of a document's headings, as its viewers make them."""
    headings = HEADING.findall(FENCE.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_set_of_documents_is_whole_and_an_administrator_finds_it() -> None:
    index = (ROOT / "docs/admin/README.md").read_text(encoding="utf-8")
    links = {(ROOT / "docs/admin" / link).resolve() for link in LINK.findall(index)}

    assert {name for name, path in SET.items() if not (ROOT / path).is_file()} == set()
    own = {ROOT / path for path in SET.values()} - {ROOT / "docs/admin/README.md", ROOT / "docs/user/README.md"}
    assert own - links == set()


def test_a_link_between_documents_leads_to_what_exists() -> None:
    broken = []
    for path in documents():
        for link in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
            target, _, anchor = link.partition("#")
            if "://" in link or link.startswith(("mailto:", "<")):
                continue
            found = (path.parent / target).resolve() if target else path
            if not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors(found)):
                broken.append(f"{path.relative_to(ROOT)}: {link}")

    assert broken == []
