"""Files go into tables and come out of them, on every backend."""

from __future__ import annotations

import gzip
import io
import json

import pytest

from pynamite import dynamo
from pynamite.dynamodb_json import to_json
from pynamite.errors import (
    DefinitionError,
    ItemStructureError,
    TableNotFoundError,
    TransferError,
    UnknownEntityError,
)
from pynamite.transfer import Csv, State, export_items, import_items
from tests.unit.transfer.models import NOON, Order, User, order, shop, stored


@pytest.fixture
def store(client, table_name):
    """A new table."""
    store = shop(table_name).connect(client)
    store.create_table()
    return store


@pytest.mark.parametrize("name", ["o.json", "o.json.gz", "o.jsonl", "o.jsonl.gz", "o.csv", "o.tsv.gz", "o.parquet"])
@pytest.mark.parametrize("segments", [1, 3])
def test_an_export_is_imported_again(store, tmp_path, name, segments):
    """The name of the file says its format, and whether it is packed."""
    store[Order].put_many([order(number, str(number % 5), note="n" * (number + 1)) for number in range(60)])
    before = stored(store)
    done = export_items(store, tmp_path / name, entity=Order, segments=segments)
    store[Order].delete_many(before)
    again = import_items(store, tmp_path / name, entity=Order)
    assert (done.done, again.done, again.rejected) == (60, 60, 0)
    assert stored(store) == before
    assert name.endswith(".gz") == ((tmp_path / name).read_bytes()[:2] == b"\x1f\x8b")


def test_another_entitys_items_are_left_out(store):
    """An export of an entity has its items alone."""
    store[Order].put(order())
    store[User].create(User(user="1", email="ann@example.com"))
    file = io.BytesIO()
    assert export_items(store, file, format="json-lines", entity=Order).done == 1
    assert json.loads(file.getvalue())["placed_at"] == "2026-05-04T12:00:00.000000Z"


def test_rows_that_do_not_fit_are_collected_with_their_numbers(store, tmp_path):
    """A row that does not fit is left out, told in the report, and written to the file of rejects."""
    source, rejects = tmp_path / "o.jsonl", tmp_path / "rejects.jsonl"
    rows = [{"user": "1", "number": number, "placed_at": NOON.isoformat()} for number in range(40)]
    rows[3]["number"] = "three"
    rows[7] = {"user": "1", "nmber": 7}
    source.write_text("\n".join(map(json.dumps, rows)) + "\n{broken\n\n")
    report = import_items(store, source, entity=Order, on_error="collect", rejects=rejects)
    assert (report.done, report.rejected) == (38, 3)
    assert [problem.number for problem in report.problems] == [4, 8, 41]
    assert report.problems[0].messages == ("$.number: expected int, got 'three' (S)",)
    assert any("nmber" in message for message in report.problems[1].messages)
    told = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [line["number"] for line in told] == [4, 8, 41]
    assert told[1]["row"] == {"user": "1", "nmber": 7}
    assert len(stored(store)) == 38


def test_the_first_row_that_does_not_fit_ends_the_import(store):
    """By default the error names the row; the rows before it are written."""
    rows = b'{"user": "1", "number": 1, "placed_at": "2026-05-04T12:00:00Z"}\n{"user": "1", "number": 2}\n'
    with pytest.raises(ItemStructureError, match=r"row 2: \$.placed_at"):
        import_items(store, io.BytesIO(rows), format="json-lines", entity=Order)
    assert [one.number for one in stored(store)] == [1]


def test_a_dry_run_writes_nothing(store):
    """It checks, and counts what would be written."""
    rows = b'{"user": "1", "number": 1, "placed_at": "2026-05-04T12:00:00Z"}\n'
    report = import_items(store, io.BytesIO(rows), format="json-lines", entity=Order, dry_run=True)
    assert (report.done, stored(store)) == (1, [])


def test_what_only_the_service_refuses_is_found_in_its_batch(client, table_name):
    """A batch is refused as a whole; its items are tried one by one, so that the others are written."""
    dynamo.create_table(table_name, client, sk=None)
    db = dynamo.DB(table_name, client, sk=None)
    texts = {2: "n" * 410_000, 5: "n"}
    numbers = {4: "1" * 39}
    items = [
        {"PK": {"S": str(number)}, "n": {"N": numbers.get(number, "1")}, "t": {"S": texts.get(number, "")}}
        for number in range(9)]
    lines = list(map(to_json, items))
    report = import_items(db, io.BytesIO(b"\n".join(lines)), format="dynamodb-json", on_error="collect")
    assert (report.done, report.rejected) == (7, 2)
    assert sorted(problem.number for problem in report.problems) == [3, 5]
    assert len(db.scan()) == 7


def test_a_dry_run_finds_numbers_that_dynamodb_does_not_have(client, table_name):
    """They are no JSON's fault: one has to look at each."""
    dynamo.create_table(table_name, client, sk=None)
    db = dynamo.DB(table_name, client, sk=None)
    lines = [to_json({"PK": {"S": number}, "n": {"N": number}}) for number in ("1", "1" * 39, "1E200", "2")]
    report = import_items(db, io.BytesIO(b"\n".join(lines)), format="dynamodb-json", on_error="collect", dry_run=True)
    assert (report.done, [problem.number for problem in report.problems]) == (2, [2, 3])


def test_csv_goes_by_the_rules_of_aws(client, table_name):
    """Keys have the table's types, everything else is text; of equal keys the last row wins."""
    dynamo.create_table(table_name, client, pk=("id", "N"), sk=None, indexes={"ByRank": ("rank", "N")})
    db = dynamo.DB(table_name, client, pk="id", sk=None)
    text = 'id,price,rank,name\r\n1,10,5,"a ""b"", c"\r\n2,,,x\r\n1,11,6,"two\nlines"\r\n'
    report = import_items(db, io.BytesIO(text.encode()), format="csv")
    items = {int(item["id"]): item for item in db.scan()}
    assert report.done == 3
    assert items[1] == {"id": 1, "price": "11", "rank": 6, "name": "two\nlines"}
    assert items[2] == {"id": 2, "price": "", "name": "x"}


@pytest.mark.parametrize(("text", "problem"), [
    ("id,n\nx,1\n", "row 2: $.id: 'x' is no number"),
    ("id,n\n1\n", "row 2: it has 1 cells, but the header has 2"),
    ('id,n\n1,a"b"\n', "row 2: a double quote within a cell is written twice"),
    ("n\n1\n", "row 2: $.id: the key attribute is missing"),
])
def test_csv_that_does_not_fit_is_told_by_line(embedded, text, problem):
    """Each mistake has its line."""
    dynamo.create_table("things", embedded, pk=("id", "N"), sk=None)
    with pytest.raises((ItemStructureError, ValueError)) as caught:
        import_items(dynamo.DB("things", embedded, pk="id", sk=None), io.BytesIO(text.encode()), format="csv")
    assert problem in str(caught.value)


def test_a_header_may_stand_elsewhere(embedded):
    """With a header of one's own the first line is data."""
    dynamo.create_table("things", embedded, sk=None)
    db = dynamo.DB("things", embedded, sk=None)
    import_items(db, io.BytesIO(b"1;x\n"), format=Csv(delimiter=";", header=["PK", "name"]))
    assert db.get("1")["name"] == "x"


def test_a_tenants_store_sees_the_tenants_part(client, table_name):
    """An export has one tenant's items, without the prefix; an import gives it to them."""
    acme, other = (shop(table_name).connect(client, tenant=name) for name in ("acme", "other"))
    acme.create_table()
    for number in range(3):
        acme[Order].put(order(number))
    other[Order].put(order(7))
    file = io.BytesIO()
    assert export_items(acme, file, format="dynamodb-json").done == 3
    assert b"acme@" not in file.getvalue()
    import_items(other, io.BytesIO(file.getvalue()), format="dynamodb-json", entity=Order)
    assert [one.number for one in stored(other)] == [0, 1, 2, 7]
    assert [one.number for one in stored(acme)] == [0, 1, 2]


def test_guards_of_unique_values_are_made_good(client, table_name):
    """An import restores items; what stands beside them is there in the end, too."""
    store = shop(table_name).connect(client)
    store.create_table()
    rows = b'{"user": "1", "email": "ann@example.com"}\n{"user": "2", "email": "bob@example.com", "version": 5}\n'
    import_items(store, io.BytesIO(rows), format="json-lines", entity=User)
    found = store[User].get_unique(email="ann@example.com")
    assert (found.user, found.version) == ("1", 1)
    assert store[User].require(user="2").version == 5


def test_an_item_whose_key_is_another_ones_is_refused(store):
    """DynamoDB JSON of an entity has the key that its fields make."""
    store[Order].put(order(1))
    file = io.BytesIO()
    export_items(store, file, format="dynamodb-json")
    moved = file.getvalue().replace(b"ORDER#0000000001", b"ORDER#0000000002")
    with pytest.raises(ItemStructureError, match=r"row 1: \$.SK: the key is 'ORDER#0000000002' \(S\), but"):
        import_items(store, io.BytesIO(moved), format="dynamodb-json", entity=Order)


def test_pages_of_the_command_line_are_read_as_one(store):
    """Several documents that follow each other, pretty or not, are several pages."""
    store[Order].put_many([order(number) for number in range(5)])
    pages = [store.client.scan(TableName=store.name, Limit=3)]
    pages.append(store.client.scan(TableName=store.name, ExclusiveStartKey=pages[0]["LastEvaluatedKey"]))
    lists = [[json.loads(to_json(item)) for item in page["Items"]] for page in pages]
    told = [{"Count": len(items), "Items": items, "ConsumedCapacity": None} for items in lists]
    text = "".join(json.dumps(page, indent=4) for page in told)
    before = stored(store)
    store[Order].delete_many(before)
    report = import_items(store, io.BytesIO(gzip.compress(text.encode())), format="dynamodb-json", entity=Order)
    assert (report.done, stored(store)) == (5, before)


def test_progress_is_told(store, tmp_path):
    """The callback gets counts and how much of the file is behind."""
    store[Order].put_many([order(number) for number in range(60)])
    states: list[State] = []
    export_items(store, tmp_path / "o.jsonl", entity=Order)
    import_items(store, tmp_path / "o.jsonl", entity=Order, progress=states.append)
    assert [state.done for state in states] == [25, 50, 60]
    assert states[-1].fraction == 1.0


def test_wrong_uses_are_told(store, tmp_path):
    """What cannot work is refused before anything is written."""
    with pytest.raises(TransferError, match="give format="):
        import_items(store, io.BytesIO(b""))
    with pytest.raises(TransferError, match="there is no format 'xml'"):
        export_items(store, tmp_path / "x", format="xml")
    with pytest.raises(TransferError, match="cannot be gone on with"):
        export_items(store, tmp_path / "x.parquet", checkpoint=tmp_path / "c")
    with pytest.raises(DefinitionError, match="name them"):
        export_items(store, tmp_path / "x.csv")
    with pytest.raises(UnknownEntityError):
        export_items(store, tmp_path / "x.csv", entity=int)
    with pytest.raises(DefinitionError, match="delimiter='x'"):
        Csv(delimiter="x")
    with pytest.raises(TransferError, match="rejects="):
        import_items(store, io.BytesIO(b""), format="csv", rejects=tmp_path / "r")
    with pytest.raises(TypeError, match=r"table.connect"):
        export_items("shop", tmp_path / "x.json")  # type: ignore[arg-type]
    store.delete_table()
    with pytest.raises(TableNotFoundError):
        export_items(store, tmp_path / "x.json")


@pytest.mark.parametrize("text", [
    b'{"Items": [{"PK": {"S": "a"}}', b'{"Items": [{"PK": {"S": "a"}}, {"PK": ', b'{"Items": 5}',
    gzip.compress(b'{"Item":{"PK":{"S":"a"}}}\n' * 50, mtime=0)[:-8],
])
def test_a_file_that_is_broken_off_is_told(embedded, text):
    """The end of a file that is not its end is an error, not a small import."""
    dynamo.create_table("things", embedded, sk=None)
    with pytest.raises(TransferError):
        import_items(dynamo.DB("things", embedded, sk=None), io.BytesIO(text), format="dynamodb-json")
