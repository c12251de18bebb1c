"""Moving the database of a running installation: the steps of docs/admin/recovery.md, on real members."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pymongo

from deploy.local.children import HOST, free_ports
from deploy.local.engines import mongodb
from deploy.local.screen import say
from tests.faults.house import House

Member = dict[str, Any]
_SECONDS = 90.0


def move_database(house: House) -> None:
    """Take a new member into the replica set, have it elected, take the old one out and end it for good."""
    system, (port,) = house.system, free_ports(1)
    start = partial(mongodb.start, system.directory / "mongodb-moved", [port], log=system.logs / "mongodb-moved.log")
    new, old = f"{HOST}:{port}", f"{HOST}:{system.ports.mongodb}"
    running = start()
    with _client(system.addresses()["CONSILIUM_MONGODB"]) as client:

        def step(what: str, check: Callable[[], Any]) -> None:
            house.until(check, _SECONDS, what)
            say("faults", what)

        # It serves nobody and counts for nothing until it has everything.
        step("a new member is taken in", lambda: _change(client, lambda known: _with(known, new, votes=0, priority=0)))
        step("it is in step", lambda: _in_step(client, new))
        step("it may be elected", lambda: _change(client, lambda known: _with(known, new, votes=1, priority=2)))
        step("it is elected", lambda: _elected(client, new, old))
        step("the old one is taken out", lambda: _change(client, lambda known: _without(known, old)))
    before = system.moved(mongodb.NAME, start, running, replace(system.ports, mongodb=port))
    before.stop()
    say("faults", "the old one is ended for good")


def members(house: House) -> set[str]:
    """Name the members of the replica set."""
    with _client(house.system.addresses()["CONSILIUM_MONGODB"]) as client:
        return {member["host"] for member in _configuration(client)["members"]}


def _client(address: str) -> "pymongo.MongoClient[dict[str, Any]]":
    return pymongo.MongoClient(address, serverSelectionTimeoutMS=2000)


def _configuration(client: "pymongo.MongoClient[dict[str, Any]]") -> dict[str, Any]:
    return dict(client.admin.command("replSetGetConfig")["config"])


def _change(client: "pymongo.MongoClient[dict[str, Any]]", change: Callable[[list[Member]], list[Member]]) -> bool:
    known = _configuration(client)
    wanted = change(known["members"])
    if wanted != known["members"]:
        fresh = {**known, "version": known["version"] + 1, "members": wanted}
        client.admin.command("replSetReconfig", fresh)
    return True


def _with(known: list[Member], host: str, *, votes: int, priority: int) -> list[Member]:
    number = next((member["_id"] for member in known if member["host"] == host), 1 + max(each["_id"] for each in known))
    before = next((member for member in known if member["host"] == host), {})
    member = {**before, "_id": number, "host": host, "votes": votes, "priority": priority}
    return [*(each for each in known if each["host"] != host), member]


def _without(known: list[Member], host: str) -> list[Member]:
    return [each for each in known if each["host"] != host]


def _in_step(client: "pymongo.MongoClient[dict[str, Any]]", host: str) -> bool:
    members = {member["name"]: member for member in client.admin.command("replSetGetStatus")["members"]}
    primary = next(member for member in members.values() if member["stateStr"] == "PRIMARY")
    behind = (primary["optimeDate"] - members[host]["optimeDate"]).total_seconds()
    return bool(members[host]["stateStr"] == "SECONDARY" and behind <= 1)


def _elected(client: "pymongo.MongoClient[dict[str, Any]]", new: str, old: str) -> bool:
    """Ask the old primary to step down in favour of who is in step; it may have done so by itself."""
    primary = client.admin.command("hello")["primary"]
    if primary == old:
        client.admin.command("replSetStepDown", 60, secondaryCatchUpPeriodSecs=20)
    return bool(primary == new)
