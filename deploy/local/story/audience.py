"""Step 4: who is to be written to, counted as the list says, with the reasons for loss."""

import time
from typing import Any

from deploy.local.screen import counted
from deploy.local.story.api import expect
from deploy.local.story.telling import Telling, losses

LEAST_FOUND = 0.95
_PATIENCE_SECONDS = 180.0
# At rest it is one to three seconds, as long as a refresh of the index and a look at the bus take.
_FRESH_MS = 5_000
# Longer than a refresh of the index and the way of a fact from the base to it.
_PAUSE_SECONDS = 2.0


def make_segments(story: Telling) -> None:
    """Preview and save the segment of the story, and a wider one that does not ask for consent."""
    wanted = story.plan["segment"]
    organisations = _organisations(story, wanted["organisation"])
    workplace = {"affiliation": {"organisation": organisations, "specialty": wanted["specialty"]}}
    consent = {"consent": {**wanted["consent"], "status": "granted"}}
    rule = {"all": [workplace, consent, {"status": "active"}]}
    terms = {name: wanted["consent"][name] for name in ("controller", "purpose", "topic")}
    asked = {"rule": rule, "sample": 5, "terms": terms}
    segment = story.marketing.post(
        "/v1/segments", {"name": "Педиатры клиники с согласием", "kind": "live", "rule": rule}
    )
    story.segment = segment["id"]
    preview, members = _at_rest(story, asked)
    story.tell(f"rule: {preview['sentences'].get('ru') or preview['sentences']}")
    live = counted(preview["count"], "person", "people")
    story.tell(f"live count: {live} (the index is {preview['lag_ms']:,} ms behind)")
    for reach in preview["reach"]:
        lost = {loss["reason"]: loss["count"] for loss in reach["losses"]}
        story.tell(
            f"  {reach['channel']:<10} reaches {counted(reach['reachable'], 'person', 'people')}; {losses(lost)}"
        )
    story.members = {member["id"] for member in members}
    story.tell(f"the list has {counted(len(members), 'person', 'people')}")
    expect(len(story.members) == len(members), "nobody is listed twice")
    expect(preview["count"] == len(members), f"the count {preview['count']} equals the list {len(members)}")
    expect(len(members) > 0, "somebody is in the segment")
    _check_members(story, members, organisations, wanted)
    wide = {"all": [workplace, {"status": "active"}]}
    everybody = story.marketing.post("/v1/segments", {"name": "Все педиатры клиники", "kind": "live", "rule": wide})
    story.everybody = everybody["id"]
    story.told["segment"] = len(members)


def _at_rest(story: Telling, asked: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Count and list once the index has followed the imports, whose last facts may still be on their way to it.

    At rest both agree and stay: a difference that stays is a fault, a number that still moves is none.
    """
    deadline, before = time.monotonic() + _PATIENCE_SECONDS, -1
    while True:
        preview: dict[str, Any] = story.marketing.post("/v1/segments:preview", asked)
        if preview["lag_ms"] < _FRESH_MS:
            members = list(story.marketing.pages(f"/v1/segments/{story.segment}/members"))
            if len(members) == preview["count"] == before or time.monotonic() > deadline:
                return preview, members
            before = preview["count"]
        expect(time.monotonic() < deadline, f"the index follows the base: it is {preview['lag_ms']:,} ms behind")
        time.sleep(_PAUSE_SECONDS)


def _organisations(story: Telling, name: str) -> list[str]:
    found = list(story.marketing.pages("/v1/organisations:search", {"text": name}))
    # A clinic is known by its first spelling, "ГБУЗ «…»" for instance, with the others as synonyms.
    meant = [one["id"] for one in found if any(name in known for known in (one["name"], *one["synonyms"]))]
    expect(len(meant) == 1, f"«{name}» is one clinic, however it was spelled: {len(meant)}")
    return meant


def _check_members(
    story: Telling, members: list[dict[str, Any]], organisations: list[str], wanted: dict[str, Any]
) -> None:
    """Specialty and clinic belong to one workplace; and whoever should be in by the truth is in."""
    for member in members:
        fits = any(
            job["organisation"] in organisations and job["specialty"] == wanted["specialty"]
            for job in member["affiliations"]
        )
        expect(fits, f"{member['id']} has the specialty in the clinic itself")
    should = set(story.truth["segment"])
    known = {who for member in story.members for who in story.people.get(member, set())}
    right, missing = should & known, should - known
    story.tell(
        f"by the truth {len(should):,} should be in, {len(right):,} of them are, {len(known - should):,} others are"
    )
    expect(not known - should, f"nobody is in who should not be: {len(known - should)}")
    left = {who for who in missing if _has_left(story, who, wanted["consent"])}
    if left:
        story.tell(f"{len(left)} of them unsubscribed since the files were written")
    due = len(should) - len(left)
    expect(len(right) >= LEAST_FOUND * due, f"at least {LEAST_FOUND:.0%} are in: {due - len(right)} of {due} missing")


def _has_left(story: Telling, who: str, consent: dict[str, str]) -> bool:
    """Tell whether a true person's card shows the consent as withdrawn, by an earlier playing for instance."""
    for profile, people in story.people.items():
        if who not in people:
            continue
        for known in story.marketing.get(f"/v1/profiles/{profile}")["consents"]:
            if known["status"] == "revoked" and all(known["key"][name] == value for name, value in consent.items()):
                return True
    return False
