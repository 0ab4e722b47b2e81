"""`pynamite tables`, `create` and `show`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pynamite import drawing, dynamo
from pynamite.cli.places import Db, TableArgument, TenantOption, declared, opened, opened_client, url_of
from pynamite.cli.printing import AsJson, on_terminal, print_json, print_rows
from pynamite.drawing.picture import LIMIT
from pynamite.store import Store

__all__ = ["create", "show", "tables"]


def tables(db: Db = None, as_json: AsJson = False) -> None:
    """List the tables."""
    rows = []
    with opened_client(db) as client:
        for name, description in dynamo.describe_all(client).items():
            schema = {part["KeyType"]: part["AttributeName"] for part in description["KeySchema"]}
            indexes = [*description.get("GlobalSecondaryIndexes", ()), *description.get("LocalSecondaryIndexes", ())]
            rows.append({
                "name": name, "key": ", ".join(schema.values()), "indexes": ", ".join(
                    index["IndexName"] for index in indexes),
                "items": description["ItemCount"], "bytes": description["TableSizeBytes"],
                "status": description["TableStatus"]})
    if not as_json and not on_terminal():
        for row in rows:
            typer.echo(row["name"])
        return
    print_rows(("name", "key", "indexes", "items", "bytes", "status"), rows, as_json=as_json)


def _key_part(told: str) -> tuple[str, str]:
    name, _, kind = told.partition(":")
    return name, kind or "S"


def _index(told: str) -> tuple[str, Any]:
    name, *key = told.split(",")
    parts = [_key_part(part) for part in key]
    match parts:
        case []:
            return name, (f"{name}PK", f"{name}SK")
        case [partition]:
            return name, partition
        case [partition, sort]:
            return name, (partition, sort)
    raise typer.BadParameter(
        f"{told!r}: an index is NAME, NAME,PARTITION or NAME,PARTITION,SORT", param_hint="--index")


def create(
    table: TableArgument,
    db: Db = None,
    pk: Annotated[str, typer.Option(metavar="NAME[:TYPE]", help="The partition key; its type is S, N or B.")] = "PK",
    sk: Annotated[str, typer.Option(metavar="NAME[:TYPE]", help="The sort key; '' for none.")] = "SK",
    index: Annotated[list[str] | None, typer.Option(
        metavar="NAME[,PK[,SK]]", show_default=False, help="A global index and its key; GSI1 alone has GSI1PK, GSI1SK.",
    )] = None,
    exist_ok: Annotated[bool, typer.Option("--exist-ok", help="Leave a table alone that is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create a table: one that is declared, with all that belongs to it, or one of plain items."""
    if ":" in table:
        with declared(table).connect(url_of(db, made=True)) as store:
            store.create_table(exist_ok=exist_ok)
            description: dict[str, Any] = store.db.describe
    else:
        indexes = dict(map(_index, index or ()))
        sort = _key_part(sk) if sk else None
        with opened_client(db, made=True) as client:
            description = dynamo.create_table(table, client, _key_part(pk), sort, indexes=indexes, exist_ok=exist_ok)
    if as_json:
        print_json(description)
    else:
        typer.echo(f"table {description['TableName']!r} is there")


def show(
    table: TableArgument,
    db: Db = None,
    index: Annotated[str | None, typer.Option(show_default=False, help="Draw this index alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many items to read at most.")] = LIMIT,
    html: Annotated[Path | None, typer.Option(
        metavar="FILE", show_default=False, help="Write the picture as a page, instead of showing it here.")] = None,
    tenant: TenantOption = None,
    as_json: AsJson = False,
) -> None:
    """Draw a table: its partitions with their items, and those of each index."""
    with opened(table, db, tenant=tenant) as target:
        if as_json:
            described = target.db if isinstance(target, Store) else target
            print_json(described.describe)
            return
        picture = (target.draw(index=index, limit=limit) if isinstance(target, Store)
                   else drawing.draw(target, index=index, limit=limit))
    if html is not None:
        typer.echo(str(picture.to_html(html)))
    elif on_terminal():
        from rich.console import Console

        Console().print(picture)
    else:
        typer.echo(picture.text(width=120))
