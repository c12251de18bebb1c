"""Steps 2 and 3: four messy files become people, and what that is worth against the truth."""

from collections import defaultdict
from itertools import combinations
from typing import Any

from deploy.local.screen import counted
from deploy.local.story.api import expect
from deploy.local.story.telling import Telling

LEAST_RECALL = 0.95
_REFUSED_SHOWN = 5
_ROWS = {"ok": "fine", "corrected": "mended", "warned": "taken but for a cell", "refused": "refused"}
_CELLS = {"ok": "fine", "corrected": "mended", "invalid": "not readable", "empty": "empty"}
_PEOPLE = {
    "created": "people made", "updated": "people updated", "merged": "joined to people known", "unchanged": "unchanged",
    "refused": "rows refused",
}  # fmt: skip


def declare_sources(story: Telling) -> None:
    """Create the bases and the sources that are not there yet."""
    for kind in ("bases", "sources"):
        known = {item["key"] for item in story.system.pages(f"/v1/{kind}")}
        for wanted in story.plan[kind]:
            if wanted["key"] not in known:
                story.system.post(f"/v1/{kind}", wanted)
        present = {item["key"] for item in story.system.pages(f"/v1/{kind}")}
        expect({item["key"] for item in story.plan[kind]} <= present, f"all {kind} of the demo base are there")
        story.tell(f"{kind}: {', '.join(sorted(present))}")


def import_files(story: Telling) -> None:
    """Import the four files one by one: read, look at the quality, dry run, commit."""
    for wanted in story.plan["files"]:
        _import(story, wanted["file"], wanted["source"])


def _import(story: Telling, name: str, source: str) -> None:
    kind = next(item["kind"] for item in story.plan["sources"] if item["key"] == source)
    content = (story.files / name).read_bytes()
    started = story.system.upload("/v1/imports", {"source": source, "kind": kind}, name, content)
    identifier = started["import"]["id"]
    story.imports[source] = identifier

    def tell(text: str) -> None:
        story.tell(f"{name}: {text}")

    story.system.wait(started["operation"]["id"], tell)
    read = story.system.get(f"/v1/imports/{identifier}")
    expect(read["state"] == "ready", f"{name} is ready to be taken, but it is {read['state']} {read['error']}")
    if read["same_as"]:
        tell("the very same file was imported before; whatever it says is known")
    _tell_quality(story, name, identifier, read)
    operation = story.system.post(f"/v1/imports/{identifier}:dryRun")
    story.system.wait(operation["id"], tell)
    dry = story.system.get(f"/v1/imports/{identifier}")["dry_run"]
    tell(f"a dry run expects {_parts(dry, _PEOPLE)}")
    operation = story.system.post(f"/v1/imports/{identifier}:commit")
    story.system.wait(operation["id"], tell)
    done = story.system.get(f"/v1/imports/{identifier}")
    expect(done["state"] == "committed", f"{name} is committed, but it is {done['state']}")
    counts = done["counts"]
    tell(f"written: {_parts(counts, _PEOPLE)}")
    rows = list(story.system.pages(f"/v1/imports/{identifier}/rows"))
    expect(len(rows) == counts["rows"], f"every row of {name} can be listed")
    story.rows[source] = [(int(row["row"]), row["profile"]) for row in rows if row["profile"]]
    lost = [row["row"] for row in rows if bool(row["profile"]) == (row["verdict"] == "refused")]
    expect(not lost, f"every row of {name} ends in a person or is refused, but rows {lost[:10]} do not")


def _tell_quality(story: Telling, name: str, identifier: str, read: dict[str, Any]) -> None:
    counts = read["counts"]
    story.tell(f"{name}: {counted(counts['rows'], 'row')}: {_parts(counts, _ROWS)}")
    quality = story.system.get(f"/v1/imports/{identifier}/quality")
    for column in quality["columns"]:
        if column["target"]:
            taken = column["target"].replace("_", " ")
            story.tell(f"  {column['column'][:28]:<28} is the {taken + ':':<19} {_parts(column, _CELLS)}")
    refused = list(story.system.pages(f"/v1/imports/{identifier}/rows", verdict="refused"))
    expect(len(refused) == counts["refused"], f"the refused rows of {name} can be listed")
    for row in refused:
        cells = [cell for cell in row["cells"] if cell["verdict"] == "refused"]
        expect(bool(cells or row["reasons"]), f"row {row['row']} of {name} says why it is refused")
    for row in refused[:_REFUSED_SHOWN]:
        why = [f"{cell['column']}: {_words(cell['reason'])}" for cell in row["cells"] if cell["verdict"] == "refused"]
        story.tell(f"  row {row['row']:,} is refused: {'; '.join(why + [_words(each) for each in row['reasons']])}")
    if len(refused) > _REFUSED_SHOWN:
        story.tell(f"  and {counted(len(refused) - _REFUSED_SHOWN, 'row')} more, each with its reason")
    must = set(story.truth["refused"].get(read["source"], []))
    expect(must <= {row["row"] for row in refused}, f"the rows of {name} that nobody may take are refused")


def _parts(counts: dict[str, Any], words: dict[str, str]) -> str:
    """Say what there is of each kind; what there is none of is not worth a word."""
    return ", ".join(f"{counts[name]:,} {word}" for name, word in words.items() if counts[name]) or "nothing"


def _words(reason: str) -> str:
    return reason.replace("_", " ").lower()


def compare_with_truth(story: Telling) -> None:
    """Print precision and recall of who was made one person, by pairs of rows."""
    survivors = _survivors(story)
    groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
    home: dict[tuple[str, int], str] = {}
    for source, written in story.rows.items():
        for row, profile in written:
            place = (source, row)
            home[place] = survivors.get(profile, profile)
            groups[home[place]].append(place)
    true = {(source, int(row)): who for source, rows in story.truth["rows"].items() for row, who in rows.items()}
    story.people = {profile: {true[place] for place in rows if place in true} for profile, rows in groups.items()}
    joined = right = 0
    for rows in groups.values():
        for one, other in combinations([place for place in rows if place in true], 2):
            joined += 1
            right += true[one] == true[other]
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (left, a), (right_source, b), kind in story.truth["pairs"]:
        whose = home.get((left, int(a)))
        found[kind][1] += 1
        found[kind][0] += whose is not None and whose == home.get((right_source, int(b)))
    hit, whole = sum(pair[0] for pair in found.values()), sum(pair[1] for pair in found.values())
    precision = right / joined if joined else 1.0
    recall = hit / whole if whole else 1.0
    people = counted(len(set(true.values())), "person", "people")
    story.tell(f"{counted(len(home), 'row')} of {people} became {counted(len(groups), 'profile')}")
    for kind, (got, all_of) in sorted(found.items()):
        story.tell(
            f"  linked by {kind.replace('_', ' ')}: {got:,} of {counted(all_of, 'pair')} found ({got / all_of:.1%})"
        )
    story.tell(f"precision {precision:.4f}: {right:,} of {counted(joined, 'joined pair')} are right")
    story.tell(f"recall {recall:.4f}: {hit:,} of {counted(whole, 'pair')} with a linking fact are joined")
    story.told.update(profiles=len(groups), precision=precision, recall=recall)
    expect(precision == 1.0, f"no two people are made one: {joined - right} wrong pairs of {joined}")
    expect(recall >= LEAST_RECALL, f"recall is at least {LEAST_RECALL}: {recall:.4f}")


def _survivors(story: Telling) -> dict[str, str]:
    """Map absorbed ids to who they are now."""
    survivors = {}
    for profile in story.system.pages("/v1/profiles"):
        for absorbed in profile["absorbed"]:
            survivors[absorbed] = profile["id"]
    return survivors


def compare_faces(story: Telling) -> None:
    """Show that the partner's operator sees the people of his base, each as his base knows them."""
    whole = story.system.get("/v1/profiles", page_size=1)["total"]
    mine = story.partner.get("/v1/profiles", page_size=1)["total"]
    story.tell(f"{counted(whole, 'person', 'people')} in the installation, {mine:,} in the partner's eyes")
    expect(0 < mine < whole, "the partner sees some people, not all")
    for seen in story.partner.get("/v1/profiles", page_size=50)["items"]:
        expect(seen["bases"] == ["partner"], f"the partner knows of his own base alone, not of {seen['bases']}")
        sources = {value["source"] for value in seen["attributes"].values()} | {x["source"] for x in seen["contacts"]}
        expect(sources <= {"partner", "console"}, f"a face holds its base's values alone, not of {sources}")
