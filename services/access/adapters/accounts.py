"""Accounts in MongoDB (`<namespace>_access`): people in `users`, views in `views`; what is personal lies sealed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import DESCENDING, UpdateOne
from pymongo.errors import DuplicateKeyError

from chassis.kernel import WHOLE
from chassis.kernel.problem import IdempotencyKeyReused
from chassis.mongo import asked
from chassis.mongo.schema import checked, ensure_declared
from chassis.mongo.session import Database
from services.access.adapters import schema
from services.access.adapters.names import Names
from services.access.domain.accounts import MOST_VIEWS, Account, View
from services.access.domain.errors import AccountUnknown, ViewsTooMany, ViewUnknown

LISTED = 500


class MongoAccounts:
    """The port Accounts."""

    def __init__(self, database: Database, names: Names) -> None:
        self._users, self._keys, self._views = database["users"], database["api_keys"], database["views"]
        self._names = names

    async def get(self, user: str) -> Account:
        """Find a person's account."""
        with asked():
            found = await self._users.find_one({"_id": user})
        if found is None:
            raise AccountUnknown(user)
        name = self._names.opened(user, found.get("name", ""))
        return Account(user, name, found.get("language", ""), found.get("preferences", {}))

    async def keep(self, account: Account) -> None:
        """Write language and preferences; the name is the provider's to tell."""
        fields = {"language": account.language, "preferences": dict(account.preferences)}
        with asked():
            await self._users.update_one({"_id": account.id}, {"$set": fields})

    async def names(self, ids: Sequence[str], workspace: str) -> Mapping[str, str]:
        """Give the names of people and keys that the workspace may know of."""
        seen: dict[str, Any] = {"_id": {"$in": list(ids)}}
        if workspace != WHOLE:
            seen["workspaces"] = {"$in": [workspace, WHOLE]}
        with asked():
            people = await self._users.find(seen, {"name": 1}).to_list()
            keys = await self._keys.find(seen, {"title": 1}).to_list()
        told = {each["_id"]: self._names.opened(each["_id"], each.get("name", "")) for each in people}
        told |= {each["_id"]: each["title"] for each in keys}
        return {principal: name for principal, name in told.items() if name}

    async def add_view(self, view: View, request: str) -> View:
        """Keep a new view; the same request again answers what it made."""
        document = checked(schema.View, {**self._document(view), "request": request})
        with asked():
            others = {"owner": view.owner, "_id": {"$ne": view.id}}  # a repeat is answered, however many there are
            if await self._views.count_documents(others, limit=MOST_VIEWS) >= MOST_VIEWS:
                raise ViewsTooMany(MOST_VIEWS)
            try:
                await self._views.insert_one(document)
            except DuplicateKeyError:
                known = await self._views.find_one({"_id": view.id})
                if known is None or known["request"] != request:
                    raise IdempotencyKeyReused from None
                return self._view(known)
        return view

    async def view(self, view: str, owner: str, workspace: str) -> View:
        """Find an own view."""
        with asked():
            found = await self._views.find_one({"_id": view, "owner": owner, "workspace": workspace})
        if found is None:
            raise ViewUnknown(view)
        return self._view(found)

    async def keep_view(self, view: View) -> None:
        """Write an own view's next state."""
        fields = self._document(view)
        del fields["_id"]
        with asked():
            await self._views.update_one({"_id": view.id, "owner": view.owner}, {"$set": fields})

    async def drop_view(self, view: str, owner: str, workspace: str) -> None:
        """Drop an own view."""
        with asked():
            await self._views.delete_one({"_id": view, "owner": owner, "workspace": workspace})

    async def views(self, owner: str, workspace: str, screen: str) -> Sequence[View]:
        """List own and shared ones by name: at most 500, those changed last."""
        query: dict[str, Any] = {"workspace": workspace, "$or": [{"owner": owner}, {"shared": True}]}
        if screen:
            query["screen"] = screen
        with asked():
            found = self._views.find(query).sort([("updated_at", DESCENDING)]).limit(LISTED)
            # A sealed name tells no order.
            return sorted([self._view(each) for each in await found.to_list()], key=lambda view: (view.name, view.id))

    def _document(self, view: View) -> dict[str, Any]:
        return {
            "_id": view.id,
            "owner": view.owner,
            "workspace": view.workspace,
            "screen": view.screen,
            "name": self._names.sealed(_name_of(view.id), view.name),
            "state": self._names.sealed(view.id, json.dumps(view.state)),
            "shared": view.shared,
            "updated_at": view.updated_at,
        }

    def _view(self, found: Mapping[str, Any]) -> View:
        return View(
            id=found["_id"],
            owner=found["owner"],
            workspace=found["workspace"],
            screen=found["screen"],
            name=self._names.opened(_name_of(found["_id"]), found["name"]),
            state=json.loads(self._names.opened(found["_id"], found["state"]) or "{}"),
            shared=found["shared"],
            updated_at=found["updated_at"],
        )


async def seal_view_names(names: Names, database: Database) -> None:
    """Seal the names that views bear in clear, and drop the index by them; a step of the migrations."""
    views = database["views"]
    clear = [
        UpdateOne(
            {"_id": each["_id"], "name": each["name"]},
            {"$set": {"name": names.sealed(_name_of(each["_id"]), each["name"])}},
        )
        async for each in views.find({}, {"name": 1})
        if not names.opened(_name_of(each["_id"]), each["name"])
    ]
    if clear:
        await views.bulk_write(clear, ordered=False)
    await ensure_declared(database, schema.View)
    if "by_workspace" in await views.index_information():
        await views.drop_index("by_workspace")


def _name_of(view: str) -> str:
    """Name the place of a view's name, beside that of its state."""
    return f"{view}/name"
