"""The published designs, exported with their items, and turned back into classes."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from pynamite import Table, connect
from pynamite.workbench import create_nosql_workbench, load_model, read_model
from tests.workbench.generated import check

DESIGNS = sorted(path.stem for path in (Path(__file__).parents[3] / "examples" / "designs").glob("*.py"))


def filled(design, client):
    """Make the table of a design, and fill it; gives its declaration and the store."""
    module = importlib.import_module(f"examples.designs.{design}")
    (make,) = [
        own for name, own in vars(module).items() if name.endswith("_table") and own.__module__ == module.__name__
    ]
    table = make()
    assert isinstance(table, Table)
    store = table.connect(client)
    store.create_table()
    module.fill(store)
    return table, store


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.filterwarnings("ignore::pynamite.errors.DefinitionWarning")
def test_a_design_goes_to_workbench_and_back(design, embedded, tmp_path):
    """Its file is the same after import and export, and the classes of the file read every item of each facet."""
    table, store = filled(design, embedded)
    create_nosql_workbench(store, tmp_path / "one.json")
    model = read_model(tmp_path / "one.json", strict=True)
    url = f"sqlite:///{tmp_path}/copy.db"
    load_model(model, url)
    with table.connect(url) as copy:
        create_nosql_workbench(copy, tmp_path / "two.json")
    assert (tmp_path / "two.json").read_bytes() == (tmp_path / "one.json").read_bytes()
    counts = check(model, connect("sqlite://"))
    facets = {facet.name.replace(" ", "").lower(): len(facet.rows) for facet in model.tables[0].facets if facet.rows}
    assert {name.lower(): count for name, count in counts.items()} == facets
