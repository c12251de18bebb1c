"""Sign-in of people at the real provider, as a browser does it: code flow with PKCE, session, sign-out."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway.door import COOKIE
from gateway.sessions import id_of
from gateway.signin import PENDING_COOKIE
from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


def cookies_of(answer: httpx.Response) -> dict[str, str]:
    """Read Set-Cookie as a browser on a trustworthy origin would; httpx keeps no Secure cookie of plain http."""
    parts = [header.partition(";")[0].partition("=") for header in answer.headers.get_list("set-cookie")]
    return {name: value.strip('"') for name, _, value in parts}


async def begin(house: House, return_to: str = "/docs") -> tuple[str, dict[str, str]]:
    answer = await house.http.get("/auth/sign-in", params={"return_to": return_to})
    assert answer.status_code == 303
    return answer.headers["location"], cookies_of(answer)


async def at_provider(house: House, url: str, person: str) -> str:
    """Fill in the provider's form; give the address that it leads back to."""
    async with httpx.AsyncClient(follow_redirects=False, timeout=30) as browser:
        form = await browser.get(url)
        action = html.unescape(re.search(r'<form[^>]*action="([^"]+)"', form.text)[1])  # type: ignore[index]  # it has one
        # Its cookies are Secure too; a browser counts loopback as trustworthy, httpx does not.
        jar = "; ".join(f"{name}={value}" for name, value in cookies_of(form).items())
        credentials = {"username": person, "password": house.identity.secrets.passwords[person]}
        answer = await browser.post(action, data=credentials, headers={"Cookie": jar})
        assert answer.status_code == 302, answer.text[:500]
        return str(answer.headers["location"])


async def signed_in(house: House, person: str = "marketing-manager") -> dict[str, str]:
    url, pending = await begin(house)
    back = await at_provider(house, url, person)
    answer = await house.http.get(back, headers={"Cookie": f"{PENDING_COOKIE}={pending[PENDING_COOKIE]}"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/docs")
    return {"Cookie": f"{COOKIE}={cookies_of(answer)[COOKIE]}"}


async def test_a_sign_in_asks_for_a_code_with_pkce_and_its_cookie_is_for_this_host_alone(house: House) -> None:
    answer = await house.http.get("/auth/sign-in")

    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-")
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert flag in cookie
    assert "Domain" not in cookie


async def test_a_person_signs_in_works_and_signs_out(house: House) -> None:
    session = await signed_in(house)
    cookie = session["Cookie"].partition("=")[2]
    own = {"Origin": house.url, "X-Requested-With": "test"}

    me = await house.http.get("/v1/me", headers=session)
    kept = await house.gateway.mongo.database("gateway")["sessions"].find_one({"_id": id_of(cookie)})
    out = await house.http.post("/auth/sign-out", headers={**session, **own})
    after = await house.http.get("/v1/me", headers=session)

    assert me.json()["roles"] == ["marketing-manager"]
    assert kept is not None
    assert cookie not in str(kept)
    assert b"eyJ" not in bytes(kept["tokens"])
    assert "id_token_hint" in out.json()["location"]
    assert after.status_code == 401


async def test_a_browsers_writes_count_only_from_our_own_pages(house: House) -> None:
    session = await signed_in(house, "administrator")
    body = {"workspace": "main"}
    for headers in [
        {},
        {"Origin": house.url},
        {"X-Requested-With": "x"},
        {"Origin": "https://evil.example", "X-Requested-With": "x"},
        {"Origin": "null", "X-Requested-With": "x"},
    ]:
        answer = await house.http.patch("/v1/me", headers={**session, **headers}, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "ORIGIN_REFUSED")

    own = {**session, "Origin": house.url, "X-Requested-With": "x"}
    chosen = await house.http.patch("/v1/me", headers=own, json=body)
    assert chosen.json()["workspace"] == "main"
    assert (await house.http.get("/v1/me", headers=session)).json()["workspace"] == "main"


async def test_a_callback_that_this_browser_did_not_begin_is_refused(house: House) -> None:
    url, pending = await begin(house)
    back = await at_provider(house, url, "analyst")
    _, other = await begin(house)
    forged = back.replace("state=", "state=x")

    for address, cookie in [
        (back, {}),
        (back, {"Cookie": f"{PENDING_COOKIE}={other[PENDING_COOKIE]}"}),
        (back, {"Cookie": f"{PENDING_COOKIE}=forged"}),
        (forged, {"Cookie": f"{PENDING_COOKIE}={pending[PENDING_COOKIE]}"}),
        ("/auth/callback", {"Cookie": f"{PENDING_COOKIE}={pending[PENDING_COOKIE]}"}),
        ("/auth/callback?error=access_denied", {}),
    ]:
        answer = await house.http.get(address, headers=cookie)
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_IN_FAILED")
        assert COOKIE not in cookies_of(answer)
    page = await house.http.get("/auth/callback", headers={"Accept": "text/html", "Accept-Language": "ru"})
    assert "Войти не удалось" in page.text


async def test_a_session_goes_on_with_a_renewed_token_and_ends_when_it_cannot(house: House) -> None:
    session = await signed_in(house)
    sessions = house.gateway.sessions
    kept = await sessions.get(id_of(session["Cookie"].partition("=")[2]))
    assert kept is not None
    import msgspec

    from gateway.sessions import renewed

    assert await sessions.renew(renewed(kept, msgspec.structs.replace(kept.tokens, access_until=0.0)), kept.tokens)

    assert (await house.http.get("/v1/me", headers=session)).status_code == 200
    fresh = await sessions.get(kept.id)
    assert fresh is not None
    assert fresh.tokens.access != kept.tokens.access

    over = msgspec.structs.replace(fresh.tokens, access_until=0.0, refresh="over")
    assert await sessions.renew(renewed(fresh, over), fresh.tokens)
    assert (await house.http.get("/v1/me", headers=session)).status_code == 401
    assert await sessions.get(kept.id) is None


async def test_signing_out_ends_our_session_though_the_provider_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await signed_in(house)
    own = {"Origin": house.settings.public_url, "X-Requested-With": "test"}
    monkeypatch.setattr(house.gateway.provider, "_issuer", "http://127.0.0.1:1")
    monkeypatch.setattr(house.gateway.provider, "_metadata", None)

    out = await house.http.post("/auth/sign-out", headers={**session, **own})

    assert (out.status_code, out.json()) == (200, {"location": f"{house.settings.public_url}/"})
    assert (await house.http.get("/v1/me", headers=session)).status_code == 401
