"""Letters, launches and links that nobody should make: refused at the field, sent once, opened by nobody else."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.e2e.bad_input.hostile import YARD, Ground, csv_of, refused
from tests.polling import until

pytestmark = pytest.mark.timeout(300)

LEAVE = '<a href="{{ unsubscribe_url }}">Отписаться</a> <a href="{{ browser_url }}">В браузере</a>'
SUBJECT = "Злое письмо"
EVIL = "victim@evil.example"


def _wait(holds: Callable[[], bool]) -> None:
    asyncio.run(until(holds, 30))


def _letter(inside: str, **more: str) -> dict[str, Any]:
    body = (
        "<mjml><mj-body><mj-section><mj-column><mj-text>Здравствуйте, {{ given_name }}! "
        f'<a href="https://site.example/a">Сайт</a> {inside}</mj-text></mj-column></mj-section></mj-body></mjml>'
    )
    return {"subject": f"{SUBJECT}, {{{{ given_name }}}}", "body": body, "fallbacks": {"given_name": "друг"}, **more}


def _template(ground: Ground, content: Mapping[str, Any]) -> str:
    made = ground.here.post("/v1/templates", {"name": "Злое", "channel": "email", "draft": content})
    return str(made["id"])


FOREVER = "{% for a in (1..1000000000) %}{% for b in (1..1000000) %}x{% endfor %}{% endfor %}"
GROWING = '{% assign a = "xxxxxxxx" %}' + "{% assign a = a | append: a %}" * 40 + "{{ a }}"

LETTERS = {
    "loops for ever": (FOREVER, "LIQUID_LIMIT"),
    "grows for ever": (GROWING, "LIQUID_LIMIT"),
    "reads settings": ("{{ settings.installation_key }}", "VARIABLE_UNKNOWN"),
    "reads a file": ("{% include '/etc/passwd' %}", "LIQUID_INVALID"),
    "renders another": ("{% render 'secret' %}", "LIQUID_INVALID"),
    "calls a filter that is none": ("{{ given_name | system }}", "LIQUID_INVALID"),
    "is not closed": ("{% if given_name %}", "LIQUID_INVALID"),
    "leads to a script": ('<a href="javascript:alert(1)">x</a>', "LINK_INVALID"),
    "leads to a file": ('<a href="file:///etc/passwd">x</a>', "LINK_INVALID"),
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_that_runs_away_or_reaches_out_is_not_even_shown(ground: Ground, name: str) -> None:
    inside, code = LETTERS[name]
    template = _template(ground, _letter(inside + LEAVE))

    told = refused(ground.here.send("POST", f"/v1/templates/{template}:preview", json={}), 422, "LETTER_REFUSED",
                   ("/content/body", code))  # fmt: skip
    assert "root:" not in str(told)
    test = {"addresses": [EVIL], "controller": YARD}
    assert ground.here.send("POST", f"/v1/templates/{template}:test", json=test).status_code == 422
    assert ground.mailbox.letters(recipient=EVIL) == []


def test_python_is_not_within_reach_of_a_letter(ground: Ground) -> None:
    template = _template(ground, _letter("[{{ given_name.__class__.__mro__ }}]" + LEAVE))

    answer = ground.here.send("POST", f"/v1/templates/{template}:preview", json={})

    assert "class" not in answer.json().get("text", "")
    assert "object" not in answer.json().get("text", "")


def test_a_subject_and_a_sender_put_no_header_into_a_letter(ground: Ground) -> None:
    address = f"lines-{token_hex(4)}@bad.example"
    hostile = _letter(LEAVE, subject=f"Тема\r\nBcc: {EVIL}\x00", from_name=f"Имя\r\nBcc: {EVIL}")
    template = _template(ground, hostile)

    ground.here.post(f"/v1/templates/{template}:test", {"addresses": [address], "controller": YARD})

    [letter] = ground.mailbox.wait(1, recipient=address)
    names = {name.lower() for name, _ in ground.mailbox.read(letter["id"])["headers"]}
    assert "bcc" not in names
    assert letter["recipients"] == [address]
    assert ground.mailbox.letters(recipient=EVIL) == []


def test_a_test_goes_to_addresses_alone(ground: Ground) -> None:
    template = _template(ground, _letter(LEAVE))
    for address in (f"a@bad.example\r\nRCPT TO:<{EVIL}>", "no address", f"a@bad.example,{EVIL}"):
        body = {"addresses": [address], "controller": YARD}
        answer = ground.here.send("POST", f"/v1/templates/{template}:test", json=body)
        assert answer.status_code == 422 or answer.json()["results"][0]["outcome"] != "delivered", answer.text
    assert ground.mailbox.letters(recipient=EVIL) == []


READERS = [f"reader-{token_hex(4)}-{number}@bad.example" for number in range(3)]


def _audience(ground: Ground) -> None:
    headers = ("Табельный номер", "ФИО", "E-mail", "Дата подписки")
    rows = [
        (address.partition("@")[0], f"Письмов {name}", address, "2024-01-02")
        for address, name in zip(READERS, ("Иван", "Пётр", "Олег"), strict=True)
    ]
    found = ground.here.read("a.csv", csv_of(headers, *rows))
    assert ground.here.commit(found["id"])["counts"]["created"] == 3


def _campaign(ground: Ground, content: Mapping[str, Any], *, published: bool = True) -> str:
    template = _template(ground, content)
    if published:
        ground.here.post(f"/v1/templates/{template}:publish")
    consent = {"controller": YARD, "purpose": "marketing", "topic": "newsletter", "channel": "email"}
    rule = {"all": [{"consent": {**consent, "status": "granted"}}, {"status": "active"}]}
    segment = ground.here.post("/v1/segments", {"name": "Все", "kind": "live", "rule": rule})
    settings = {**consent, "name": "Злая", "segment": segment["id"], "template": template, "channels": ["email"]}
    del settings["channel"]
    made = ground.here.post("/v1/campaigns", {**settings, "goal": {"event": "came", "window_hours": 1}})
    return str(made["id"])


@pytest.fixture(scope="module")
def links(ground: Ground) -> dict[str, str]:
    """Launch a campaign four times at once and give the links of one of its letters."""
    _audience(ground)
    campaign = _campaign(ground, _letter(LEAVE))
    path = f"/v1/campaigns/{campaign}"
    _wait(lambda: ground.here.post(f"{path}:check")["reachable"] >= 3)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: ground.here.send("POST", f"{path}:launch", json={}), range(4)))

    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    for answer in answers:
        if answer.status_code == 409:
            refused(answer, 409, "CAMPAIGN_ALREADY_LAUNCHED")
    _wait(lambda: ground.here.get(path)["state"] == "done")
    letters = ground.mailbox.letters(text=SUBJECT)
    got = Counter(letter["recipients"][0] for letter in letters)
    assert [got[address] for address in READERS] == [1, 1, 1]
    [letter] = ground.mailbox.letters(recipient=READERS[0])
    read = ground.mailbox.read(letter["id"])
    told = {name.lower(): value for name, value in read["headers"]}
    pixel = re.search(r'src="([^"]*/o/[^"]+)\.gif"', read["html"])
    assert pixel is not None
    urls = [told["list-unsubscribe"].strip("<>"), pixel[1], *read["links"]]
    return {urlsplit(url).path.split("/")[1]: urlsplit(url).path.split("/")[2] for url in reversed(urls) if url}


def test_four_launches_at_once_send_one_letter_each(links: dict[str, str]) -> None:
    assert set(links) == {"u", "o", "c", "v"}


def test_a_letter_without_a_way_out_is_neither_published_nor_launched(ground: Ground) -> None:
    campaign = _campaign(ground, _letter(""), published=False)
    path = f"/v1/campaigns/{campaign}"
    template = ground.here.get(path)["settings"]["template"]

    answer = ground.here.send("POST", f"/v1/templates/{template}:publish", json={})

    refused(answer, 409, "LETTER_FAULTY", ("/draft/body", "UNSUBSCRIBE_LINK_MISSING"))
    assert ground.here.get(f"/v1/templates/{template}")["version"] == 0
    launched = ground.here.send("POST", f"{path}:launch", json={})
    assert (launched.status_code, launched.json()["code"]) == (409, "CHECK_FAILED")
    assert ground.here.get(path)["state"] == "draft"


def test_a_partner_sends_neither_our_letter_to_our_people_nor_in_our_name(ground: Ground) -> None:
    ours = _campaign(ground, _letter(LEAVE))
    settings = {**ground.here.get(f"/v1/campaigns/{ours}")["settings"], "name": "Чужая"}
    path = f"/v1/campaigns/{ground.partner.post('/v1/campaigns', settings)['id']}"

    answer = ground.partner.send("POST", f"{path}:launch", json={})

    assert answer.status_code == 409
    assert {"CONTROLLER_FOREIGN", "TEMPLATE_UNKNOWN", "SEGMENT_UNKNOWN"} <= {
        error["code"] for error in answer.json()["errors"]
    }
    for verb in ("launch", "pause", "stop", "check"):
        theirs = ground.partner.send("POST", f"/v1/campaigns/{ours}:{verb}", json={})
        refused(theirs, 404, "CAMPAIGN_UNKNOWN")
    for part in ("messages", "counts", "report"):
        refused(ground.partner.send("GET", f"/v1/campaigns/{ours}/{part}"), 404, "CAMPAIGN_UNKNOWN")


def _bad_tokens(good: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    return {
        "unknown": {door: "A" * len(token) for door, token in good.items()},
        "forged": {door: token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:] for door, token in good.items()},
        "cut": {door: token[:-1] for door, token in good.items()},
        "of another door": {"u": good["o"], "o": good["u"], "c": good["u"], "v": good["c"]},
        "no text": dict.fromkeys(good, "%ff%fe"),
    }


@pytest.mark.parametrize("kind", ["unknown", "forged", "cut", "of another door", "no text"])
def test_a_token_that_was_never_made_learns_and_does_nothing(ground: Ground, links: dict[str, str], kind: str) -> None:
    tokens = _bad_tokens(links)[kind]

    pixel = ground.nobody.send("GET", f"/o/{tokens['o']}.gif")
    assert (pixel.status_code, pixel.headers["content-type"]) == (200, "image/gif")
    for path in (f"/c/{tokens['c']}", f"/u/{tokens['u']}", f"/p/{tokens['u']}", f"/v/{tokens['v']}"):
        answer = ground.nobody.send("GET", path)
        assert answer.status_code in {404, 410}, path
        assert "location" not in answer.headers
        assert "@" not in answer.text
    refused(
        ground.nobody.send("POST", f"/u/{tokens['u']}", data={"List-Unsubscribe": "One-Click"}), 404, "LINK_UNKNOWN"
    )
    # The preference centre is for people only: it answers with a page.
    assert ground.nobody.send("POST", f"/p/{tokens['u']}", data={"off": "all"}).status_code in {404, 422}

    people = ground.here.post("/v1/profiles:lookup", {"kind": "email", "value": READERS[0]})["profiles"]
    assert {consent["status"] for consent in people[0]["consents"]} == {"granted"}


def test_a_token_of_endless_length_is_no_address(ground: Ground) -> None:
    for door in ("/o/{}.gif", "/c/{}", "/u/{}", "/p/{}", "/v/{}"):
        refused(ground.nobody.send("GET", door.format("A" * 513)), 404, "ADDRESS_UNKNOWN")


def test_looking_at_an_unsubscribe_page_changes_nothing_and_a_click_leads_where_it_was_made_for(
    ground: Ground, links: dict[str, str]
) -> None:
    assert ground.nobody.send("GET", f"/u/{links['u']}").status_code == httpx.codes.OK
    clicked = ground.nobody.send(
        "GET", f"/c/{links['c']}", params={"url": "https://evil.example", "to": "//evil.example"}
    )

    assert clicked.headers["location"] == "https://site.example/a"
    people = ground.here.post("/v1/profiles:lookup", {"kind": "email", "value": READERS[0]})["profiles"]
    assert {consent["status"] for consent in people[0]["consents"]} == {"granted"}
