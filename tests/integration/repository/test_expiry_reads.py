"""Items that have expired read as absent, deleted or not, unless they are asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from pynamite import Index, Table, attribute, entity, field
from pynamite.errors import DefinitionError, ItemNotFoundError, ItemStructureError
from tests.integration.repository.sessions import (
    HOUR,
    SECOND,
    START,
    Archive,
    Code,
    Profile,
    Session,
    Visit,
    sessions_table,
)

STAMP = int(START.timestamp())


def session(number, user="1", **fields):
    """Session t<number> of a user: t0 is over after an hour, t1 after two, and so on."""
    fields.setdefault("expires", START + (number + 1) * HOUR)
    return Session(user_id=user, token=f"t{number}", clicks=number, **fields)


def tokens(found):
    """The tokens, in order."""
    return [one.token for one in found]


@pytest.fixture
def filled(sessions, clock):
    """Six sessions of a user, t0 to t5, of which t0, t1 and t2 have expired; and one that never does."""
    sessions[Session].put_many([session(number) for number in range(6)])
    sessions[Session].put(session(9, expires=None))
    clock.forward(3 * HOUR)
    return sessions


def test_an_item_is_there_until_the_second_in_which_it_expires(sessions, clock):
    """To the second, and not a moment too early."""
    sessions[Session].create(session(0))
    clock.now = START + HOUR - timedelta(microseconds=1)
    assert sessions[Session].get(user_id="1", token="t0") == session(0)
    clock.now = START + HOUR
    assert sessions[Session].get(user_id="1", token="t0") is None
    assert sessions[Session].get(user_id="1", token="t0", include_expired=True) == session(0)


def test_a_moment_is_rounded_up(sessions, clock):
    """The item says a little later than it was told, never earlier; what is stored comes back."""
    given = session(0, expires=START + timedelta(microseconds=1))
    made = sessions[Session].create(given)
    assert made.expires == START + SECOND
    assert sessions.db.get("USER#1.SESSION#t0", "ttl") == {"ttl": STAMP + 1}
    clock.now = START + timedelta(microseconds=999_999)
    assert sessions[Session].get(made) == made
    clock.now = START + SECOND
    assert sessions[Session].get(made) is None


def test_single_items_and_many(filled):
    """get, require and get_many see what has not expired, or everything that is asked for."""
    keys = [{"user_id": "1", "token": f"t{number}"} for number in (0, 3, 7, 9)]
    repository = filled[Session]
    assert repository.get_many(keys) == [None, session(3), None, session(9, expires=None)]
    assert repository.get_many(keys, include_expired=True)[:3] == [session(0), session(3), None]
    with pytest.raises(ItemNotFoundError, match="no Session .*or it has expired"):
        repository.require(keys[0])
    assert repository.require(keys[0], include_expired=True) == session(0)


def test_queries_scans_and_counts(filled):
    """The service drops what has expired; limits, pages and counts are of the rest."""
    repository = filled[Session]
    alive = ["t3", "t4", "t5", "t9"]
    assert tokens(repository.partition(user_id="1")) == alive
    assert tokens(repository.query(user_id="1").reverse().limit(2)) == ["t9", "t5"]
    assert tokens(repository.query(user_id="1").limit(1)) == ["t3"]
    assert sorted(tokens(repository.scan())) == alive
    assert sorted(tokens(repository.scan(segments=3))) == alive
    assert repository.query(user_id="1").first() == session(3)
    assert repository.count(user_id="1") == repository.count() == 4
    assert repository.query(user_id="1").limit(3).count() == 3
    assert tokens(repository.query(user_id="1").filter(attribute(Session.clicks) < 5)) == ["t3", "t4"]
    assert repository.query(user_id="1", token="t0").all() == []


def test_what_has_expired_can_be_asked_for(filled):
    """As long as it is not deleted."""
    query = filled[Session].query(user_id="1").include_expired()
    assert tokens(query) == tokens(query.all()) == ["t0", "t1", "t2", "t3", "t4", "t5", "t9"]
    assert query.count() == filled[Session].scan().include_expired().count() == 7
    assert tokens(query.filter(attribute(Session.expires) <= START + 3 * HOUR)) == ["t0", "t1", "t2"]
    assert "FilterExpression" in query.request()
    assert "ttl" not in query.request()["ExpressionAttributeNames"].values()


def test_pages_are_full(filled):
    """What has expired takes no place on a page, and cursors go on behind it."""
    query = filled[Session].query(user_id="1")
    first = query.page(3)
    assert (tokens(first.items), first.cursor is not None) == (["t3", "t4", "t5"], True)
    second = query.page(3, first.cursor)
    assert (tokens(second.items), second.cursor) == (["t9"], None)
    assert query.page(4).cursor is None


def test_a_query_is_by_the_time_of_each_run(filled, clock):
    """The query is a value; when it is run decides what has expired."""
    query = filled[Session].query(user_id="1")
    page = query.page(2)
    assert tokens(page.items) == ["t3", "t4"]
    clock.forward(3 * HOUR)
    assert tokens(query) == ["t9"]
    assert tokens(query.page(2, page.cursor).items) == ["t9"]


def test_one_run_has_one_moment(sessions):
    """However many requests it takes, and however fast the clock goes: all are by its first look."""
    looks = iter(range(1000))
    hurried = sessions_table(sessions.name).connect(sessions.client, now=lambda: START + next(looks) * HOUR)
    sessions[Session].put_many([session(number, expires=START + 5 * HOUR) for number in range(3)])
    assert len(hurried[Session].query(user_id="1").page(2).items) == 2
    assert next(looks) == 1


def test_a_collection_of_what_expires_and_what_does_not(filled, clock):
    """Each entity by its own; an attribute of the same name in an item that never expires means nothing."""
    filled.db.put("USER#1.PROFILE", {"_type": "Profile", "user_id": "1", "name": "ann", "ttl": STAMP})
    filled[Code].put(Code(user_id="1", number=7, lasts=HOUR))
    filled[Code].put(Code(user_id="1", number=8, lasts=3 * HOUR))
    filled[Archive].put(Archive(user_id="1", name="old", until=STAMP))
    clock.forward(HOUR)
    query = filled.collection(Session, Code, Archive, Profile, user_id="1")
    found = query.by_type()
    assert tokens(found[Session]) == ["t4", "t5", "t9"]
    assert [one.number for one in found[Code]] == [8]
    assert (found[Archive], [one.name for one in found[Profile]]) == ([], ["ann"])
    assert (query.count(), query.include_expired().count()) == (5, 11)
    assert filled.collection(Session, Code, user_id="1").count() == 4
    ann = filled[Profile].require(user_id="1")
    assert (ann.name, "ttl" in ann.rest) == ("ann", False)


def test_a_parent_with_its_children(filled, clock):
    """A child that has expired is none, and a parent neither."""
    filled[Profile].put(Profile(user_id="1"))
    family = filled.aggregate(Profile, Session, user_id="1")
    assert (family.parent, tokens(family.children)) == (Profile(user_id="1"), ["t3", "t4", "t5", "t9"])
    assert len(family.include_expired().children) == 7
    assert tokens(filled.aggregate(Profile, Session, user_id="1").limit(1).children) == ["t3"]
    filled[Archive].put(Archive(user_id="1", name="x", until=STAMP + 4 * 3600))
    assert filled.aggregate(Archive, Session, user_id="1").parent is not None
    clock.forward(HOUR)
    assert filled.aggregate(Archive, Session, user_id="1").parent is None
    assert filled.aggregate(Archive, Session, user_id="1").include_expired().parent is not None


def test_an_index_whose_sort_key_is_the_time(filled):
    """A filter may not name a key: the items are looked at here. The key takes bounds, by the moment."""
    repository = filled[Session]
    query = repository.query("ByExpiry", status="OPEN")
    assert tokens(query) == ["t3", "t4", "t5"]
    assert tokens(query.include_expired()) == ["t0", "t1", "t2", "t3", "t4", "t5"]
    assert (query.count(), query.include_expired().count()) == (3, 6)
    assert tokens(query.limit(1)) == ["t3"]
    assert tokens(query.page(2).items) == ["t3", "t4"]
    assert tokens(query.page(2, query.page(2).cursor).items) == ["t5"]
    soon = START + 4 * HOUR
    assert tokens(query.le(expires=soon)) == ["t3"]
    assert tokens(query.gt(expires=soon + timedelta(microseconds=1)).reverse()) == ["t5", "t4"]
    assert tokens(query.le(expires=soon - timedelta(microseconds=1)).include_expired()) == ["t0", "t1", "t2"]
    assert tokens(query.between(expires=(START, soon)).include_expired()) == ["t0", "t1", "t2", "t3"]
    assert tokens(repository.query("ByExpiry", status="OPEN", expires=soon)) == ["t3"]
    assert sorted(tokens(repository.scan("ByExpiry"))) == ["t3", "t4", "t5"]


def test_a_key_that_is_made_of_the_time(filled):
    """It has the second that the item has, so that both say the same."""
    made = filled[Session].put(session(7, expires=START + 9 * HOUR - timedelta(microseconds=1)))
    assert made.expires == START + 9 * HOUR
    assert filled.db.get("USER#1.SESSION#t7")["ByTimeSK"] == "2126-05-01T21:00:00.000000Z/t7"
    query = filled[Session].query("ByTime", status="OPEN")
    assert tokens(query) == ["t3", "t4", "t5", "t7"]
    assert tokens(query.ge(expires=made.expires)) == ["t7"]


def test_an_index_of_some_attributes_has_the_time(filled):
    """It is projected, as the type is, and whole items are looked at once more."""
    indexes = filled.client.describe_table(TableName=filled.name)["Table"]["GlobalSecondaryIndexes"]
    projections = {one["IndexName"]: one["Projection"].get("NonKeyAttributes") for one in indexes}
    assert sorted(projections["Some"]) == ["_type", "clicks", "ttl"]
    query = filled[Session].view(Clicks).query("Some", status="OPEN")
    assert [one.clicks for one in query] == [3, 4, 5, 9]
    assert (query.count(), query.include_expired().count()) == (4, 7)
    assert tokens(filled[Session].query("Some", status="OPEN").hydrate()) == ["t3", "t4", "t5", "t9"]


def test_an_index_of_keys_does_not_know_the_time(filled):
    """The whole items do: hydrate."""
    query = filled[Session].query("Keys", status="OPEN")
    assert len(filled[Session].view(Token).query("Keys", status="OPEN").all()) == query.count() == 7
    assert tokens(query.hydrate()) == ["t3", "t4", "t5", "t9"]
    assert query.hydrate().count() == 4
    assert tokens(query.hydrate().limit(1)) == ["t3"]
    assert tokens(query.hydrate().page(3).items) == ["t3", "t4", "t5"]
    assert len(query.hydrate().include_expired().all()) == 7
    assert tokens(filled[Session].view(Token).query("Keys", status="OPEN").hydrate()) == ["t3", "t4", "t5", "t9"]


@attrs.frozen
class Token:
    """What the keys say."""

    token: str


@attrs.frozen
class Clicks:
    """What index Some holds."""

    token: str
    clicks: int


@attrs.frozen
class Until:
    """The time itself."""

    token: str
    expires: datetime | None = None


def test_views(filled):
    """A view reads the time, whether it has the field or not."""
    for cls in (Token, Until):
        view = filled[Session].view(cls)
        assert view.get(user_id="1", token="t0") is None
        assert view.get(user_id="1", token="t0", include_expired=True).token == "t0"
        assert view.require(user_id="1", token="t3").token == "t3"
        with pytest.raises(ItemNotFoundError):
            view.require(user_id="1", token="t0")
        assert view.require({"user_id": "1", "token": "t0"}, include_expired=True) is not None
        keys = [{"user_id": "1", "token": f"t{number}"} for number in (0, 3)]
        assert [one is None for one in view.get_many(keys)] == [True, False]
        assert None not in view.get_many(keys, include_expired=True)
        assert tokens(view.partition(user_id="1")) == tokens(view.query(user_id="1")) == ["t3", "t4", "t5", "t9"]
        assert view.scan().count() == 4
    assert filled[Session].view(Until).require(user_id="1", token="t3").expires == START + 4 * HOUR
    assert filled[Session].view(Until).query("ByExpiry", status="OPEN").first() == Until("t3", START + 4 * HOUR)


def test_walks_over_buckets(sessions, clock):
    """Day by day, all by the moment at which the walk begins."""
    for day in range(4):
        at = START - timedelta(days=day)
        sessions[Visit].put_many([Visit(at=at + n * SECOND, expires=START + (n + day) * HOUR) for n in (0, 2)])
    walk = sessions[Visit].walk_back(at=START, most_buckets=5)
    clock.forward(2 * HOUR)
    assert [(one.at.day, one.at.second) for one in walk] == [(30, 2), (29, 2), (28, 2), (28, 0)]
    assert (walk.count(), walk.include_expired().count()) == (4, 8)
    page = walk.page(2)
    assert len(page.items) == 2
    assert page.items + walk.page(9, page.cursor).items == walk.all()


def test_a_duration_reads_as_what_is_left_of_it(sessions, clock):
    """It is counted from the moment of the write, and is over by the second."""
    made = sessions[Code].create(Code(user_id="1", number=1, lasts=HOUR))
    assert made == Code(user_id="1", number=1, lasts=HOUR)
    assert sessions.db.get("USER#1.CODE#0001", "ttl") == {"ttl": STAMP + 3600}
    clock.forward(timedelta(minutes=45, microseconds=1))
    assert sessions[Code].require(made).lasts == timedelta(minutes=15) - timedelta(microseconds=1)
    assert sessions[Code].query(user_id="1").first().lasts < timedelta(minutes=15)
    clock.forward(timedelta(minutes=15))
    assert sessions[Code].get(made) is None
    assert sessions[Code].get(made, include_expired=True).lasts == -timedelta(microseconds=1)
    never = sessions[Code].put(Code(user_id="1", number=2, lasts=None))
    assert sessions[Code].require(never).lasts is None


def test_conditions_on_the_time(filled, clock):
    """A moment is compared as it is, a duration from now on, and None is an item that does not expire."""
    repository = filled[Session]
    query = repository.query(user_id="1")
    half = timedelta(microseconds=500_000)
    soon = START + 4 * HOUR
    assert tokens(query.filter(attribute(Session.expires) <= soon)) == ["t3"]
    assert tokens(query.filter(attribute(Session.expires) < soon + half)) == ["t3"]
    assert tokens(query.filter(attribute(Session.expires) <= soon - half)) == []
    assert tokens(query.filter(attribute(Session.expires) == soon)) == ["t3"]
    assert tokens(query.filter(attribute(Session.expires).in_([soon, soon + HOUR]))) == ["t3", "t4"]
    assert tokens(query.filter(attribute(Session.expires).between(soon, soon + HOUR))) == ["t3", "t4"]
    assert tokens(query.filter(attribute(Session.expires) == None)) == ["t9"]  # noqa: E711
    assert tokens(query.filter(attribute(Session.expires).exists())) == ["t3", "t4", "t5"]
    filled[Code].put_many([Code(user_id="1", number=n, lasts=n * HOUR) for n in (1, 2, 3)])
    codes = filled[Code].query(user_id="1")
    assert [one.number for one in codes.filter(attribute(Code.lasts) <= 2 * HOUR)] == [1, 2]
    clock.forward(half)
    assert [one.number for one in codes.filter(attribute(Code.lasts) < 2 * HOUR)] == [1, 2]
    assert [one.number for one in codes.filter(attribute(Code.lasts) > 2 * HOUR - half)] == [3]
    filled[Archive].put(Archive(user_id="1", name="x", until=STAMP + 5 * 3600))
    assert filled[Archive].query(user_id="1").filter(attribute(Archive.until) > STAMP + 4 * 3600).count() == 1


def test_what_the_database_has_in_its_place(client, table_name, clock):
    """What is no number does not expire, as with DynamoDB; what does not fit is an error with its place."""
    store = Table(table_name, Job, Coupon).connect(client, now=clock)
    store.create_table()
    for wrong in ("soon", Decimal("1.5"), -5, 253_402_300_800, True):
        store.db.put("q.JOB", {"_type": "Job", "queue": "q", "at": wrong})
        with pytest.raises(ItemStructureError, match=r"\$\.at"):
            store[Job].get(queue="q", include_expired=True)
    for wrong in ("soon", 99_999_999_999_999):
        store.db.put("q.COUPON", {"_type": "Coupon", "queue": "q", "at": wrong})
        with pytest.raises(ItemStructureError, match=r"\$\.at"):
            store[Coupon].get(queue="q", include_expired=True)
    store[Coupon].put(Coupon(queue="q", lasts=None))
    assert store.db.get("q.COUPON", "at") == {"at": None}
    clock.forward(9 * HOUR)
    assert store[Coupon].query(queue="q").all() == [Coupon(queue="q", lasts=None)]
    assert store[Coupon].count(queue="q") == 1


@entity(pk="<queue>", sk="JOB")
class Job:
    """Expires at a moment that it has to have."""

    queue: str
    at: datetime = field(ttl=True)


@entity(pk="<queue>", sk="COUPON")
class Coupon:
    """Expires after a time of its own, or a usual one, unless it is None."""

    queue: str
    lasts: timedelta | None = field(default=HOUR, name="at", ttl=True)


def test_images_are_of_the_past(filled):
    """What a stream tells is read whether it has expired or not."""
    item = filled.client.get_item(
        TableName=filled.name, Key={"PK": {"S": "USER#1"}, "SK": {"S": "SESSION#t0"}}
    )["Item"]
    assert filled.from_image(item) == filled[Session].from_image(item) == session(0)


def test_tenants(client, table_name, clock):
    """A tenant's prefix and a time that is counted do not get into each other's way."""
    table = sessions_table(table_name)
    ann, bob = (table.connect(client, tenant=name, now=clock) for name in ("ann", "bob"))
    ann.create_table()
    for store in (ann, bob):
        store[Code].put(Code(user_id="1", number=1, lasts=HOUR))
        store[Session].put(session(0))
    ann[Code].update({"user_id": "1", "number": 1}, attribute(Code.lasts).set(2 * HOUR))
    clock.forward(HOUR)
    assert [ann[Code].count(), bob[Code].count(), ann[Session].count(), bob[Session].count()] == [1, 0, 0, 0]
    assert ann[Code].require(user_id="1", number=1).lasts == HOUR
    assert ann[Session].query("ByExpiry", status="OPEN").include_expired().count() == 1


@entity(pk="<queue>", sk="<at>")
class Turn:
    """Its time is the sort key of the table."""

    queue: str = field(key_only=True)
    at: datetime = field(ttl=True)
    done: bool = False


@pytest.mark.parametrize("type_attribute", ["_type", None])
def test_the_sort_key_of_the_table_may_be_the_time(client, table_name, clock, type_attribute):
    """Then no filter can name it; everything else is the same."""
    store = Table(table_name, Turn, sk="at", type_attribute=type_attribute).connect(client, now=clock)
    store.create_table()
    turns = store[Turn]
    for hours in (1, 2, 3):
        turns.create(Turn(queue="q", at=START + hours * HOUR - timedelta(microseconds=1)))
    clock.forward(HOUR)
    assert [one.at for one in turns.query(queue="q")] == [START + 2 * HOUR, START + 3 * HOUR]
    assert turns.count(queue="q") == turns.count() == len(turns.scan().all()) == 2
    assert turns.query(queue="q").include_expired().count() == 3
    assert turns.get(queue="q", at=START + HOUR) is None
    assert turns.update({"queue": "q", "at": START + 2 * HOUR}, {"done": True}).done
    with pytest.raises(ItemNotFoundError, match="has expired"):
        turns.update({"queue": "q", "at": START + HOUR}, {"done": True})
    assert turns.update({"queue": "q", "at": START + HOUR}, {"done": True}, upsert=True).done


def test_templates_alone_tell_what_expires(client, table_name, clock):
    """Without a type attribute the service cannot tell the entities apart; the keys do, here."""
    store = sessions_table(table_name, type_attribute=None).connect(client, now=clock)
    store.create_table()
    store[Session].put_many([session(0), session(1)])
    store.db.put("USER#1.PROFILE", {"user_id": "1", "ttl": STAMP})
    clock.forward(HOUR)
    assert tokens(store[Session].partition(user_id="1")) == ["t1"]
    assert store[Session].count(user_id="1") == 1
    both = store.collection(Session, Profile, user_id="1")
    assert (len(both.all()), both.count(), both.include_expired().count()) == (2, 2, 3)


def test_a_key_field_may_be_called_like_the_option(client, table_name):
    """It is given by a mapping, as every key field that has the name of an option."""
    store = Table(table_name, Odd).connect(client)
    store.create_table()
    store[Odd].put(Odd(include_expired="x"))
    assert store[Odd].get({"include_expired": "x"}) == Odd(include_expired="x")
    calls = [pattern.call for pattern in Table("odd", Odd).access_patterns()]
    assert calls[0] == 'store[Odd].get({"include_expired": ...})'


@entity(pk="<include_expired>", sk="ODD")
class Odd:
    """A field with an unlucky name."""

    include_expired: str


def test_a_clock_without_zone_is_told(client, table_name):
    """The clock is the caller's, and so is the error."""
    store = sessions_table(table_name).connect(client, now=lambda: START.replace(tzinfo=None))
    store.create_table()
    with pytest.raises(ValueError, match="aware datetimes"):
        store[Session].partition(user_id="1")


def test_a_filter_by_what_an_index_does_not_hold(filled):
    """The library's own filter leaves such an index alone, the user's is told."""
    with pytest.raises(DefinitionError, match="hydrate"):
        filled[Session].query("Keys", status="OPEN").all()


@entity(pk="<queue>", sk="<at>", indexes={"ByOwner": ("OWNER#<owner>", "<queue>")})
class Task:
    """Its time is the sort key of the table, but not of its index."""

    queue: str = field(key_only=True)
    at: datetime = field(ttl=True)
    owner: str = "ann"


@pytest.mark.parametrize("projection", ["ALL", "KEYS_ONLY", ["owner"]])
def test_an_index_of_a_table_whose_sort_key_is_the_time(client, table_name, clock, projection):
    """Every index has the keys of the table, and can filter by them."""
    table = Table(table_name, Task, sk="at", indexes=[Index("ByOwner", projection=projection)])
    assert "at" not in projection
    store = table.connect(client, now=clock)
    store.create_table()
    store[Task].put_many([Task(queue=f"q{hours}", at=START + hours * HOUR) for hours in (1, 2, 3)])
    clock.forward(HOUR)
    query = store[Task].query("ByOwner", owner="ann")
    assert [one.queue for one in query.hydrate()] == ["q2", "q3"]
    assert query.count() == query.hydrate().count() == 2
    assert query.include_expired().count() == 3
    whens = store[Task].view(When).query("ByOwner", owner="ann").all()
    assert whens == [When("q2", START + 2 * HOUR), When("q3", START + 3 * HOUR)]


@attrs.frozen
class When:
    """The time, which is a key."""

    queue: str
    at: datetime


def test_a_read_transaction_passes_over_what_has_expired(filled):
    """As each read by itself does."""
    with filled.read_transaction() as tx:
        gone = tx[Session].get(user_id="1", token="t0")
        there = tx[Session].require(user_id="1", token="t5")
    assert gone.value is None
    assert there.value == session(5)
    with pytest.raises(ItemNotFoundError), filled.read_transaction() as tx:
        tx[Session].require(user_id="1", token="t0")
