"""What is in the table, and whether it is of a piece: counters, guards, companions, versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pynamite import Store
from pynamite.dynamo.send import pages
from pynamite.entities.unique import GUARD_HEAD, OWNER
from pynamite.operation.scan import scan
from pynamite.wire import item_from_wire
from tests.storm.model import ByEmail, Channel, Doc, DocVersion, User, Video

__all__ = ["State", "read_state"]


@attrs.frozen
class State:
    """What users of the table see of it.

    ``users`` have an e-mail and visits, ``docs`` a title, edits and a version, of each of which ``history`` keeps one;
    ``videos`` have a title, and ``plays`` counts by channel. ``last`` is the number that each channel gave out last,
    which nobody gets back whose video was not made: it is no part of what has to be as it was.
    """

    users: Mapping[str, tuple[str, int]]
    docs: Mapping[str, tuple[str, int, int]]
    history: Mapping[tuple[str, int], tuple[str, int]]
    videos: Mapping[tuple[str, int], str]
    plays: Mapping[str, int]
    last: Mapping[str, int] = attrs.field(eq=False)

    def owner(self, email: str) -> str | None:
        """Give the account that has an e-mail."""
        return next((account_id for account_id, (own, _) in self.users.items() if own == email), None)


def read_state(store: Store) -> State:
    """Read the table, and check that all of it goes together."""
    found: dict[type, list[Any]] = {cls: [] for cls in (ByEmail, User, DocVersion, Doc, Channel, Video)}
    guards: dict[str, Any] = {}
    for page in pages(store.client, scan(store.name, consistent_read=True)):
        for item in page.items:
            if item["PK"]["S"].startswith(GUARD_HEAD):
                guards[item["PK"]["S"]] = item_from_wire(item)[OWNER]
            else:
                one = store.from_image(item)
                found[type(one)].append(one)
    users = {one.account_id: (one.email, one.visits) for one in found[User]}
    docs = {one.doc_id: (one.title, one.edits, one.version) for one in found[Doc]}
    history = {(one.doc_id, one.version): (one.title, one.edits) for one in found[DocVersion]}
    videos = {(one.channel_id, one.number): one.title for one in found[Video]}
    channels = {one.channel_id: one for one in found[Channel]}

    assert guards == {
        f"{GUARD_HEAD}User#email#{email}": {"PK": f"USER#{account_id}", "SK": "PROFILE"}
        for account_id, (email, _) in users.items()
    }
    assert {one.email: one.account_id for one in found[ByEmail]} == {
        email: account_id for account_id, (email, _) in users.items()
    }
    for doc_id, (title, edits, version) in docs.items():
        assert history[doc_id, version] == (title, edits)
    for channel_id, channel in channels.items():
        numbers = [number for of, number in videos if of == channel_id]
        assert channel.videos == len(numbers)
        assert channel.last >= max(numbers, default=0)
    plays = {channel_id: channel.plays for channel_id, channel in channels.items()}
    return State(users, docs, history, videos, plays, {name: one.last for name, one in channels.items()})
