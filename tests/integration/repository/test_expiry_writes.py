"""What has expired is absent for writes, too: it gives way, is not found, and does not come back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pynamite import Increment, Table, attribute, entity, evolve, field, path
from pynamite.errors import (
    ConditionFailedError,
    ExpressionError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    TransactionCanceledError,
)
from tests.integration.repository.sessions import HOUR, SECOND, START, Archive, Code, Profile, Session

STAMP = int(START.timestamp())
KEY = {"user_id": "1", "token": "t"}


def session(**fields):
    """The session of this key."""
    return Session(user_id="1", token="t", **fields)


@pytest.fixture
def over(sessions, clock):
    """A session that has expired, and is still there."""
    sessions[Session].create(session(clicks=7, expires=START + HOUR))
    clock.forward(HOUR)
    return sessions


def stored(store, sort_key="SESSION#t"):
    """The item itself, deleted or not."""
    return store.db.get(["USER#1", sort_key])


def test_create_goes_over_what_has_expired(over, clock):
    """There is none any more; a second one is refused."""
    new = session(expires=clock.now + HOUR)
    assert over[Session].create(new) == new
    with pytest.raises(ItemExistsError):
        over[Session].create(new)
    assert over[Session].require(KEY) == new


def test_create_goes_over_what_has_expired_of_another_entity(client, table_name, clock):
    """Of entities that share keys, and of what nobody knows; an entity that never expires is no exception."""
    store = Table(table_name, Draft, Page, same_key=[(Draft, Page)]).connect(client, now=clock)
    store.create_table()
    store[Draft].create(Draft(name="x", until=START + HOUR))
    for write in (store[Page].create, store[Page].put):
        with pytest.raises(ConditionFailedError):
            write(Page(name="x"))
    with pytest.raises(ConditionFailedError):
        store[Page].update({"name": "x"}, {"text": "new"}, upsert=True)
    clock.forward(HOUR)
    assert store[Page].delete(name="x") is False
    assert store.db.get("x.X") is None
    for write in (store[Page].create, store[Page].put):
        store[Draft].put(Draft(name="x", until=clock.now))
        assert write(Page(name="x", text="new")) == store[Page].require(name="x") == Page(name="x", text="new")
        assert store[Page].delete(name="x")
    store[Draft].put(Draft(name="x", until=clock.now))
    with pytest.raises(ItemNotFoundError, match="another type"):
        store[Page].update({"name": "x"}, {"text": "new"})
    with pytest.raises(ItemNotFoundError, match="another type"):
        store[Page].delete(name="x", must_exist=True)
    assert store[Page].update({"name": "x"}, {"text": "new"}, upsert=True) == Page(name="x", text="new")
    assert "until" not in store.client.get_item(TableName=store.name, Key={"PK": {"S": "x"}, "SK": {"S": "X"}})["Item"]
    with pytest.raises(ItemExistsError):
        store[Draft].create(Draft(name="x", until=clock.now + HOUR))


@entity(pk="<name>", sk="X")
class Draft:
    name: str
    until: datetime | None = field(default=None, ttl=True)


@entity(pk="<name>", sk="X")
class Page:
    name: str
    text: str = ""


def test_an_item_that_never_expires_for_its_entity_stays(client, table_name, clock):
    """Whatever somebody else wrote into it."""
    store = Table(table_name, Draft, Page, same_key=[(Draft, Page)]).connect(client, now=clock)
    store.create_table()
    store.db.put("x.X", {"_type": "Page", "name": "x", "until": STAMP})
    with pytest.raises(ItemExistsError):
        store[Page].create(Page(name="x"))
    assert store[Page].update({"name": "x"}, {"text": "new"}).text == "new"
    assert store[Page].update({"name": "x"}, {"text": "newer"}, upsert=True).text == "newer"
    assert store.db.get("x.X", "until") == {"until": STAMP}
    assert store[Page].delete(name="x", must_exist=True)


def test_put_replaces_it(over, clock):
    """As it replaces everything; a condition sees no item."""
    new = session(expires=clock.now + HOUR)
    with pytest.raises(ConditionFailedError, match=r"condition of put did not hold.*has expired") as refused:
        over[Session].put(new, where=attribute(Session.clicks) == 7)
    assert refused.value.item is None
    assert over[Session].put(new, where=attribute(Session.clicks).absent()) == new
    with pytest.raises(ConditionFailedError) as refused:
        over[Session].put(new, where=attribute(Session.clicks).absent())
    assert refused.value.item == new


def test_update_does_not_find_it(over):
    """Nor save, nor the update that reads first; the message says why."""
    sessions = over[Session]
    loaded = sessions.require(KEY, include_expired=True)
    told = r"there is no Session with user_id='1', token='t' in table .*: it has expired"
    with pytest.raises(ItemNotFoundError, match=told):
        sessions.update(KEY, {"clicks": 8})
    with pytest.raises(ItemNotFoundError, match=told):
        sessions.update(KEY, {"expires": START + 9 * HOUR, "status": "KEPT"})
    with pytest.raises(ItemNotFoundError, match=told):
        sessions.save(evolve(loaded, clicks=8), since=loaded)
    with pytest.raises(ItemNotFoundError):
        sessions.save(loaded, since=loaded)
    with pytest.raises(ItemNotFoundError):
        sessions.update(KEY, {"status": "CLOSED"}, reread=True)
    with pytest.raises(ItemNotFoundError):
        sessions.move(KEY, {"token": "u"})
    assert stored(over)["clicks"] == 7


def test_delete_deletes_it_and_tells_that_there_was_none(over):
    """must_exist is not fulfilled; a condition sees no item."""
    sessions = over[Session]
    with pytest.raises(ItemNotFoundError, match="it has expired"):
        sessions.delete(KEY, must_exist=True)
    with pytest.raises(ConditionFailedError, match="it has expired"):
        sessions.delete(KEY, where=attribute(Session.clicks) == 7)
    assert stored(over) is not None
    assert sessions.delete(KEY) is False
    assert stored(over) is None
    sessions.create(session())
    assert sessions.delete(KEY) is True


def test_an_upsert_makes_a_new_item(over, clock):
    """Nothing of the old one comes back."""
    made = over[Session].update(KEY, {"status": "NEW", "expires": clock.now + HOUR}, upsert=True)
    assert made == session(status="NEW", clicks=0, expires=clock.now + HOUR)
    assert over[Session].query("ByExpiry", status="NEW").all() == [made]
    changed = over[Session].update(KEY, {"status": "NEWER", "expires": clock.now + HOUR}, upsert=True)
    assert changed.status == "NEWER"


def test_an_upsert_counts_from_the_beginning(sessions, clock):
    """A counter with a time, as for limits of requests."""
    key = {"user_id": "1", "number": 1}
    changes = (attribute(Code.uses).add(1), attribute(Code.lasts).set_if_absent(HOUR))
    for uses in (1, 2, 3):
        assert sessions[Code].update(key, *changes, upsert=True).uses == uses
        clock.forward(HOUR / 4)
    assert sessions[Code].require(key).lasts == HOUR / 4
    clock.forward(HOUR)
    again = sessions[Code].update(key, *changes, upsert=True)
    assert (again.uses, again.lasts) == (1, HOUR)


def test_the_condition_of_an_upsert_sees_no_item(over, clock):
    """It may want that there is none."""
    changes = {"status": "NEW", "expires": clock.now + HOUR}
    with pytest.raises(ConditionFailedError, match="there is no Session yet"):
        over[Session].update(KEY, changes, where=attribute(Session.clicks) == 7, upsert=True)
    where = attribute(Session.clicks).absent()
    assert over[Session].update(KEY, changes, where=where, upsert=True).clicks == 0


def test_transactions(over, clock):
    """The same verbs; an upsert makes a new item."""
    def attempt(act):
        with pytest.raises(TransactionCanceledError) as refused, over.transaction() as tx:
            act(tx[Session])
        return refused.value.reasons[0]

    loaded = over[Session].require(KEY, include_expired=True)
    reasons = [
        attempt(lambda verbs: verbs.update(KEY, {"clicks": 8})),
        attempt(lambda verbs: verbs.save(evolve(loaded, clicks=8), since=loaded)),
        attempt(lambda verbs: verbs.check(KEY)),
        attempt(lambda verbs: verbs.delete(KEY, must_exist=True)),
        attempt(lambda verbs: verbs.move(loaded, {"token": "u"})),
    ]
    assert [type(reason) for reason in reasons] == [ItemNotFoundError] * 5
    assert all("it has expired" in str(reason) for reason in reasons)
    changes = {"status": "NEW", "expires": clock.now + HOUR}
    with over.transaction() as tx:
        tx[Session].update(KEY, changes, upsert=True)
    new = over[Session].require(KEY)
    assert (new.status, new.clicks, new.expires) == ("NEW", 0, clock.now + HOUR)


def test_a_check_of_what_has_not_expired(sessions):
    """It holds as before."""
    sessions[Session].create(session(expires=START + SECOND))
    with sessions.transaction() as tx:
        tx[Session].check(KEY, attribute(Session.clicks) == 0)
        tx[Profile].create(Profile(user_id="1"))
    assert sessions[Profile].get(user_id="1") is not None


def test_the_time_can_be_changed(sessions, clock):
    """Set, removed, set if absent, saved; index keys follow, by the second."""
    sessions[Session].create(session(expires=START + HOUR))
    later = START + 2 * HOUR - timedelta(microseconds=1)
    changed = sessions[Session].update(KEY, attribute(Session.expires).set(later), {"status": "KEPT"}, reread=True)
    assert changed.expires == START + 2 * HOUR
    item = stored(sessions)
    assert (item["ttl"], item["ByTimeSK"]) == (STAMP + 7200, "2126-05-01T14:00:00.000000Z/t")
    assert sessions[Session].query("ByExpiry", status="KEPT", expires=later).all() == [changed]
    assert sessions[Session].update(KEY, {"expires": later}, reread=True) == changed
    saved = sessions[Session].save(evolve(changed, expires=START + 3 * HOUR), since=evolve(changed, expires=later))
    assert saved.expires == START + 3 * HOUR
    with pytest.raises(ConditionFailedError):
        sessions[Session].save(evolve(changed, expires=START + 4 * HOUR), since=changed)
    kept = sessions[Session].update(KEY, attribute(Session.expires).remove(), reread=True)
    assert (kept.expires, "ttl" in stored(sessions), "ByTimeSK" in stored(sessions)) == (None, False, False)
    once = attribute(Session.expires).set_if_absent(later)
    assert sessions[Session].update(KEY, once, reread=True).expires == START + 2 * HOUR
    clock.forward(2 * HOUR)
    assert sessions[Session].get(KEY) is None


def test_conditions_of_writes_name_the_time(sessions, clock):
    """By the moment, or by what is left."""
    sessions[Session].create(session(expires=START + HOUR))
    longer = attribute(Session.expires) < START + HOUR + SECOND
    assert sessions[Session].update(KEY, {"clicks": 1}, where=longer).clicks == 1
    with pytest.raises(ConditionFailedError):
        sessions[Session].update(KEY, {"clicks": 2}, where=attribute(Session.expires) > START + HOUR)
    code = sessions[Code].create(Code(user_id="1", number=1, lasts=HOUR))
    clock.forward(HOUR / 2)
    assert sessions[Code].update(code, {"uses": 1}, where=attribute(Code.lasts) <= HOUR / 2).uses == 1
    with pytest.raises(ConditionFailedError):
        sessions[Code].update(code, {"uses": 2}, where=attribute(Code.lasts) > HOUR / 2)


def test_a_duration_is_counted_from_each_write(sessions, clock):
    """From a put anew; an update and a save that do not name it leave its moment as it is."""
    code = sessions[Code].create(Code(user_id="1", number=1, lasts=HOUR))
    end = STAMP + 3600
    clock.forward(HOUR / 2 + timedelta(microseconds=1))
    assert sessions[Code].update(code, {"uses": 1}).lasts == HOUR / 2 - timedelta(microseconds=1)
    loaded = sessions[Code].require(code)
    clock.forward(SECOND)
    saved = sessions[Code].save(evolve(loaded, uses=2), since=loaded)
    assert (saved.uses, stored(sessions, "CODE#0001")["ttl"]) == (2, end)
    moved = sessions[Code].move(code, {"number": 2})
    assert (moved.number, stored(sessions, "CODE#0002")["ttl"]) == (2, end)
    longer = sessions[Code].save(evolve(saved, number=2, lasts=2 * HOUR), since=evolve(saved, number=2))
    assert stored(sessions, "CODE#0002")["ttl"] == STAMP + 1800 + 2 + 7200
    assert timedelta() < longer.lasts - 2 * HOUR < SECOND
    clock.forward(HOUR)
    sessions[Code].put(evolve(longer, lasts=HOUR))
    assert stored(sessions, "CODE#0002")["ttl"] == STAMP + 1800 + 2 + 2 * 3600
    never = sessions[Code].save(evolve(longer, lasts=None), since=longer)
    assert never.lasts is None
    with sessions.transaction() as tx:
        tx[Code].move(never, {"number": 3})
        tx[Code].update({"user_id": "1", "number": 4}, attribute(Code.lasts).set(SECOND), upsert=True)
    assert stored(sessions, "CODE#0004")["ttl"] == STAMP + 1800 + 2 + 3600 + 1


def test_a_saved_duration_needs_one_that_was_there(sessions):
    """Which moment it was, what is left of it does not tell; that there was one, it does."""
    code = sessions[Code].create(Code(user_id="1", number=1, lasts=HOUR))
    sessions[Code].update(code, attribute(Code.lasts).remove())
    with pytest.raises(ConditionFailedError):
        sessions[Code].save(evolve(code, lasts=2 * HOUR), since=code)
    with sessions.transaction() as tx:
        tx[Code].move(evolve(code, lasts=None), {"number": 2})
    assert sessions[Code].require(user_id="1", number=2).lasts is None


def test_seconds_are_a_number(sessions):
    """They can be counted on, as any number."""
    key = {"user_id": "1", "name": "a"}
    sessions[Archive].create(Archive(**key, until=STAMP + 60))
    assert sessions[Archive].update(key, {"until": Increment("until", 3600)}).until == STAMP + 3660
    assert sessions[Archive].update(key, attribute(Archive.until).subtract(60)).until == STAMP + 3600
    with pytest.raises(ItemStructureError, match=r"\$\.until.*outside the years 1970 to 9999"):
        sessions[Archive].put(Archive(**key, until=STAMP * 1000))


@pytest.mark.parametrize("moment, told", [
    (START.replace(tzinfo=None), r"is naive"),
    (START.replace(year=1969), r"outside the years 1970 to 9999"),
    (datetime.max.replace(tzinfo=START.tzinfo), r"outside the years 1970 to 9999"),
    ("soon", r"expected datetime, got 'soon'"),
    (5, r"expected datetime, got 5"),
])
def test_a_wrong_moment_is_refused_before_anything_is_sent(sessions, moment, told):
    """By put and by update, with the place."""
    with pytest.raises(ItemStructureError, match=rf"\$\.expires: .*{told}"):
        sessions[Session].put(session(expires=moment))
    with pytest.raises(ItemStructureError, match=rf"\$\.ttl: .*{told}"):
        sessions[Session].update(KEY, {"expires": moment, "status": "x"}, upsert=True)
    assert sessions[Session].scan().include_expired().all() == []


@pytest.mark.parametrize("time", [timedelta(days=-99999999), timedelta.max])
def test_a_wrong_duration_is_refused_before_anything_is_sent(sessions, time):
    """It would leave the calendar."""
    with pytest.raises(ItemStructureError, match=r"\$\.lasts: .*outside the years 1970 to 9999"):
        sessions[Code].put(Code(user_id="1", number=1, lasts=time))
    with pytest.raises(ItemStructureError, match=r"\$\.ttl: .*outside the years 1970 to 9999"):
        sessions[Code].update({"user_id": "1", "number": 1}, {"lasts": time})


def test_what_a_time_cannot_be_made_of(sessions):
    """It is a number in the item, but no number to its entity."""
    cases = [
        (Code, {"lasts": Increment("lasts", 5)}, "nothing can be added"),
        (Code, path("lasts").add(timedelta(hours=1)), "nothing can be added"),
        (Session, {"expires": Increment("expires", 5)}, "is datetime"),
        (Session, path("expires").append(1), "not a list"),
    ]
    keys = {Code: {"user_id": "1", "number": 1}, Session: KEY}
    for cls, change, told in cases:
        with pytest.raises(ExpressionError, match=told):
            sessions[cls].update(keys[cls], change)
    for condition in (path("expires").begins_with("2"), path("expires").contains("2"), path("expires") > "2126"):
        with pytest.raises(ExpressionError):
            sessions[Session].query(user_id="1").filter(condition)


@entity(pk="<name>", sk="LEASE")
class Lease:
    name: str
    seen: datetime
    pause: timedelta = timedelta(0)
    until: datetime | None = field(default=None, ttl=True)


def test_a_time_stands_beside_no_other(client, table_name):
    """Another datetime is stored as text: they can neither be compared nor copied."""
    store = Table(table_name, Lease).connect(client)
    store.create_table()
    store[Lease].create(Lease(name="x", seen=START))
    ttl, other = attribute(Lease.until), attribute(Lease.seen)
    for condition in (ttl < other, other < ttl, ttl.between(START, other), ttl.in_([START, other])):
        with pytest.raises(ExpressionError, match="'until' of entity 'Lease' is the ttl field"):
            store[Lease].scan().filter(condition)
    for change in (path("until").copy(other), other.copy(path("until"))):
        with pytest.raises(ExpressionError, match="'until' of entity 'Lease' is the ttl field"):
            store[Lease].update({"name": "x"}, change)
    assert store[Lease].update({"name": "x"}, ttl.set(START)).until == START
