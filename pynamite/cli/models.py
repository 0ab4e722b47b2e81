"""`pynamite model`: NoSQL Workbench's models to code, code to models, and models into tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pynamite.cli.places import Db, declared, opened, url_of
from pynamite.workbench import create_nosql_workbench, generate_entities, load_model, read_model

__all__ = ["models"]

models = typer.Typer(no_args_is_help=True, help="NoSQL Workbench's models: to code, from code, into tables.")

ModelFile = Annotated[Path, typer.Argument(
    metavar="MODEL.json", show_default=False, exists=True, dir_okay=False,
    help="A model that NoSQL Workbench has saved.")]
Output = Annotated[Path | None, typer.Option(
    "--output", "-o", metavar="FILE", show_default=False, help="Where to write it; without it, to standard output.")]


@models.command(epilog="Example: pynamite model code shop.json -o shop/models.py")
def code(model: ModelFile, output: Output = None) -> None:
    """Write entity classes for a model, with its tables."""
    read = read_model(model)
    for repair in read.repairs:
        typer.echo(f"repaired: {repair}", err=True)
    source = generate_entities(read)
    if output is None:
        typer.echo(source, nl=False)
    else:
        output.write_text(source, encoding="utf-8")
        typer.echo(str(output))


@models.command(epilog="Example: pynamite model workbench shop.models:table shop.json --db shop.db")
def workbench(
    table: Annotated[str, typer.Argument(metavar="TABLE", show_default=False,
                                         help="Where a table is declared (shop.models:table), or its name.")],
    file: Annotated[Path, typer.Argument(metavar="MODEL.json", help="The file to write.")] = Path("table.json"),
    db: Db = None,
    items: Annotated[bool, typer.Option(help="Whether the table's items are in it, or the declaration alone.")] = True,
) -> None:
    """Write a table as a model that NoSQL Workbench imports."""
    if ":" in table and not items:
        create_nosql_workbench(declared(table), str(file))
    elif not items:
        raise typer.BadParameter("a table without its items is one that is declared: module:attribute")
    else:
        with opened(table, db) as target:
            create_nosql_workbench(target, str(file))
    typer.echo(str(file))


@models.command(epilog="Example: pynamite model load shop.json --db shop.db")
def load(
    model: ModelFile,
    db: Db = None,
    exist_ok: Annotated[bool, typer.Option("--exist-ok", help="Fill tables that are there already.")] = False,
) -> None:
    """Make the tables of a model, and put its rows into them."""
    read = read_model(model)
    for repair in read.repairs:
        typer.echo(f"repaired: {repair}", err=True)
    for loaded in load_model(read, url_of(db, made=True), exist_ok=exist_ok):
        typer.echo(f"{loaded.name}: {loaded.items} items")
