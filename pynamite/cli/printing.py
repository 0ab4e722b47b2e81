"""What commands print: tables in colour on a terminal, lines of JSON or plain text for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from pynamite.transfer.formats.json_lines import json_text
from pynamite.wire import item_to_wire

__all__ = ["AsJson", "on_terminal", "print_item", "print_items", "print_json", "print_rows"]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, an object in a line, for other programs.")]


def on_terminal() -> bool:
    """Tell whether a person reads along: only then is anything laid out, or in colour."""
    return sys.stdout.isatty()


def print_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def print_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows: as a table on a terminal, as values between tabs elsewhere, as objects where JSON is wanted."""
    if as_json:
        for row in rows:
            print_json(dict(row))
        return
    texts = [["" if row[name] is None else str(row[name]) for name in columns] for row in rows]
    if not on_terminal():
        for line in texts:
            typer.echo("\t".join(line))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for line in texts:
        table.add_row(*map(Text, line))
    Console().print(table)


def print_items(items: Iterable[Mapping[str, Any]], keys: Sequence[str], *, as_json: bool) -> None:
    """Print items; ``keys`` are the attributes that come first."""
    for item in items:
        print_item(item, keys, as_json=as_json)


def print_item(item: Mapping[str, Any], keys: Sequence[str], *, as_json: bool) -> None:
    """Print one item: its key in colour and then its attributes on a terminal, one line of JSON elsewhere."""
    ordered = {name: item[name] for name in (*keys, *sorted(item.keys() - set(keys))) if name in item}
    if as_json or not on_terminal():
        typer.echo(_text(ordered))
        return
    from rich.console import Console
    from rich.text import Text

    lines = Text(" ".join(_text(ordered[name]) for name in keys if name in ordered), style="bold cyan")
    for name, value in ordered.items():
        if name not in keys:
            lines.append(f"\n    {name}", style="not bold default")
            lines.append(" = ", style="not bold dim")
            lines.append(_text(value), style="not bold green")
    Console().print(lines, soft_wrap=True)


def _text(value: Any) -> str:
    return json_text(item_to_wire({"value": value})["value"])
