"""Loading models into databases."""

from __future__ import annotations

import pytest

from pynamite import dynamo
from pynamite.errors import OperationError
from pynamite.workbench import Loaded, load_model, read_model
from tests.workbench.generated import unused_names
from tests.workbench.models import MODELS, index, model, rows, table


@pytest.mark.parametrize("tree", MODELS.values(), ids=MODELS)
def test_every_row_of_a_model_is_loaded(client, tree):
    """Tables have the model's keys and indexes, and one item for each row."""
    found = read_model(tree)
    names = unused_names(found)
    loaded = load_model(found, client, names=names)
    assert loaded == [Loaded(own.name, names[own.name], len(list(own.items))) for own in found.tables]
    for own in found.tables:
        description = client.describe_table(TableName=names[own.name])["Table"]
        assert [part["AttributeName"] for part in description["KeySchema"]] == [part.name for part in own.keys]
        assert {one["IndexName"] for one in description.get("GlobalSecondaryIndexes", ())} == {
            one.name for one in own.indexes
        }
        items = client.scan(TableName=names[own.name])["Items"]
        expected = sorted(str(sorted(row)) for row in own.items)
        assert sorted(str(sorted(item)) for item in items) == expected


def test_indexes_of_a_loaded_table_are_queried(client):
    """What was mended in their keys is in them, or is not."""
    found = read_model(MODELS["Shop"])
    names = unused_names(found)
    load_model(found, client, names=names)
    db = dynamo.DB(names["shop"], client)
    (item,) = db.query("p#11", IndexName="GSI1")
    assert (item["PK"], item["SK"]) == ("o#1", "p#11")


def test_a_table_that_is_there_is_filled_only_when_asked(client, table_name):
    """Without exist_ok it is an error; with it, rows replace items of the same key."""
    found = read_model(model("m", table("tab", "PK", data=rows("PK n", ("a", 1)), indexes=[index("ByX", "x")])))
    load_model(found, client, names={"tab": table_name})
    with pytest.raises(OperationError, match="is there already"):
        load_model(found, client, names={"tab": table_name})
    assert load_model(found, client, names={"tab": table_name}, exist_ok=True)[0].items == 1


def test_a_model_is_loaded_into_a_file(tmp_path):
    """A URL does as well as a client."""
    url = f"sqlite:///{tmp_path}/m.db"
    assert [own.items for own in load_model(read_model(MODELS["Songs"]), url)] == [0, 2]
    with dynamo.DB("plays", url, pk="SongId", sk=None) as db:
        assert db.get("1")["Blob"] == b"hello"
