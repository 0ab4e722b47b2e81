"""`pynamite get`, `query`, `put` and `delete`."""

from __future__ import annotations

import io
import sys
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from pynamite.cli.places import Db, TableArgument, TenantOption, entity_of, opened, plain
from pynamite.cli.printing import AsJson, print_item, print_items
from pynamite.dynamo import DB
from pynamite.entities.member import Member
from pynamite.entities.records import read_record
from pynamite.errors import ItemNotFoundError, KeyValueError
from pynamite.transfer import import_items
from pynamite.transfer.formats.json_lines import JsonLines, read_json
from pynamite.transfer.formats.rows import Begin

__all__ = ["delete", "get", "put", "query"]

_KEY = "The key: 'PK.SK' (the first dot separates), or JSON: '[\"a.b\", 5]', '{\"PK\": ...}'."
Key = Annotated[str, typer.Argument(metavar="KEY", show_default=False, help=_KEY)]
EntityOption = Annotated[str | None, typer.Option(
    metavar="NAME", show_default=False, help="Take fields of this entity of a declared table, which make the keys.")]


def _key(db: DB, text: str) -> Any:
    """Read a key as it is typed: numbers are meant where the table's key is one."""
    if text.startswith(("[", "{")):
        try:
            return read_json(text)
        except ValueError as error:
            raise typer.BadParameter(f"{text!r} is no JSON: {error}", param_hint="KEY") from None
    names = [name for name in (db.PK, db.SK) if name is not None]
    parts = text.split(".", 1) if len(names) == 2 else [text]
    if len(parts) < len(names):
        raise typer.BadParameter(
            f"{text!r} is a partition key alone: write a dot and the sort key behind it", param_hint="KEY")
    types = _types(db)
    return [_part(part, types[name]) for part, name in zip(parts, names, strict=True)]


def _types(db: DB) -> dict[str, str]:
    return {one["AttributeName"]: one["AttributeType"] for one in db.describe["AttributeDefinitions"]}


def _part(text: str, kind: str) -> Any:
    if kind != "N":
        return text.encode() if kind == "B" else text
    try:
        return Decimal(text)
    except InvalidOperation:
        raise KeyValueError(f"{text!r} is no number, and the key is one") from None


def _names(db: DB, index: str | None = None) -> list[str]:
    """Name the attributes of the key that things are found by, of an index or the table."""
    described = db.describe
    if index is None:
        return [part["AttributeName"] for part in described["KeySchema"]]
    indexes = [*described.get("GlobalSecondaryIndexes", ()), *described.get("LocalSecondaryIndexes", ())]
    found = next((one for one in indexes if one["IndexName"] == index), None)
    if found is None:
        told = ", ".join(one["IndexName"] for one in indexes) or "none"
        raise typer.BadParameter(f"there is no index {index!r}; the table has {told}", param_hint="--index")
    return [part["AttributeName"] for part in found["KeySchema"]]


def get(table: TableArgument, key: Key, db: Db = None, tenant: TenantOption = None, as_json: AsJson = False) -> None:
    """Show one item; exit code 1 where there is none."""
    with opened(table, db, tenant=tenant) as target:
        items = plain(target)
        found = items.get(_key(items, key), ConsistentRead=True)
        if found is None:
            raise ItemNotFoundError(f"there is no item with the key {key} in table {items.name!r}")
        print_item(found, _names(items), as_json=as_json)


def query(
    table: TableArgument,
    partition: Annotated[str, typer.Argument(metavar="PARTITION", show_default=False, help="The partition key.")],
    db: Db = None,
    begins_with: Annotated[str | None, typer.Option(
        metavar="TEXT", show_default=False, help="Only sort keys that begin so.")] = None,
    index: Annotated[str | None, typer.Option(show_default=False, help="Look into this index.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, show_default=False, help="How many items at most.")] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="From the last sort key to the first.")] = False,
    tenant: TenantOption = None,
    as_json: AsJson = False,
) -> None:
    """Show the items of a partition, in the order of their sort keys."""
    with opened(table, db, tenant=tenant) as target:
        items = plain(target)
        names, types = _names(items, index), _types(items)
        options: dict[str, Any] = {"ScanIndexForward": not reverse}
        if index is not None:
            options["IndexName"] = index
        if limit is not None:
            options["Limit"] = limit
        value: Any = _part(partition, types[names[0]])
        if begins_with is not None:
            from boto3.dynamodb.conditions import Key as KeyAttribute

            if len(names) < 2:
                raise typer.BadParameter("there is no sort key", param_hint="--begins-with")
            beginning = _part(begins_with, types[names[1]])
            value = KeyAttribute(names[0]).eq(value) & KeyAttribute(names[1]).begins_with(beginning)
        print_items(items.query(value, **options), [*dict.fromkeys([*names, *_names(items)])], as_json=as_json)


def put(
    table: TableArgument,
    item: Annotated[list[str], typer.Argument(
        metavar="ITEM...", show_default=False,
        help="Items as JSON objects; - reads lines of JSON from standard input.")],
    db: Db = None,
    entity: EntityOption = None,
    tenant: TenantOption = None,
) -> None:
    """Put items in the place of what has their keys; none is put unless all fit."""
    lines = [sys.stdin.buffer.read() if one == "-" else one.encode() for one in item]
    text = b"\n".join(lines)
    with opened(table, db, tenant=tenant) as target:
        of = entity_of(target, entity)
        import_items(target, io.BytesIO(text), format=JsonLines(), entity=of, dry_run=True)
        if of is None or isinstance(target, DB):
            done = import_items(target, io.BytesIO(text), format=JsonLines()).done
        else:
            # By the repository, since what follows from a put belongs to it: guards, companions, reactions.
            member: Member[Any] = target.session.registry.member(of)
            rows = [row.content for row in JsonLines().rows(io.BytesIO(text), Begin(0, 0))]
            target[of].put_many([read_record(member, row) for row in rows])
            done = len(rows)
    typer.echo(f"{done} item{'' if done == 1 else 's'} put")


def delete(table: TableArgument, key: Key, db: Db = None, tenant: TenantOption = None) -> None:
    """Delete one item; exit code 1 where there is none."""
    with opened(table, db, tenant=tenant) as target:
        items = plain(target)
        if not items.delete(_key(items, key), ReturnValues="ALL_OLD").get("Attributes"):
            raise ItemNotFoundError(f"there is no item with the key {key} in table {items.name!r}")
    typer.echo("deleted")
