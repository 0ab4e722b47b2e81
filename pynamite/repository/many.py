"""Many items read by their keys, in chunks of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from pynamite.dynamo.chunks import Progress, check_progress
from pynamite.dynamo.matching import KeyIdentity, key_identity
from pynamite.dynamo.send import BatchParse, send_batch_get
from pynamite.entities.member import Member
from pynamite.expression import nodes
from pynamite.operation.unread import Unread
from pynamite.repository.concerning import Concerning
from pynamite.repository.session import Session, table_key
from pynamite.wire import Item

__all__ = ["get_many"]

E = TypeVar("E")


def get_many(
    session: Session,
    member: Member[E],
    keys: Iterable[Mapping[str, Any] | E],
    *,
    projection: nodes.Projection | None = None,
    consistent_read: bool = False,
    progress: Progress | None = None,
    parse: BatchParse | None = None,
) -> list[Item | Unread | E | None]:
    """Get the items of many keys, in their order; keys that stay undone are told as they were given.

    What ``parse`` gives may give instances in the place of the items, where it reads the answers.
    """
    check_progress(progress)
    given = list(keys)
    wanted = member.quick_keys(given)
    if wanted is None:
        wanted = [table_key(member, key, {}) for key in given]

    with Concerning(member):
        return send_batch_get(
            session.client,
            session.table_name,
            wanted,
            projection=projection,
            consistent_read=consistent_read,
            progress=progress,
            shown=_Given(wanted, given),
            unread=True,
            parse=parse,
        )


class _Given:
    """Finds what was given for a key: mostly nobody asks, since no key stays undone."""

    def __init__(self, wanted: Sequence[Item], given: Sequence[Any]) -> None:
        self._wanted = wanted
        self._given = given

    def __call__(self, key: Item) -> Any:
        return self._by_key[key_identity(key)]

    @cached_property
    def _by_key(self) -> dict[KeyIdentity, Any]:
        # Of what was given twice, the first.
        return dict(zip(map(key_identity, reversed(self._wanted)), reversed(self._given), strict=True))
