"""Claims: what an identity provider says of its caller, read by configured paths.

Promise: nothing of one provider's own is known here; a path is dotted keys into the claims.
Not here: whether the claims are authentic (adapters/provider.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Claims = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ClaimPaths:
    """Where the provider puts roles and workspaces, as dotted paths."""

    roles: str = "realm_access.roles"
    workspaces: str = "consilium_workspaces"


@dataclass(frozen=True, slots=True)
class Stated:
    """What the claims state, cut down to what this installation knows."""

    issuer: str
    subject: str
    system: bool
    roles: tuple[str, ...]
    workspaces: tuple[str, ...]
    name: str = ""


def at_path(claims: Claims, path: str) -> object | None:
    """Return the value at a dotted path; a key that holds dots itself (a URL) wins over the walk."""
    if path in claims:
        return claims[path]
    value: object = claims
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def words_at(claims: Claims, path: str) -> tuple[str, ...]:
    """Return the codes at a path: a list of strings, or one string parted by spaces or commas."""
    value = at_path(claims, path)
    if isinstance(value, str):
        words: Sequence[object] = value.replace(",", " ").split()
    elif isinstance(value, Sequence):
        words = value
    else:
        words = ()
    return tuple(dict.fromkeys(word for word in words if isinstance(word, str) and word))


def missing(claims: Claims, paths: ClaimPaths) -> bool:
    """Tell whether a configured claim is absent, so that userinfo has to be asked."""
    return at_path(claims, paths.roles) is None or at_path(claims, paths.workspaces) is None


def merged(token: Claims, userinfo: Claims) -> Claims:
    """Merge userinfo under the token's claims; what the signed token says wins."""
    result = {**userinfo, **token}
    for key, value in token.items():
        below = userinfo.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            result[key] = merged(value, below)
    return result


def is_system(claims: Claims) -> bool:
    """Tell a system's token (client credentials) from a person's.

    A person's token comes of a session (`sid`, `auth_time`); client credentials have none, and RFC 9068 gives them
    the client as subject.
    """
    subject = claims.get("sub")
    of_client = subject is not None and subject in {claims.get("client_id"), claims.get("azp")}
    return of_client or not {"sid", "auth_time"} & claims.keys()


def stated(claims: Claims, paths: ClaimPaths, known_roles: frozenset[str]) -> Stated:
    """Read who the caller is; roles that this installation does not have are left out."""
    return Stated(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        system=is_system(claims),
        roles=tuple(role for role in words_at(claims, paths.roles) if role in known_roles),
        workspaces=words_at(claims, paths.workspaces),
        name=_name(claims),
    )


def _name(claims: Claims) -> str:
    """Return how the provider names the caller, on one line; the standard claims (OpenID Connect Core 5.1)."""
    told = (claims.get(claim) for claim in ("name", "preferred_username"))
    return next((" ".join(each.split())[:100] for each in told if isinstance(each, str) and each.strip()), "")
