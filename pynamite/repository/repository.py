"""The repository: an entity's reads and writes, by its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import attrs

from pynamite.dynamo.chunks import Progress
from pynamite.errors import ItemStructureError
from pynamite.expression.build import Change, Condition
from pynamite.repository.reads import Reads
from pynamite.repository.session import key_values
from pynamite.repository.writing.alone import put_alone, update_alone
from pynamite.repository.writing.expansion import stands_alone
from pynamite.repository.writing.given import bound_where, check_instance
from pynamite.repository.writing.intents import Create, Delete, Save, Update
from pynamite.repository.writing.making import expected_version, made, version_of
from pynamite.repository.writing.many import delete_many, put_intent, put_many
from pynamite.repository.writing.moving import checked, move
from pynamite.repository.writing.reindexing import reindex
from pynamite.repository.writing.sequences import numbered
from pynamite.repository.writing.transaction import carry_out_one
from pynamite.wire import Item, item_from_wire

__all__ = ["Repository"]

E = TypeVar("E")


class Repository(Reads[E]):
    """The items of one entity in a store: ``store[User]`` is one.

    A repository of one's own is a subclass, ``class Orders(Repository[Order])``, made with ``Orders(store)``. Keys are
    given by fields: as keywords, or positionally as a mapping or an instance.
    """

    def create(self, instance: E, /) -> E:
        """Put a new item; returns the instance as it is stored. An expired one under its key gives way.

        Raises:
            ItemExistsError: there is an item under its key; ``item`` has it.
            UniqueViolationError: a value that has to be unique is taken.
            ItemStructureError, KeyValueError: the instance does not fit; nothing was sent.
        """
        check_instance(self._member, instance)
        instance = numbered(self._session, self._member, instance, carry_out_one)
        new = made(self._member, instance, self._session.now, new=True)
        if stands_alone(self._session, self._member):
            return self._member.as_stored(new, put_alone(self._session, self._member, "create", new))
        done = carry_out_one(self._session, Create(session=self._session, member=self._member, instance=new))
        return self._stored(new, done.new)

    def put(self, instance: E, /, *, where: Condition | None = None) -> E:
        """Create an item or replace it as a whole; returns the instance as it is stored.

        Attributes of the old item that the class does not declare are gone, unless it has a ``rest`` field.

        Raises:
            ConditionFailedError: ``where`` did not hold for the old item, or that is another entity's.
            ItemStructureError, KeyValueError: the instance does not fit; nothing was sent.
        """
        check_instance(self._member, instance)
        instance = numbered(self._session, self._member, instance, carry_out_one)
        condition = bound_where(self._member, where)
        if stands_alone(self._session, self._member):
            version = None if self._member.definition.version is None else version_of(self._member, instance)
            new = made(self._member, instance, self._session.now)
            return self._member.as_stored(new, put_alone(self._session, self._member, "put", new, version, condition))
        intent = put_intent(self._session, self._member, instance, condition)
        done = carry_out_one(self._session, intent)
        return self._stored(intent.instance, done.new)

    def _stored(self, new: E, item: Item | None) -> E:
        return self._member.instance(self._member.item(new) if item is None else item)

    def update(
        self,
        key: Mapping[str, Any] | E,
        /,
        *changes: Change | Mapping[str, Any],
        where: Condition | None = None,
        upsert: bool = False,
        reread: bool = False,
    ) -> E:
        """Change an item and give the new instance; index keys follow their fields.

        Changes are ``attribute(User.visits).add(1)`` and the like, or dicts of values and operators by field
        (``{"visits": Increment("visits")}``). The item has to be there, unless ``upsert`` makes it. With ``reread`` it
        is read first where that is needed: the result is validated as a whole and written if nothing changed meanwhile.

        Raises:
            ItemNotFoundError: there is no such item, or it has expired.
            ConditionFailedError: ``where`` did not hold; ``item`` is the instance that is there.
            ItemStructureError, ExpressionError, DefinitionError, KeyValueError: the change cannot be made; nothing was
                sent.
        """
        values = key_values(self._member, key, {})
        if not changes and where is None and not upsert:
            raise TypeError(
                f"update(...) of {self._member.definition.name!r} got no change: name the changes behind the key, "
                "or use save(changed, since=...) to write a changed instance"
            )
        condition, version = bound_where(self._member, where), expected_version(self._member, key)
        if not upsert and not reread:
            changed = update_alone(self._session, self._member, values, changes, version, condition)
            if changed is not None:
                return changed
        intent = Update(
            session=self._session,
            member=self._member,
            values=values,
            changes=changes,
            now=self._session.now,
            where=condition,
            upsert=upsert,
            reread=reread,
            version=version,
        )
        return self._carried_out(intent)

    def _carried_out(self, intent: Update[E] | Save[E]) -> E:
        """Carry out a change, and give the instance that comes of it."""
        done = carry_out_one(self._session, intent)
        assert done.new is not None
        return self._member.instance(done.new)

    def save(self, changed: E, /, *, since: E, where: Condition | None = None) -> E:
        """Write the difference between two instances, if what differs is stored as it was in ``since``.

        It gives the new instance.

        Raises:
            ItemNotFoundError: the item is gone.
            ConditionFailedError: somebody else changed the same attributes meanwhile, or ``where`` did not hold;
                ``item`` is what is there.
            StaleVersionError: it is such a one, of an entity that counts its versions.
            DefinitionError: the two have different keys.
        """
        check_instance(self._member, changed)
        check_instance(self._member, since)
        condition = bound_where(self._member, where)
        common: dict[str, Any] = {"session": self._session, "member": self._member, "now": self._session.now}
        intent = Save(**common, changed=changed, since=since, where=condition)
        if intent.difference is None:
            return checked(self._session, self._member, changed, condition)
        return self._carried_out(intent)

    def move(
        self, key: Mapping[str, Any] | E, changes: Mapping[str, Any], /, *, where: Condition | None = None
    ) -> E:
        """Take an item to another key, in one transaction; gives the new instance.

        ``changes`` has the new values of key fields, and of others if they are to change with it. Attributes that the
        class does not declare come along.

        Raises:
            ItemNotFoundError: there is no such item.
            ItemExistsError: there is an item under the new key.
            ConditionFailedError: ``where`` did not hold for the item.
        """
        condition = bound_where(self._member, where)
        values, version = key_values(self._member, key, {}), expected_version(self._member, key)
        return move(self._session, self._member, values, changes, version, condition, carry_out_one)

    def delete(
        self,
        key: Mapping[str, Any] | E | None = None,
        /,
        *,
        where: Condition | None = None,
        must_exist: bool = False,
        **fields: Any,
    ) -> bool:
        """Delete an item; tells whether there was one, that had not expired.

        (When it was last sent: it is sent again where no answer came, and may have removed the item before.)

        Raises:
            ItemNotFoundError: there is none, and it ``must_exist``.
            ConditionFailedError: ``where`` did not hold, or what is there is another entity's.
        """
        intent = Delete(
            session=self._session,
            member=self._member,
            values=key_values(self._member, key, fields),
            where=bound_where(self._member, where),
            must_exist=must_exist,
            version=None if key is None else expected_version(self._member, key),
        )
        return self._deleted(intent)

    def _deleted(self, intent: Delete[E]) -> bool:
        return carry_out_one(self._session, intent).old is not None

    def pop(
        self, key: Mapping[str, Any] | E | None = None, /, *, where: Condition | None = None, **fields: Any
    ) -> E | None:
        """Delete an item and give it as it was; None if there was none.

        Raises:
            ConditionFailedError: ``where`` did not hold, or what is there is another entity's.
            ItemStructureError: the item, which is deleted, did not fit the class; a note on the error has it.
        """
        intent = Delete(
            session=self._session,
            member=self._member,
            values=key_values(self._member, key, fields),
            where=bound_where(self._member, where),
            version=None if key is None else expected_version(self._member, key),
            asks_for_old=True,
        )
        return self._was(carry_out_one(self._session, intent).old, "deleted")

    def swap(self, instance: E, /, *, where: Condition | None = None) -> E | None:
        """Create an item or replace it, as `put` does, and give what was there before; None if nothing was.

        Raises:
            ConditionFailedError: ``where`` did not hold for the old item, or that is another entity's.
            ItemStructureError, KeyValueError: the instance does not fit; nothing was sent. Or the old item, which is
                replaced, did not fit the class; a note on the error has it.
        """
        check_instance(self._member, instance)
        instance = numbered(self._session, self._member, instance, carry_out_one)
        intent = put_intent(self._session, self._member, instance, bound_where(self._member, where))
        return self._was(carry_out_one(self._session, attrs.evolve(intent, asks_for_old=True)).old, "replaced")

    def _was(self, item: Item | None, fate: str) -> E | None:
        """Give the instance of an item that is not there any more."""
        try:
            return self._instances([item], include_expired=True)[0]
        except ItemStructureError as error:
            error.add_note(f"the item is {fate}; it was {item_from_wire(item or {})!r}")
            raise

    def put_many(self, instances: Iterable[E], /, *, checked: bool = False, progress: Progress | None = None) -> None:
        """Create or replace many items, 25 in a call; of several with one key the last wins. It is no transaction.

        A batch takes no conditions, so that an item of another entity under the same key would be replaced, too;
        ``checked`` sends each put by itself, with its condition; so it is always where the entity has versions, unique
        values, companions or reactions. ``progress`` is called after each call with how many items
        are done, and how many there are.

        Raises:
            ItemStructureError, KeyValueError: an instance does not fit; nothing was sent.
            UnprocessedItemsError: the service went on leaving items out; ``unprocessed`` has the instances, as they
                were to be stored.
            ConditionFailedError: a ``checked`` put would have replaced a foreign item; those before it are done.
        """
        put_many(self._session, self._member, instances, checked=checked, progress=progress)

    def delete_many(
        self,
        keys: Iterable[Mapping[str, Any] | E],
        /,
        *,
        checked: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Delete many items by their keys, 25 in a call; those that are not there are no error. It is no transaction.

        A batch takes no conditions: ``checked`` sends each delete by itself, so that an item of another entity stays.
        ``progress`` is called after each call with how many keys are done, and how many there are.

        Raises:
            KeyValueError: a key does not fit; nothing was sent.
            UnprocessedItemsError: the service went on leaving keys out; ``unprocessed`` has them as they were given.
            ConditionFailedError: a ``checked`` delete met a foreign item; those before it are done.
        """
        delete_many(self._session, self._member, keys, checked=checked, progress=progress)

    def reindex(self, *, progress: Progress | None = None) -> int:
        """Write, for all items of the entity, what follows from their fields and is missing or wrong.

        That are the keys of an index that was added later, the guards of what became unique later (and those whose
        owners are gone), and companions. Nothing else changes: neither version nor stamps. It gives for how many
        something was written; ``progress(seen, written)`` is told from time to time. It reads the whole table, and may
        run beside writers, and again.

        Raises:
            UniqueViolationError: items share a unique value; ``owner`` and ``key`` are the keys of two of them, and the
                notes tell of others. Everything else was done.
            ItemStructureError, KeyValueError: an item does not fit its class or its keys.
        """
        return reindex(self._session, self._member, progress)
