"""The fixtures for users' tests, in tests of a user's."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pynamite.pytest_plugin import Clock

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parents[2] / "docs/how-to/testing.md"
# Of the plugins that are installed here, only ours has to do with these tests.
QUIET = [f"-pno:{name}" for name in ("cacheprovider", "xdist", "hypothesispytest", "socket")]
CONFTEST = """
    import pytest
    from pynamite import Index, Table, entity

    @entity(pk="USER#<account_id>", sk="ORDER#<order_id>", indexes={"GSI1": ("STATUS#<status>", "<order_id>")})
    class Order:
        account_id: str
        order_id: str
        status: str = "OPEN"

    shop = Table("shop", Order, indexes=[Index("GSI1")])
    ORDER = Order(account_id="1", order_id="o1")

    @pytest.fixture
    def pynamite_table():
        return shop
"""


@pytest.fixture
def outcomes(pytester):
    """Run a test file beside the conftest.py above; gives what became of its tests, and what was said."""
    def run(tests, conftest=CONFTEST):
        pytester.makeconftest(conftest)
        pytester.makepyfile(test_shop=tests)
        ran = pytester.runpytest_inprocess("-q", *QUIET, "--strict-markers")
        return ran.parseoutcomes(), ran.stdout.str()

    return run


def test_the_page_about_testing_holds(pytester):
    """Its conftest.py and its tests, put into files, pass."""
    files: dict[str, list[str]] = {}
    for name, content in re.findall(r"<!-- (\w+)\.py -->\n```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        files.setdefault(name, []).append(content)
    files["test_shop"].insert(0, "from conftest import Order, shop\n")
    for name, contents in files.items():
        (pytester.path / f"{name}.py").write_text("\n".join(contents))
    passed = sum(content.count("def test_") for content in files["test_shop"])
    pytester.runpytest_inprocess("-q", *QUIET).assert_outcomes(passed=passed)


def test_every_test_has_a_table_of_its_own(outcomes):
    """What one test writes, the next one does not find; nor does a client without a table."""
    assert outcomes("""
        from conftest import ORDER, Order
        import pytest

        @pytest.mark.parametrize("number", range(3))
        def test_empty(pynamite_store, number):
            assert pynamite_store[Order].scan().all() == []
            pynamite_store[Order].create(ORDER)

        def test_client(pynamite_client):
            assert pynamite_client.list_tables()["TableNames"] == ["shop"]
            assert "Items" in pynamite_client.scan(TableName="shop")
    """)[0] == {"passed": 4}


def test_a_marker_names_another_table(outcomes):
    """For tests of several tables; without both, there is a client and no store."""
    found, said = outcomes("""
        import pytest
        from conftest import shop

        @pytest.mark.pynamite_table(shop)
        def test_marked(pynamite_store):
            assert pynamite_store.name == "shop"

        def test_client(pynamite_client):
            assert pynamite_client.list_tables()["TableNames"] == []

        def test_store(pynamite_store):
            pass

        @pytest.mark.pynamite_table
        def test_wrong(pynamite_client):
            pass
    """, CONFTEST.partition("@pytest.fixture")[0])
    assert found == {"passed": 2, "errors": 2}
    assert "override the fixture pynamite_table in your conftest.py" in said
    assert "the marker takes one table" in said


def test_a_fault_that_does_not_happen_fails_the_test(outcomes):
    """It is named, with what to do."""
    found, said = outcomes("""
        from conftest import ORDER, Order

        def test_never(pynamite_store, pynamite_faults):
            pynamite_faults.throttle("DeleteItem", times=2)

        def test_taken_back(pynamite_faults):
            pynamite_faults.throttle("DeleteItem")
            pynamite_faults.clear()
    """)
    assert found == {"passed": 2, "errors": 1}
    assert "these faults did not happen: throttle('DeleteItem', times=2); pynamite_faults.clear()" in said


def test_the_fixtures_are_listed_with_what_they_are_for(pytester):
    """`pytest --fixtures` and `--markers` tell of them."""
    said = pytester.runpytest_inprocess("--markers", *QUIET).stdout.str()
    assert "@pytest.mark.pynamite_table(table)" in said
    said = pytester.runpytest_inprocess("--fixtures", *QUIET).stdout.str()
    for name in ("pynamite_client", "pynamite_clock", "pynamite_faults", "pynamite_store", "pynamite_table"):
        assert re.search(rf"^{name}\b", said, re.MULTILINE)


def test_the_plugin_costs_nothing_where_it_is_not_used(pytester):
    """Neither boto3 nor SQLite is imported for tests that do not ask for it."""
    pytester.makepyfile("""
        import sys

        def test_light():
            assert not {"boto3", "botocore", "pynamite.local.client"} & set(sys.modules)
    """)
    pytester.runpytest_subprocess(*QUIET).assert_outcomes(passed=1)


@pytest.fixture
def pynamite_table():
    """A table for the test below, which uses the fixtures themselves."""
    from pynamite import Index, Table, entity

    @entity(pk="NOTE#<note_id>", sk="NOTE", indexes={"GSI1": ("ALL", "<note_id>")})
    class Note:
        note_id: str

    return Table("notes", Note, indexes=[Index("GSI1")])


def test_a_table_of_ones_own_takes_less_than_a_millisecond(pynamite_table):
    """From the snapshot; the best of many, since others work on the machine, too."""
    from pynamite.local.client import LocalClient

    with LocalClient() as first:
        pynamite_table.connect(first).create_table()
        snapshot = first.snapshot()
    best = 1.0
    for _ in range(50):
        started = time.perf_counter()
        with LocalClient(snapshot=snapshot) as client:
            store = pynamite_table.connect(client)
            assert store.exists()
        best = min(best, time.perf_counter() - started)
    assert best < 0.001


def test_the_clock_stands_still_until_it_is_moved(pynamite_clock):
    """By what a timedelta takes, or to a moment."""
    began = pynamite_clock()
    assert pynamite_clock() == began
    assert pynamite_clock.advance(minutes=1, milliseconds=5) == began + timedelta(minutes=1, milliseconds=5)
    pynamite_clock.time = datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert repr(pynamite_clock) == "Clock(2029-12-31T22:00:00+00:00)"


@pytest.mark.parametrize("moment", [datetime(2026, 1, 1), "2026-01-01", None])
def test_a_clock_shows_aware_datetimes(moment):
    """As `connect(now=...)` wants them."""
    with pytest.raises(ValueError, match="a clock shows an aware datetime, not"):
        Clock(moment)
    assert Clock(datetime(2026, 1, 1, tzinfo=UTC))().tzinfo is UTC
