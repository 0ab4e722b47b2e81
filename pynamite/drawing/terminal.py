"""The picture in the terminal, by rich: what the page shows, as far as text can."""

from __future__ import annotations

import io

from pynamite.drawing.collection import Cell, Collections, Group, Row, View
from pynamite.drawing.labels import Label
from pynamite.drawing.shown import one_line, shortened, visible

try:
    from rich import box
    from rich.cells import cell_len
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.console import Group as Stack
    from rich.table import Table
    from rich.text import Text
except ModuleNotFoundError as missing:
    if missing.name is None or missing.name.partition(".")[0] != "rich":
        raise
    raise ModuleNotFoundError(
        "a picture in the terminal needs rich: pip install 'pynamite-orm[draw]'; the page (to_html) does without",
        name="rich",
    ) from missing

__all__ = ["as_text", "renderable"]

COLOURS = ("bright_blue", "green", "yellow", "magenta", "cyan", "red", "bright_green", "bright_magenta", "bright_cyan",
           "bright_red")  # fmt: skip

# Three columns have four lines between and around them, and a space on either side.
_BORDERS = 10

# Longer values than these are cut.
_VALUE, _GAP = 32, 2


def as_text(collections: Collections, width: int | None = None) -> str:
    """Write the picture without colours, ``width`` characters wide: as the terminal is, or 80, by default."""
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False, legacy_windows=False)
    with console.capture() as captured:
        console.print(renderable(collections))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def renderable(collections: Collections) -> RenderableType:
    """Make what a console of rich prints: a table for each view."""
    parts: list[RenderableType] = [_title(collections)]
    for view in collections.views:
        parts += [Text(), _heading(view)]
        parts += [_Laid(view) if view.count else Text("nothing that was read is in here", "dim")]
    return Stack(*parts)


def _title(collections: Collections) -> Text:
    title = Text.assemble((visible(collections.table_name), "bold"), (f"  {_counted(collections.read)}", "dim"))
    if collections.more:
        title.append("  the first that were read: there are more", "yellow")
    return title


def _counted(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


def _heading(view: View) -> Text:
    name = "Table" if view.index is None else f"Index {visible(view.index)}"
    heading = Text.assemble((name, "bold"), (f"  {_counted(view.count)}", "dim"))
    if view.projection != "ALL":
        named = [] if isinstance(view.projection, str) else view.projection
        heading.append(f", keys and {', '.join(map(visible, named))}" if named else ", keys only", "dim")
    return heading


class _Laid:
    """A view as a table; how wide the keys may be depends on how wide the terminal is."""

    def __init__(self, view: View) -> None:
        self.view = view

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        view = self.view
        table = Table(box=box.ROUNDED, header_style="bold", expand=False)
        rows = [row for partition in view.partitions for row in partition.rows]
        sort_title = ", ".join(map(visible, view.sort_names)) or "Entity"
        partition_title = ", ".join(map(visible, view.partition_names))
        most = max(options.max_width // 4, 8)
        left = options.max_width - _BORDERS
        for title, texts in (
            (partition_title, [_key(partition.key, "bold") for partition in view.partitions]),
            (sort_title, [_sort(row) for row in rows]),
        ):
            width = min(max((text.cell_len for whole in texts for text in whole.split()), default=0), most)
            width = max(width, min(cell_len(title), most))
            left -= width
            table.add_column(Text(title), width=width, overflow="fold")
        table.add_column("Attributes")
        groups = {group.label: _Columns(view, group) for group in view.groups}
        for partition in view.partitions:
            for place, row in enumerate(partition.rows):
                key = _key(partition.key, "bold") if place == 0 else Text()
                table.add_row(key, _sort(row), _attributes(groups[row.label], row, left))
            table.add_section()
        yield table


def _sort(row: Row) -> Text:
    """Write a sort key, and below it whose the item is."""
    colour = _colour(row.label)
    tag = Text.assemble((visible(row.label.name), colour), (" expired" if row.has_expired else "", "dim"))
    return Text("\n").join([_key(row.sort, ""), tag]) if row.sort else tag


def _colour(label: Label) -> str:
    return "dim" if label.number is None else COLOURS[label.number % len(COLOURS)]


def _key(cells: tuple[Cell, ...], style: str) -> Text:
    return Text("\n".join(one_line(cell.value) for cell in cells), style)


class _Columns:
    """The names and the widths of a group's attributes, so that its values stand below each other."""

    def __init__(self, view: View, group: Group) -> None:
        self.names = [shortened(visible(name), _VALUE) for name in group.attributes]
        self.widths = [cell_len(name) for name in self.names]
        for row in (row for partition in view.partitions for row in partition.rows if row.label == group.label):
            for place, cell in enumerate(row.cells):
                self.widths[place] = max(self.widths[place], cell_len(_short(cell)))

    def lines(self, width: int) -> list[list[int]]:
        """Tell which attributes stand on one line of this width."""
        lines: list[list[int]] = [[]]
        taken = 0
        for place, own in enumerate(self.widths):
            if lines[-1] and taken + own > width:
                lines.append([])
                taken = 0
            lines[-1].append(place)
            taken += own + _GAP
        return lines


def _attributes(columns: _Columns, row: Row, width: int) -> Text:
    """Write the attributes of one item: each value below its name, on as many lines as they need."""
    lines: list[Text] = []
    for places in columns.lines(width):
        if all(row.cells[place] is None for place in places):
            continue
        names, values = Text(no_wrap=True, overflow="ellipsis"), Text()
        for place in places:
            cell = row.cells[place]
            own = 0 if place == places[-1] else columns.widths[place] + _GAP
            names.append(_padded("" if cell is None else columns.names[place], own), "dim")
            values.append(_padded(_short(cell), own), _style(cell))
        lines += [names, values]
    return Text("\n", no_wrap=True, overflow="ellipsis").join(lines)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _short(cell: Cell | None) -> str:
    return "" if cell is None else shortened(one_line(cell.value), _VALUE)


def _style(cell: Cell | None) -> str:
    return "dim" if cell is not None and cell.is_key else ""
