"""Steps 6 and 7: the next launch skips with reasons, and the report equals the log of single messages."""

import time
from collections import Counter
from typing import Any

from deploy.local.screen import counted
from deploy.local.story.api import expect
from deploy.local.story.letter import SUBJECT, check_campaign, launch, make_campaign
from deploy.local.story.telling import Telling

_PATIENCE_SECONDS = 90.0
_PEOPLE = {"opened": "opened", "clicked": "clicked", "unsubscribed": "unsubscribed"}


def launch_again(story: Telling) -> None:
    """Write once more to everybody of the clinic: those who left or bounced are skipped, each with the reason."""
    story.again = make_campaign(story, f"{SUBJECT}: напоминание", story.everybody)
    check_campaign(story, story.again)
    launch(story, story.again)
    messages = list(story.marketing.pages(f"/v1/campaigns/{story.again}/messages"))
    reasons = Counter(f"{message['outcome']}/{message['reason']}" for message in messages)
    for reason, count in reasons.most_common():
        story.tell(f"  {counted(count, 'message')}: {reason.replace('/', ', ').replace('-', ' ')}")
    by_person = {message["profile"]: message for message in messages}
    for reader in story.told["left"]:
        for profile in story.marketing.post("/v1/profiles:lookup", {"kind": "email", "value": reader})["profiles"]:
            message = by_person.get(profile["id"])
            skipped = message is None or message["outcome"] in {"no-consent", "suppressed"}
            expect(skipped, f"who left is skipped: {message and message['outcome']}")
            expect(message is None or bool(message["reason"]), "and the reason is told")
    first = story.marketing.pages(f"/v1/campaigns/{story.campaign}/messages")
    bounced = {message["profile"] for message in first if _came_back(message)}
    for person in bounced & set(by_person):
        outcome = by_person[person]["outcome"]
        expect(outcome in {"suppressed", "invalid"}, f"whose letter came back for good is skipped, not {outcome}")
    story.tell(f"skipped as they should be: {len(story.told['left'])} who left, {len(bounced)} whose letters came back")


def _came_back(message: dict[str, Any]) -> bool:
    later = any(mark["kind"] == "bounced-later" and mark["bounce_class"] == "hard" for mark in message["marks"])
    return later or message["outcome"] == "bounced"


def compare_report(story: Telling) -> None:
    """Print the campaign's report and compare every figure with the log of single messages."""
    expected = _counted(story)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        report = story.marketing.get(f"/v1/campaigns/{story.campaign}/report")
        figures = {figure["metric"]["name"]: figure for figure in report["figures"]}
        differing = {
            name: (count, _value(figures, name)) for name, count in expected.items() if _value(figures, name) != count
        }
        if not differing:
            break
        expect(time.monotonic() < deadline, f"the report equals the log (log, report): {differing}")
        time.sleep(1)
    for name, figure in figures.items():
        _tell(story, name, figure)
    for line in report["outcomes"]:
        story.tell(f"  {line['outcome']:<14} {line['reason']:<26} {counted(line['count'], 'message'):>14}")
    reasons = Counter(map(_ended, _messages(story)))
    told = {(line["outcome"], line["reason"]): line["count"] for line in report["outcomes"] if line["count"]}
    expect(told == dict(reasons), f"outcomes by reason equal the log: {told} and {dict(reasons)}")
    reconciled = story.marketing.post(f"/v1/campaigns/{story.campaign}:reconcile")
    expect(reconciled["equal"], f"the report agrees with the sender's own counts: {reconciled['differences']}")
    story.told["report"] = {name: figure["value"] for name, figure in figures.items()}


def _ended(message: dict[str, Any]) -> tuple[str, str]:
    """Return outcome and reason as a report counts them: what came back later is no longer delivered."""
    for mark in message["marks"]:
        if mark["kind"] == "bounced-later":
            return "bounced", f"later-{mark['bounce_class']}"
    return message["outcome"], message["reason"]


def _tell(story: Telling, name: str, figure: dict[str, Any]) -> None:
    metric, value = figure["metric"], figure["value"]
    title = metric["titles"].get("ru", name)
    if metric["denominator"]:
        shown = f"{value['value']:.3f}" if value.get("value") is not None else "—"
        story.tell(
            f"{title:<26} {shown:>7} = {value['numerator']:,} / {value['denominator']:,}   ({metric['formula']})"
        )
    elif value.get("value"):
        story.tell(f"{title:<26} {_value({name: figure}, name):>7,}   ({metric['formula']})")


def _value(figures: dict[str, dict[str, Any]], name: str) -> int:
    figure = figures.get(name)
    return -1 if figure is None else int(figure["value"].get("value") or 0)


def _messages(story: Telling) -> list[dict[str, Any]]:
    return list(story.marketing.pages(f"/v1/campaigns/{story.campaign}/messages"))


def _counted(story: Telling) -> dict[str, int]:
    """Add up the log: a letter that came back later counts as bounced, not as delivered."""
    messages = _messages(story)
    later = [message for message in messages if any(mark["kind"] == "bounced-later" for mark in message["marks"])]
    outcomes = Counter(message["outcome"] for message in messages)
    counted = {
        "requested": len(messages),
        "delivered": outcomes["delivered"] - len(later),
        "bounced": outcomes["bounced"] + len(later),
        "bounced_later": len(later),
        "converted": story.told["did"]["register"],
    }
    for outcome, count in outcomes.items():
        if outcome and outcome not in {"delivered", "bounced"}:
            counted[outcome.replace("-", "_")] = count
    for name, kind in _PEOPLE.items():
        people = {m["profile"] for m in messages if any(x["kind"] == kind and not x["machine"] for x in m["marks"])}
        counted[name] = len(people)
    return counted
