"""Any model can be read, written, loaded, and turned into classes that read its rows."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pynamite import dynamo
from pynamite.errors import WorkbenchError
from pynamite.workbench import generate_entities, model_json, read_model
from tests.workbench.generated import check
from tests.workbench.models import facet, index, model, table

WORDS = [
    "USER",
    "ORDER",
    "a",
    "b1",
    "2026-01-01T10:00:00Z",
    "1",
    "22",
    "meta",
    "#",
    "",
    "<z>",
    "ü",
    "Lift 3",
    "https://a",
    "PROFILE",
    "{x}",
]
NAMES = [
    "id",
    "Name",
    "type",
    "Entity",
    "GSI1PK",
    "GSI1SK",
    "class",
    "list",
    "2x",
    "_created",
    "State#Date",
    "a.b",
    "Date",
    "Count",
    "str",
    "self",
    "__init__",
    "é",
    "field",
    "key",
    "ID",
]
ALIASES = ["PK", "USER#<id>", "UserId", "A#B", "#x#y", "<a>#<b>", "{id}", "", "ORDER#Id", "Entity"]
TITLES = ["User", "Order", "Users", "int", "Table", "a b", "1", "Any", "é", '"""', "\\"]

texts = st.builds(
    lambda parts, delimiter: delimiter.join(parts),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.sampled_from(["#", ":", "|", "_", "/"]),
).filter(bool)
names = st.sampled_from(NAMES)
scalars = st.one_of(
    texts.map(lambda text: {"S": text}),
    st.integers(-50, 50).map(lambda number: {"N": str(number)}),
    st.sampled_from(
        [
            {"N": "1.5"},
            {"BOOL": True},
            {"NULL": True},
            {"B": "aGk="},
            {"SS": ["a", "b"]},
            {"NS": ["1", "2"]},
            {"BS": ["aGk="]},
            {"S": ""},
            {"N": 7},
            {"M": {"M": {"x": {"S": "y"}}}},
        ]
    ),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda own: {"L": own})
        | st.dictionaries(names | st.just("k1"), inner, max_size=3).map(lambda own: {"M": own})
    ),
    max_leaves=5,
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["S", "N", "M", "L", "SS", "BOOL", "NULL", "B", "a", ""]), inner, max_size=2)
    ),
    max_leaves=6,
)


def items(partition, sort, content):
    """Rows with texts as their keys."""
    keys = {partition: texts} | ({sort: texts} if sort else {})
    return st.lists(
        st.builds(
            lambda own, key: own | {name: {"S": text} for name, text in key.items()},
            st.dictionaries(names, content, max_size=4),
            st.fixed_dictionaries(keys),
        ),
        max_size=4,
    )


@st.composite
def models(draw):
    """Models of one table, with facets, rows outside of them, and indexes on anything."""
    partition, sort = draw(
        st.sampled_from([("PK", "SK"), ("pk", None), ("DeviceID", "State#Date"), ("customerId", "sk")])
    )
    data = items(partition, sort, values)
    aliases = st.tuples(*[st.sampled_from(ALIASES)] * (2 if sort else 1))
    facets = st.builds(facet, st.sampled_from(TITLES), aliases, data, st.lists(names, max_size=3, unique=True))
    keys = st.sampled_from(["GSI1PK", "GSI1SK", "Date", "Count:N", sort or "id", partition])
    projections = st.sampled_from(
        [
            {"ProjectionType": "ALL"},
            {"ProjectionType": "KEYS_ONLY"},
            {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["Name", partition]},
        ]
    )
    indexes = st.builds(index, st.sampled_from(["GSI1", "GSI2", "x-y"]), keys, st.none() | keys, projections)
    usable = indexes.filter(
        lambda own: len({part["AttributeName"] for part in own["KeyAttributes"].values()}) == len(own["KeyAttributes"])
    )
    return model(
        draw(st.sampled_from(TITLES)),
        table(
            "tab",
            partition,
            sort,
            data=draw(data),
            facets=draw(st.lists(facets, max_size=4)),
            indexes=draw(st.lists(usable, max_size=2, unique_by=lambda own: own["IndexName"])),
            declared=" ".join(
                draw(
                    st.lists(
                        st.sampled_from(["id", "Name:N", "type", "Count:N", "GSI1PK", "key:M"]), max_size=3, unique=True
                    )
                )
            ),
        ),
    )


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    max_examples=60,
)
@given(models())
def test_generated_classes_read_every_row_of_any_model(tree):
    """Whatever its keys, aliases and names: each row is read, and found by its partition and by its key."""
    found = read_model(tree)
    with dynamo.DB("tab", "sqlite://") as db:
        check(found, db.client)
    assert generate_entities(found) == generate_entities(read_model(tree))


@given(models())
def test_what_is_written_is_what_was_read(tree):
    """Reading what was written needs no repair, and writing it again gives the same text."""
    once = read_model(tree)
    text = model_json(once)
    again = read_model(json.loads(text), strict=True)
    assert again == once
    assert model_json(again) == text


@given(st.dictionaries(st.sampled_from(["PK", "a", "b", "GSI1PK", ""]), junk, max_size=4))
@example({"PK": {"N": []}})
@example({"PK": {"N": {}}})
def test_any_row_is_read_as_an_item_or_left_out_and_told(row):
    """No row is an error, and none is changed in silence."""
    found = read_model(model("m", table("tab", "PK", data=[row], indexes=[index("GSI1", "GSI1PK")])))
    (own,) = found.tables
    text = model_json(found)
    assert read_model(json.loads(text), strict=True) == found
    assert own.rows or found.repairs


@given(st.sampled_from(["ModelMetadata", "DataModel"]), junk)
def test_any_other_json_is_a_model_or_an_error_with_its_place(name, content):
    """Nothing else escapes from the reader."""
    places = []
    try:
        read_model({"ModelName": "m", "DataModel": [], name: content})
    except WorkbenchError as error:
        places.append(error.place)
    assert all(place.startswith("$") for place in places)
