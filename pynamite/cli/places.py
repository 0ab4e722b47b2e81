"""Where a command works: the database that `--db` names, and the table, by its name or by its declaration."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from pynamite.connect import connect
from pynamite.dynamo import DB
from pynamite.dynamo.send import send
from pynamite.operation.tables import describe_table
from pynamite.store import Store
from pynamite.table import Table

__all__ = ["Db", "TableArgument", "TenantOption", "declared", "entity_of", "opened", "opened_client", "plain", "url_of"]

Db = Annotated[
    str | None,
    typer.Option(
        "--db", envvar="PYNAMITE_DB", metavar="URL", show_default=False,
        help="A SQLite file (shop.db), or a URL: sqlite:///shop.db, http://127.0.0.1:8000. Without it: AWS.")]
TableArgument = Annotated[
    str, typer.Argument(metavar="TABLE", show_default=False,
                        help="A table's name, or where it is declared: module:attribute, as in shop.models:table.")]
TenantOption = Annotated[
    str | None, typer.Option(metavar="TENANT", show_default=False, help="See and write this tenant's items only.")]


def url_of(db: str | None, *, made: bool = False) -> str | None:
    """Give the URL that `--db` means; a file that is not to be ``made`` has to be there.

    Raises:
        BadParameter: there is no such file.
    """
    if db is None:
        return None
    if "://" not in db:
        if ":" in db and db.rpartition(":")[2].isdecimal() and not Path(db).exists():
            return f"http://{db}"
        db = f"sqlite:///{db.replace('%', '%25').replace('?', '%3F')}"
    if db.startswith("sqlite:///") and not made:
        path = Path(db.removeprefix("sqlite:///").partition("?")[0].replace("%3F", "?").replace("%25", "%"))
        if not path.exists():
            raise typer.BadParameter(f"there is no file {str(path)!r}; `pynamite create` makes one", param_hint="--db")
    return db


def declared(name: str) -> Table:
    """Import a table's declaration: ``module:attribute``, from the current folder or an installed package.

    Raises:
        BadParameter: there is no such module or attribute, or it is no Table.
    """
    module_name, _, attribute = name.partition(":")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise typer.BadParameter(
            f"{name!r}: there is no module {error.name!r} here or among the installed packages") from None
    for part in attribute.split("."):
        if not hasattr(found, part):
            tables = [key for key, value in vars(importlib.import_module(module_name)).items()
                      if isinstance(value, Table)]
            told = f"; its tables are {', '.join(tables)}" if tables else ""
            raise typer.BadParameter(f"{name!r}: module {module_name!r} has no {attribute!r}{told}")
        found = getattr(found, part)
    if isinstance(found, Table):
        return found
    raise typer.BadParameter(f"{name!r} is no Table, but a {type(found).__name__}")


@contextmanager
def opened_client(db: str | None, *, made: bool = False) -> Iterator[Any]:
    """Connect for the time of a command."""
    client: Any = connect(url_of(db, made=made))
    try:
        yield client
    finally:
        client.close()


@contextmanager
def opened(table: str, db: str | None, *, tenant: str | None = None, made: bool = False) -> Iterator[Store | DB]:
    """Open a table for the time of a command: a store where it is given by its declaration, else plain items."""
    if ":" in table:
        with declared(table).connect(url_of(db, made=made), tenant=tenant) as store:
            yield store
        return
    with opened_client(db, made=made) as client:
        names = [part["AttributeName"] for part in send(client, describe_table(table))["KeySchema"]]
        yield DB(table, client, pk=names[0], sk=names[1] if len(names) > 1 else None, tenant=tenant)


def plain(target: Store | DB) -> DB:
    """Give the plain items of what was opened."""
    return target.db if isinstance(target, Store) else target


def entity_of(target: Store | DB, name: str | None) -> type | None:
    """Find an entity of a declared table by its name; None where none is named.

    Raises:
        BadParameter: the table is not given by its declaration, or has no such entity.
    """
    if name is None:
        return None
    if isinstance(target, DB):
        raise typer.BadParameter("an entity is known to a table that is given by its declaration: module:attribute",
                                 param_hint="--entity")
    found: dict[str, type] = {
        member.definition.name: member.cls for member in target.session.registry.members.values()}
    if name not in found:
        raise typer.BadParameter(
            f"there is no entity {name!r}; the table has {', '.join(found)}", param_hint="--entity")
    return found[name]
