"""The commands by name, and how they fail: one line that says what is wrong, and an exit code."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pynamite.cli import comparing, files, items, models, serving, tables
from pynamite.errors import PynamiteError

__all__ = ["app"]

_CODES = "Exit codes: 0 done, 1 refused, not found or different, 2 a mistake in the command."


# typer brings its own click, or uses the one that is installed: either way, this is the class above.
_UsageError: Any = typer.BadParameter.__mro__[1]


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        """Run a command; what it cannot do is told in one line."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if isinstance(error, _UsageError):
                mistake: Any = error
                if "\n" in mistake.message:  # the help, where nothing was given
                    raise
                command = ctx.command_path if mistake.ctx is None else mistake.ctx.command_path
                _tell(f"{mistake.format_message()} (see {command} --help)")
                raise typer.Exit(2) from None
            if not _is_told(error):
                raise
            _tell(str(error))
            raise typer.Exit(1) from None


def _is_told(error: Exception) -> bool:
    """Tell whether an error speaks to the user; any other is a mistake of the program, and shows where."""
    if isinstance(error, BrokenPipeError):
        return False
    # botocore is not imported for this: where one of its errors is raised, it is there.
    of_botocore = type(error).__module__.startswith("botocore.")
    return of_botocore or isinstance(error, (PynamiteError, OSError, ModuleNotFoundError))


def _tell(message: str) -> None:
    typer.secho(f"pynamite: {' '.join(message.split())}", err=True, fg=typer.colors.RED)


app = typer.Typer(
    cls=_Commands, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None, epilog=_CODES)


def _command(function: Any, name: str, *examples: str) -> None:
    epilog = "\n\n".join((f"Example{'s' if len(examples) > 1 else ''}:", *examples))
    app.command(name, epilog=epilog)(function)


_command(tables.tables, "tables", "pynamite tables --db shop.db")
_command(tables.create, "create", "pynamite create shop --db shop.db --index GSI1",
         "pynamite create shop.models:table --db shop.db")
_command(tables.show, "show", "pynamite show shop --db shop.db", "pynamite show shop.models:table --html shop.html")
_command(items.get, "get", "pynamite get shop USER#1.PROFILE --db shop.db",
         "pynamite get shop '{\"PK\": \"USER#1\", \"SK\": \"PROFILE\"}' --json")
_command(items.query, "query", "pynamite query shop USER#1 --begins-with ORDER# --db shop.db",
         "pynamite query shop STATUS#OPEN --index GSI1 --reverse --limit 10")
_command(items.put, "put", "pynamite put shop '{\"PK\": \"USER#1\", \"SK\": \"PROFILE\", \"visits\": 1}' --db shop.db",
         "pynamite put shop.models:table --entity User '{\"account_id\": \"1\", \"email\": \"ann@example.com\"}'")
_command(items.delete, "delete", "pynamite delete shop USER#1.PROFILE --db shop.db")
_command(files.import_file, "import", "pynamite import shop orders.csv --db shop.db",
         "pynamite import shop.models:table orders.jsonl --entity Order --rejects wrong.jsonl")
_command(files.export_file, "export", "pynamite export shop shop.json.gz --db shop.db",
         "pynamite export shop.models:table orders.parquet --entity Order")
app.add_typer(models.models, name="model")
_command(comparing.diff, "diff", "pynamite diff shop.models:table --db http://127.0.0.1:8000")
_command(comparing.definition, "definition", "pynamite definition shop.models:table --as cloudformation")
_command(serving.serve, "serve", "pynamite serve --db shop.db --port 8000")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pynamite {version('pynamite-orm')}")
        raise typer.Exit


@app.callback()
def _pynamite(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version, and end.")
    ] = False,
) -> None:
    """Typed single-table data modelling for DynamoDB."""
