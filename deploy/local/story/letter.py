"""Step 5: a letter is written, looked at as a named person, tried, checked and sent."""

import time
from typing import Any

from deploy.local.screen import counted
from deploy.local.story.api import expect
from deploy.local.story.telling import Telling, losses

SUBJECT = "Семинар по педиатрии"
GOAL = "webinar_registered"
TEST_ADDRESS = "editor@consilium.example"
# Where letters lead: a page of the sender's own, which the system stores with each letter.
SITE = "https://seminar.consilium.example/paediatrics"

CONTENT: dict[str, Any] = {
    "subject": SUBJECT + ": {{ given_name }}, приглашаем",
    "preheader": "Разбор сложных случаев, 12 декабря",
    "from_name": "Сеть клиник «Рассвет»",
    "language": "ru",
    "fallbacks": {"given_name": "коллега", "organisation": "вашей клинике"},
    "body": f"""<mjml>
  <mj-head><mj-attributes><mj-all font-family="Arial, sans-serif" /></mj-attributes></mj-head>
  <mj-body>
    <mj-section><mj-column>
      <mj-text font-size="20px">Здравствуйте, {{{{ given_name }}}}!</mj-text>
      <mj-text>Приглашаем вас на семинар для педиатров: разбор сложных случаев из практики.
        Коллеги, которые работают в {{{{ organisation }}}}, участвуют бесплатно.</mj-text>
      <mj-button href="{SITE}">Записаться</mj-button>
      <mj-text font-size="12px"><a href="{{{{ browser_url }}}}">Открыть письмо в браузере</a> ·
        <a href="{{{{ preferences_url }}}}">Настроить рассылку</a> ·
        <a href="{{{{ unsubscribe_url }}}}">Отписаться</a></mj-text>
    </mj-column></mj-section>
  </mj-body>
</mjml>""",
}

# Of a hundred addresses: three are refused for good, five at first, three accepted and reported as failed later.
RULES: list[dict[str, Any]] = [
    {"match": TEST_ADDRESS, "action": "accept"},
    {"match": "*", "share": [0, 3], "action": "refuse", "code": 550, "status": "5.1.1", "text": "No such person here"},
    {"match": "*", "share": [3, 8], "action": "defer", "code": 450, "times": 1},
    {"match": "*", "share": [8, 11], "action": "bounce", "status": "5.2.1", "seconds": 2},
]


def write_letter(story: Telling) -> None:
    """Write the letter, preview it as somebody of the segment and publish it."""
    template = story.marketing.post("/v1/templates", {"name": SUBJECT, "channel": "email", "draft": CONTENT})
    story.template = template["id"]
    person = story.marketing.get(f"/v1/profiles/{min(story.members)}")
    given = person["attributes"].get("given_name", {}).get("value", {}).get("text", "")
    preview = story.marketing.post(f"/v1/templates/{story.template}:preview", {"profile": person["id"]})
    expect((given or "коллега") in preview["subject"], f"the preview speaks to the person: {preview['subject']}")
    used = ", ".join(preview["fallbacks_used"]) or "none"
    story.tell(f"preview as {given or 'somebody'}: «{preview['subject']}», fallbacks used: {used}")
    nobody = story.marketing.post(f"/v1/templates/{story.template}:preview")
    expect("коллега" in nobody["subject"], "where a value is missing its fallback stands")
    version = story.marketing.post(f"/v1/templates/{story.template}:publish")
    story.tell(f"published as version {version['version']}")


def send_test(story: Telling) -> None:
    """Send the letter to a saved address first."""
    before = len(story.mailbox.letters(recipient=TEST_ADDRESS))
    sent = story.marketing.post(
        f"/v1/templates/{story.template}:test",
        {"addresses": [TEST_ADDRESS], "profile": min(story.members), "controller": "main"},
    )
    outcomes = [result["outcome"] for result in sent["results"]]
    expect(outcomes == ["delivered"], f"the test letter is delivered: {sent}")
    story.mailbox.wait(before + 1, recipient=TEST_ADDRESS)
    story.tell(f"test letter is in the mailbox of {TEST_ADDRESS}")


def make_campaign(story: Telling, name: str, segment: str) -> str:
    """Create a campaign with the letter for a segment and return its id."""
    consent = story.plan["segment"]["consent"]
    campaign = story.marketing.post(
        "/v1/campaigns",
        {
            "name": name,
            "segment": segment,
            "template": story.template,
            "goal": {"event": GOAL, "window_hours": 72},
            "controller": consent["controller"],
            "purpose": consent["purpose"],
            "topic": consent["topic"],
            "channels": ["email"],
        },
    )
    return str(campaign["id"])


def check_campaign(story: Telling, campaign: str) -> dict[str, Any]:
    """Pass the check before the launch and return what it found."""
    check: dict[str, Any] = story.marketing.post(f"/v1/campaigns/{campaign}:check")
    audience = counted(check["audience"], "person", "people")
    story.tell(f"check: {audience} in the audience, {check['reachable']:,} can be reached; {losses(check['losses'])}")
    for finding in check["findings"]:
        story.tell(f"  {finding['severity']}: {finding['detail']}")
    expect(check["passed"], "the check passes")
    return check


def launch(story: Telling, campaign: str, seconds: float = 300) -> dict[str, int]:
    """Launch, follow until every message has an outcome, and return the counts by outcome."""
    operation = story.marketing.post(f"/v1/campaigns/{campaign}:launch")
    story.marketing.wait(operation["id"], story.tell)
    deadline, told, pause = time.monotonic() + seconds, 0, 0.1
    while True:
        state = story.marketing.get(f"/v1/campaigns/{campaign}")
        progress = state["progress"]
        done, total = progress["finished"], progress["audience"]
        if done > told and (done == total or done >= told + total / 5):
            story.tell(f"{done:,} of {counted(total, 'message')} finished")
            told = done
        if state["state"] == "done":
            break
        expect(time.monotonic() < deadline, f"the campaign is done within {seconds:.0f} s: {state}")
        time.sleep(pause)
        pause = min(pause * 1.5, 1.0)
    outcomes: dict[str, int] = {name: count for name, count in progress["outcomes"].items() if count}
    story.tell("outcomes: " + ", ".join(f"{count:,} {name}" for name, count in sorted(outcomes.items())))
    expect(sum(outcomes.values()) == progress["audience"], "every message of the audience has exactly one outcome")
    return outcomes


def send_campaign(story: Telling) -> None:
    """Set the mailbox's refusals, launch, and see the letters arrive as they should."""
    story.mailbox.clear_rules()
    story.mailbox.add_rules(*RULES)
    before = len(story.mailbox.letters(text=SUBJECT))
    story.campaign = make_campaign(story, f"{SUBJECT}: приглашение", story.segment)
    check_campaign(story, story.campaign)
    outcomes = launch(story, story.campaign)
    delivered = outcomes.get("delivered", 0)
    letters = story.mailbox.wait(before + delivered, text=SUBJECT)[before:]
    expect(len(letters) == delivered, f"as many letters arrived as were delivered: {len(letters)} and {delivered}")
    refused = [one for one in story.mailbox.refusals() if one["action"] == "refuse"]
    story.tell(
        f"{counted(len(letters), 'letter')} in the mailbox; {counted(len(refused), 'recipient')} refused for good"
    )
    for letter in letters[:20]:
        _check_headers(story, letter["id"])
    story.told["letters"] = len(letters)


def _check_headers(story: Telling, identifier: str) -> None:
    opened = story.mailbox.read(identifier)
    headers = {name.lower(): value for name, value in opened["headers"]}
    expect("dkim-signature" in headers, f"letter {identifier} is signed")
    expect(
        headers.get("list-unsubscribe-post") == "List-Unsubscribe=One-Click",
        f"letter {identifier} unsubscribes in one click",
    )
    expect(f"<{story.door}/u/" in headers.get("list-unsubscribe", ""), "its link leads to our door")
