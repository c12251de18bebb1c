"""Step 6: recipients read, click, register, unsubscribe; addresses bounce. Through public doors only."""

import itertools
import math
import re
import time
import uuid
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx

from deploy.local.screen import counted
from deploy.local.story.api import expect
from deploy.local.story.letter import GOAL, SITE, SUBJECT, TEST_ADDRESS
from deploy.local.story.telling import Telling

# Percent of readers who open, click, register, unsubscribe; each group is part of the one before.
OPENS, CLICKS, REGISTERS, LEAVES = 60, 30, 15, 6
AT_ONCE = 8  # Readers do not wait for one another; more would only queue on the two cores of a small machine.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SCANNER = "curl/8.0 (mail security scanner)"
_PATIENCE_SECONDS = 60.0
_PIXEL = re.compile(r"""<img\b[^>]*\bsrc="([^"]*/o/[^"]+\.gif)\"""", re.IGNORECASE)
_CHOICE = re.compile(r'name="shown" value="([^"]+)"')
_UNSUBSCRIBE = re.compile(r"<(https?://[^>]+)>")


def act(story: Telling) -> None:
    """Let the readers of the campaign's letters act."""
    doors = httpx.Client(timeout=30, follow_redirects=False, headers={"User-Agent": BROWSER})
    bouncing = {one["recipient"] for one in story.mailbox.refusals() if one["action"] == "bounce"}
    letters = [letter for letter in _letters(story) if letter["recipients"][0] not in bouncing]
    # In an order of this campaign's own, so that at every playing others leave, and never nobody.
    letters.sort(key=lambda letter: zlib.crc32(f"{story.campaign} {letter['recipients'][0]}".encode()))
    share = {percent: math.ceil(len(letters) * percent / 100) for percent in (OPENS, CLICKS, REGISTERS, LEAVES)}

    def visit(place: int, letter: dict[str, Any]) -> None:
        opened = story.mailbox.read(letter["id"])
        _open(doors, opened)
        if place < share[CLICKS]:
            _click(doors, opened)
        if place < share[REGISTERS]:
            _register(story, letter["recipients"][0])
        if place < share[LEAVES]:
            _leave(doors, opened)

    with ThreadPoolExecutor(AT_ONCE) as readers:
        list(readers.map(visit, itertools.count(), letters[: share[OPENS]]))
    acts = {"open": OPENS, "click": CLICKS, "register": REGISTERS, "leave": LEAVES}
    did = {act: share[percent] for act, percent in acts.items()}
    left = [letter["recipients"][0] for letter in letters[: share[LEAVES]]]
    for letter in letters[share[OPENS] : share[OPENS] + 1]:
        # A security scanner looks into one more letter: kept as a mark, but nobody's opening.
        with httpx.Client(timeout=30, headers={"User-Agent": SCANNER}) as scanner:
            _open(scanner, story.mailbox.read(letter["id"]))
    story.tell(
        f"of {counted(len(letters), 'reader')} {did['open']:,} opened, {did['click']:,} clicked, "
        f"{did['register']:,} registered, {did['leave']:,} left"
    )
    story.told.update(did=did, left=left)
    _check_cards(story, left)
    for letter in letters[share[LEAVES] : share[LEAVES] + 1]:
        _choose(story, doors, letter)
    _wait_for_marks(story, did, len(bouncing & {letter["recipients"][0] for letter in _letters(story)}))


def _letters(story: Telling) -> list[dict[str, Any]]:
    letters = story.mailbox.letters(text=SUBJECT)
    return [letter for letter in letters if letter["recipients"] != [TEST_ADDRESS]][-story.told["letters"] :]


def _open(doors: httpx.Client, opened: dict[str, Any]) -> None:
    pixel = _PIXEL.search(opened["html"])
    expect(pixel is not None, "the letter holds its open pixel")
    if pixel is not None:
        answer = doors.get(pixel[1].replace("&amp;", "&"))
        expect(answer.status_code == httpx.codes.OK, f"the pixel is given: {answer.status_code}")
        expect(answer.headers["content-type"] == "image/gif", "the pixel is a picture")


def _click(doors: httpx.Client, opened: dict[str, Any]) -> None:
    link = next((link for link in opened["links"] if "/c/" in link), "")
    answer = doors.get(link)
    expect(answer.is_redirect, f"the link leads on: {answer.status_code}")
    expect(answer.headers["location"].startswith(SITE), f"to the page of the letter: {answer.headers['location']}")


def _register(story: Telling, reader: str) -> None:
    event = {
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{SITE}#{story.campaign}/{reader}")),
        "name": GOAL,
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "identity": {"email": reader},
    }
    told = story.site.post("/v1/track", event, source="site")
    expect(told.get("verdict", "accepted") == "accepted", f"the registration is accepted: {told}")


def _leave(doors: httpx.Client, opened: dict[str, Any]) -> None:
    header = next(value for name, value in opened["headers"] if name.lower() == "list-unsubscribe")
    link = _UNSUBSCRIBE.search(header)
    expect(link is not None, "the letter says how to leave")
    if link is not None:
        answer = doors.post(link[1], data={"List-Unsubscribe": "One-Click"})
        expect(answer.is_success, f"leaving takes one click: {answer.status_code}")


def _check_cards(story: Telling, left: list[str]) -> None:
    """See on the cards of those who left that their consent is withdrawn."""
    deadline = time.monotonic() + _PATIENCE_SECONDS

    def see(reader: str) -> None:
        while True:
            statuses = {consent["status"] for consent in _consents(story, reader)}
            if statuses and "granted" not in statuses:
                return
            expect(time.monotonic() < deadline, f"the card shows the withdrawn consent, not {statuses}")
            time.sleep(0.5)

    with ThreadPoolExecutor(AT_ONCE) as looking:
        list(looking.map(see, left))
    story.tell(f"the cards of all {len(left)} who left show their consent as withdrawn")


def _choose(story: Telling, doors: httpx.Client, letter: dict[str, Any]) -> None:
    """Turn the topic off at the letter's own page, and on again: each is on the card at once, with its proof."""
    reader = letter["recipients"][0]
    door = next((link for link in story.mailbox.read(letter["id"])["links"] if "/p/" in link), "")
    for wanted, on in (("revoked", False), ("granted", True)):
        page = doors.get(door)
        expect(page.status_code == httpx.codes.OK, f"the preference centre opens: {page.status_code}")
        expect(reader not in page.text, "it shows no address in full")
        shown = _CHOICE.findall(page.text)
        expect(bool(shown), "it offers the topic of the letter")
        answer = doors.post(door, data={"shown": shown, "on": shown if on else []})
        expect(answer.is_redirect, f"the choice is taken: {answer.status_code}")
        told = {(word["status"], word["evidence"]["kind"]) for word in _consents(story, reader)}
        expect(told == {(wanted, "preference-centre")}, f"the card shows the choice and its proof, not {told}")
    story.tell("one more turned the topic off and on again by the letter's link; the card showed both with their proof")


def _consents(story: Telling, reader: str) -> list[dict[str, Any]]:
    """Give what the card of a reader says of the campaign's own consent for this address."""
    wanted = story.plan["segment"]["consent"]
    found = story.marketing.post("/v1/profiles:lookup", {"kind": "email", "value": reader})["profiles"]
    return [
        consent
        for profile in found
        for consent in profile["consents"]
        if consent["key"]["contact_value"] == reader
        and consent["key"]["topic"] in {wanted["topic"], "*"}
        and all(consent["key"][name] == wanted[name] for name in ("controller", "channel", "purpose"))
    ]


def _wait_for_marks(story: Telling, did: dict[str, int], bouncing: int) -> None:
    """Wait until the log of messages holds everything that the readers did."""
    wanted = {"opened": did["open"], "clicked": did["click"], "unsubscribed": did["leave"], "bounced-later": bouncing}
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        marks = dict.fromkeys(wanted, 0)
        for message in story.marketing.pages(f"/v1/campaigns/{story.campaign}/messages"):
            for kind in {mark["kind"] for mark in message["marks"] if not mark["machine"]}:
                marks[kind] = marks.get(kind, 0) + 1
        if all(marks[kind] == count for kind, count in wanted.items()):
            break
        expect(time.monotonic() < deadline, f"every act is in the log of messages: {wanted}, but {marks}")
        time.sleep(1)
    story.tell(
        "the log of messages holds every act: " + ", ".join(f"{n:,} {kind}" for kind, n in sorted(marks.items()))
    )
