"""What is declared against what is there: each difference, and what it takes to make it good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import attrs

from pynamite.definitions.shape import (
    ON_DEMAND,
    IndexShape,
    Provisioned,
    TableShape,
    definitions_of,
    provisioned_parameters,
)
from pynamite.operation.operation import Operation
from pynamite.operation.tables import update_table
from pynamite.operation.time_to_live import update_time_to_live

__all__ = ["Diff", "Difference", "Remedy", "compare"]

Remedy = Literal["in place", "backfill", "new table"]
"""How a difference is made good: by a change of the table; by an index that is made and filled, for as long as that
takes; or by no change of this table at all."""


@attrs.frozen
class Difference:
    """One difference: ``what`` it is in, what is ``declared``, what is there (``live``), and the ``remedy``.

    ``operations`` are the requests that make it good, in order; each has ``action`` and ``request``. It ``loses``
    something where an index is taken away that is not declared, or Time to Live is switched off.
    """

    what: str
    declared: str
    live: str
    remedy: Remedy
    operations: tuple[Operation[Any], ...] = ()
    loses: bool = False

    def __str__(self) -> str:
        return f"{self.what}: declared {self.declared}, there {self.live} ({self.remedy})"


@attrs.frozen
class Diff:
    """The differences of a table; it is false where there are none."""

    table_name: str
    differences: tuple[Difference, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.differences)

    def __str__(self) -> str:
        return "\n".join(map(str, self.differences)) or f"table {self.table_name!r} is as declared"

    @property
    def needs_new_table(self) -> bool:
        """Whether there is something that no change of the table can make good."""
        return any(difference.remedy == "new table" for difference in self.differences)

    @property
    def operations(self) -> tuple[Operation[Any], ...]:
        """All requests, in the order in which they are to be sent: each when the table is ready again."""
        return tuple(operation for difference in self.differences for operation in difference.operations)


def compare(declared: TableShape, live: TableShape) -> Diff:
    """Compare a declared table with one that is there; requests are for the table's name there."""
    name = live.name or declared.name
    found = [
        *_key_differences(declared, live),
        *_settings_differences(declared, live, name),
        *_local_differences(declared, live),
        *_global_differences(declared, live, name),
        *_ttl_differences(declared, live, name),
    ]
    return Diff(name, tuple(found))


def _key_differences(declared: TableShape, live: TableShape) -> Iterator[Difference]:
    wanted, there = _key(declared), _key(live)
    if wanted != there:
        yield Difference("the table's key", wanted, there, "new table")


def _key(shape: TableShape) -> str:
    return _typed(shape, _table_keys(shape))


def _table_keys(shape: TableShape) -> tuple[str, ...]:
    return (shape.partition,) if shape.sort is None else (shape.partition, shape.sort)


def _typed(shape: TableShape, names: Iterable[str]) -> str:
    return ", ".join(f"{name} ({shape.types[name]})" for name in names)


def _index_text(shape: TableShape, index: IndexShape) -> str:
    held = index.projection if index.projection != "INCLUDE" else f"INCLUDE {', '.join(sorted(index.attributes))}"
    sort = f"; {_typed(shape, index.sort)}" if index.sort else ""
    return f"{_typed(shape, index.partition)}{sort}; {held}"


def _local_differences(declared: TableShape, live: TableShape) -> Iterator[Difference]:
    for name, wanted, there in _paired(declared, live):
        if (wanted is None or wanted.local) and (there is None or there.local):
            # "Local secondary indexes are created at the same time as the table": there is no request for them.
            texts = _texts(declared, wanted, live, there)
            if texts[0] != texts[1]:
                yield Difference(f"local index {name!r}", *texts, "new table")


def _paired(declared: TableShape, live: TableShape) -> Iterator[tuple[str, IndexShape | None, IndexShape | None]]:
    for name in dict.fromkeys((*declared.indexes, *live.indexes)):
        yield name, declared.indexes.get(name), live.indexes.get(name)


def _texts(
    declared: TableShape, wanted: IndexShape | None, live: TableShape, there: IndexShape | None
) -> tuple[str, str]:
    return (
        "none" if wanted is None else _index_text(declared, wanted),
        "none" if there is None else _index_text(live, there),
    )


def _global_differences(declared: TableShape, live: TableShape, name: str) -> Iterator[Difference]:
    existing = dict(live.indexes)
    types = dict(live.types)
    # What only goes away goes first: nothing that is made has to agree with it any more.
    for index, wanted, there in sorted(_paired(declared, live), key=lambda pair: pair[1] is not None):
        if (wanted is None or wanted.local) and (there is None or there.local):
            continue
        texts = _texts(declared, wanted, live, there)
        if (wanted is not None and wanted.local) or (there is not None and there.local):
            yield Difference(f"index {index!r}, local and not", *texts, "new table")
        elif texts[0] != texts[1]:
            operations = []
            if there is not None:
                operations.append(update_table(name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": index}}]))
                del existing[index]
            if wanted is not None:
                existing[index] = wanted
                types |= {key: declared.types[key] for key in wanted.keys}
                used = [*_table_keys(live), *(key for one in existing.values() for key in one.keys)]
                billing = declared.settings.billing or live.settings.billing
                operations.append(_creation(wanted, definitions_of(types, used), billing, name))
            remedy: Remedy = "in place" if wanted is None else "backfill"
            yield Difference(f"global index {index!r}", *texts, remedy, tuple(operations), loses=wanted is None)


def _creation(index: IndexShape, definitions: list[dict[str, str]], billing: object, name: str) -> Operation[Any]:
    created = {**index.parameters, **provisioned_parameters(billing)}
    return update_table(name, AttributeDefinitions=definitions, GlobalSecondaryIndexUpdates=[{"Create": created}])


def _settings_differences(declared: TableShape, live: TableShape, name: str) -> Iterator[Difference]:
    wanted, there = declared.settings, live.settings
    if wanted.billing is not None and wanted.billing != there.billing:
        yield Difference(
            "billing", _billing_text(wanted.billing), _billing_text(there.billing), "in place",
            (_billing(wanted.billing, live, name),))
    if wanted.stream is not None and wanted.stream != (there.stream or False):
        operations = []
        if there.stream:
            # "You receive a ValidationException if you try to enable a stream on a table that already has one".
            operations.append(update_table(name, StreamSpecification={"StreamEnabled": False}))
        if wanted.stream:
            on = {"StreamEnabled": True, "StreamViewType": wanted.stream}
            operations.append(update_table(name, StreamSpecification=on))
        yield Difference(
            "stream", str(wanted.stream or "none"), str(there.stream or "none"), "in place", tuple(operations),
            loses=bool(there.stream))
    if wanted.deletion_protection is not None and wanted.deletion_protection != bool(there.deletion_protection):
        change = update_table(name, DeletionProtectionEnabled=wanted.deletion_protection)
        yield Difference(
            "deletion protection", str(wanted.deletion_protection), str(bool(there.deletion_protection)), "in place",
            (change,))


def _billing_text(billing: object) -> str:
    return f"{billing.read} read, {billing.write} write" if isinstance(billing, Provisioned) else str(billing)


def _billing(billing: object, live: TableShape, name: str) -> Operation[Any]:
    if not isinstance(billing, Provisioned):
        return update_table(name, BillingMode=ON_DEMAND)
    throughput = provisioned_parameters(billing)
    updates = [{"Update": {"IndexName": index.name, **throughput}} for index in live.globals]
    indexes: dict[str, Any] = {"GlobalSecondaryIndexUpdates": updates} if updates else {}
    return update_table(name, BillingMode="PROVISIONED", **throughput, **indexes)


def _ttl_differences(declared: TableShape, live: TableShape, name: str) -> Iterator[Difference]:
    if declared.ttl == live.ttl:
        return
    operations = []
    if live.ttl is not None:
        operations.append(update_time_to_live(name, live.ttl, enabled=False))
    if declared.ttl is not None:
        operations.append(update_time_to_live(name, declared.ttl))
    yield Difference(
        "Time to Live", str(declared.ttl or "none"), str(live.ttl or "none"), "in place", tuple(operations),
        loses=live.ttl is not None)
