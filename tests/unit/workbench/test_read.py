"""Reading model files."""

from __future__ import annotations

import copy
import json

import pytest

from pynamite.errors import WorkbenchError
from pynamite.key.schema import KeyAttribute
from pynamite.workbench import model_json, read_model, write_model
from tests.workbench.models import DEVICES, LIBRARY, MODELS, index, key, model, table


def changed(tree, path, value):
    """Give a copy of a model with something else in one place; ``...`` takes it away."""
    tree = copy.deepcopy(tree)
    *steps, last = path
    inner = tree
    for step in steps:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return tree


TABLE = ("DataModel", 0)


@pytest.mark.parametrize(
    "path, value, place, message",
    [
        (("DataModel",), {}, "$.DataModel", "expected a list"),
        ((*TABLE,), [], "$.DataModel[0]", "expected an object"),
        ((*TABLE, "TableName"), ..., "$.DataModel[0].TableName", "'TableName' is missing"),
        ((*TABLE, "TableName"), "", "$.DataModel[0].TableName", "not empty"),
        ((*TABLE, "KeyAttributes"), ..., "$.DataModel[0].KeyAttributes", "is missing"),
        ((*TABLE, "KeyAttributes", "PartitionKey"), ..., "$.DataModel[0].KeyAttributes.PartitionKey", "is missing"),
        (
            (*TABLE, "KeyAttributes", "SortKey", "AttributeType"),
            "M",
            "$.DataModel[0].KeyAttributes.SortKey.AttributeType",
            "S, N or B",
        ),
        ((*TABLE, "NonKeyAttributes"), "x", "$.DataModel[0].NonKeyAttributes", "expected a list"),
        ((*TABLE, "TableFacets", 1, "FacetName"), 7, "$.DataModel[0].TableFacets[1].FacetName", "not 7"),
        ((*TABLE, "TableFacets", 0, "TableData"), {}, "$.DataModel[0].TableFacets[0].TableData", "expected a list"),
        (
            (*TABLE, "TableFacets", 0, "NonKeyAttributes", 1),
            3,
            "$.DataModel[0].TableFacets[0].NonKeyAttributes[1]",
            "name of an attribute",
        ),
        (
            (*TABLE, "GlobalSecondaryIndexes", 0, "Projection", "ProjectionType"),
            "SOME",
            "$.DataModel[0].GlobalSecondaryIndexes[0].Projection.ProjectionType",
            "ALL, KEYS_ONLY or INCLUDE",
        ),
        (("ModelMetadata", "AWSService"), "Amazon Keyspaces", "$.ModelMetadata.AWSService", "Amazon Keyspaces"),
        (("ModelMetadata", "Version"), "new", "$.ModelMetadata.Version", "a version such as"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(path, value, place, message):
    """The error says where in the file it is, and what is wrong."""
    with pytest.raises(WorkbenchError, match=message) as caught:
        read_model(changed(LIBRARY, path, value))
    assert caught.value.place == place
    assert str(caught.value).startswith(place)


@pytest.mark.parametrize(
    "text, place, message",
    [
        ('{"ModelName": "x",\n "DataModel": [}', "line 2, column 16", "not JSON"),
        ("", "line 1, column 1", "not JSON"),
        ("[]", "$", "a model is an object"),
        ("{}", "$", "no NoSQL Workbench model: 'DataModel' is missing; it has nothing"),
        ('{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}', "$", "a CloudFormation template"),
        ('{"TableName": "x", "KeySchema": []}', "$", "looks like the definition of a table"),
        ('{"DataModel": [NaN]}', "$", "NaN is no JSON"),
    ],
)
def test_other_files_are_told_from_models(tmp_path, text, place, message):
    """The error names the file and the place in it."""
    file = tmp_path / "model.json"
    file.write_text(text)
    with pytest.raises(WorkbenchError, match=message) as caught:
        read_model(file)
    assert (caught.value.file, caught.value.place) == (str(file), place)
    assert str(caught.value).startswith(f"{file}: {place}: ")


def test_a_file_that_is_no_utf_8_is_refused(tmp_path):
    """The error says at which byte."""
    file = tmp_path / "model.json"
    file.write_bytes(b'{"ModelName": "\xff"}')
    with pytest.raises(WorkbenchError, match="byte 15: it is not UTF-8"):
        read_model(file)


@pytest.mark.parametrize("version", [None, "1.0", "2.0", "3.0", 3, 2.0])
def test_every_version_is_read(tmp_path, version):
    """From 1.0, which knows no service, to 3.0; also without any metadata."""
    file = tmp_path / "model.json"
    file.write_text("\ufeff" + json.dumps(model("m", table("tab", "PK", data=[]), version=version)))
    assert [own.name for own in read_model(file).tables] == ["tab"]
    assert read_model(file).repairs == ()


def test_a_newer_version_is_read_as_the_newest_known_one():
    """It is told, as something may be missed."""
    (repair,) = read_model(model("m", version="4.1")).repairs
    assert str(repair) == "$.ModelMetadata.Version: 4.1 is newer than 3.0, and read as that"


def test_the_definition_of_a_table_is_read():
    """Keys with their types, indexes with their projections, attributes."""
    tree = model(
        "m",
        table(
            "tab",
            "PK",
            "SK:N",
            declared="a b:SS",
            indexes=[
                index("one", "a", "SK:N"),
                index("two", "a", None, {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["b", "PK"]}),
                index("three", "b", None, {"ProjectionType": "KEYS_ONLY"}),
            ],
        ),
    )
    (own,) = read_model(tree).tables
    assert own.keys == (KeyAttribute("PK"), KeyAttribute("SK", "N"))
    assert [(one.name, one.type) for one in own.attributes] == [("a", "S"), ("b", "SS")]
    assert [one.projection for one in own.indexes] == ["ALL", ("b", "PK"), "KEYS_ONLY"]
    assert [one.projection for one in own.index_schemas] == ["ALL", ("b",), "KEYS_ONLY"]


def test_keys_that_are_given_two_types_have_the_first():
    """The table's own counts before an index's; a missing type or projection is taken as the usual one."""
    tree = model("m", table("tab", "PK", "SK:N", data=[], indexes=[index("one", "SK", "a:N"), index("two", "a")]))
    del tree["DataModel"][0]["KeyAttributes"]["PartitionKey"]["AttributeType"]
    del tree["DataModel"][0]["GlobalSecondaryIndexes"][1]["Projection"]
    found = read_model(tree)
    assert found.tables[0].key_types == {"PK": "S", "SK": "N", "a": "N"}
    assert [repair.place.removeprefix("$.DataModel[0].") for repair in found.repairs] == [
        "KeyAttributes.PartitionKey.AttributeType",
        "GlobalSecondaryIndexes[0].KeyAttributes.PartitionKey.AttributeType",
        "GlobalSecondaryIndexes[1].KeyAttributes.PartitionKey.AttributeType",
        "GlobalSecondaryIndexes[1].Projection",
    ]


def test_a_strict_reader_takes_nothing_that_has_to_be_mended():
    """The first repair is the error, and how many there are besides."""
    with pytest.raises(
        WorkbenchError, match=r"SK: N holds the JSON number 5: written as text \(and \d+ more"
    ) as caught:
        read_model(MODELS["Plain"], strict=True)
    assert caught.value.place == "$.DataModel[0].TableData[0].SK"
    assert read_model(DEVICES, strict=True).repairs == ()


def test_each_key_stands_once():
    """A row that several facets have is in the first; what the others know of it besides is kept, and told."""
    tree = model(
        "m",
        table(
            "tab",
            "PK",
            data=[
                {"PK": {"S": "a"}, "x": {"S": "1"}},
                {"PK": {"S": "a"}, "x": {"S": "1"}},
                {"PK": {"S": "a"}, "x": {"S": "2"}, "y": {"S": "3"}},
            ],
        ),
    )
    found = read_model(tree)
    assert list(found.tables[0].items) == [{"PK": {"S": "a"}, "x": {"S": "1"}, "y": {"S": "3"}}]
    (repair,) = found.repairs
    assert "two rows have the key 'a': they are one item; its 'x' differ: those of the first row are kept" in str(
        repair
    )


def test_two_of_a_name_are_refused():
    """Tables and indexes are found by their names."""
    with pytest.raises(WorkbenchError, match="two tables 'a'"):
        read_model(model("m", table("a", "PK"), table("a", "PK")))
    with pytest.raises(WorkbenchError, match="two indexes 'i'"):
        read_model(model("m", table("a", "PK", indexes=[index("i", "x"), index("i", "y")])))


def test_a_table_is_given_by_its_name():
    """Another name is an error that lists the names."""
    found = read_model(MODELS["Songs"])
    assert found.table("plays").sort is None
    with pytest.raises(WorkbenchError, match="no table 'x'; its tables are 'songs', 'plays'"):
        found.table("x")


def test_unknown_keys_are_kept(tmp_path):
    """At every level; also what is known but of no use here, such as capacities and formats of sample data."""
    tree = changed(LIBRARY, ("Later",), {"a": [1, 2.5, None]})
    for path in (
        ("ModelMetadata",),
        TABLE,
        (*TABLE, "TableFacets", 0),
        (*TABLE, "GlobalSecondaryIndexes", 0),
        (*TABLE, "NonKeyAttributes"),
    ):
        if path[-1] == "NonKeyAttributes":
            tree = changed(tree, path, [{"AttributeName": "Email", "AttributeType": "S", "More": {"x": 0.1}}])
        else:
            tree = changed(tree, (*path, "More"), {"x": 0.1})
    tree["DataModel"][0] |= {"BillingMode": "PROVISIONED", "SampleDataFormats": {"Email": ["identifiers", "Email"]}}
    write_model(read_model(tree), tmp_path / "model.json")
    assert json.loads((tmp_path / "model.json").read_text()) == tree


@pytest.mark.parametrize("tree", MODELS.values(), ids=MODELS)
def test_what_is_written_is_read_back(tree):
    """A model that was mended once needs no more of it, and is written as the same text."""
    once = read_model(tree)
    text = model_json(once)
    again = read_model(json.loads(text))
    assert (again, again.repairs) == (once, ())
    assert model_json(again) == text


def test_a_key_without_sort_key_may_be_written_in_several_ways():
    """A SortKey that is null, or has no name, is none."""
    for sort in (None, {}, {"AttributeName": "", "AttributeType": "S"}):
        tree = model("m", {"TableName": "tab", "KeyAttributes": {**key("PK", None), "SortKey": sort}})
        assert read_model(tree).tables[0].sort is None
