"""Versions: every write counts, and whoever read an item writes only what he has read."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pynamite import Index, Table, attribute, entity, evolve, field
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ExpressionError,
    ItemExistsError,
    ItemNotFoundError,
    ItemStructureError,
    StaleVersionError,
    TransactionCanceledError,
)

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


@entity(pk="DOC#<doc_id>", sk="DOC", indexes={"ByTopic": ("TOPIC#<topic>", "<doc_id>")})
class Doc:
    doc_id: str
    text: str = ""
    topic: str | None = None
    reads: int = 0
    version: int = field(default=0, version=True, name="v")


@entity(pk="DOC#<doc_id>", sk="PAGE#<number:pad(3)>")
class Page:
    doc_id: str
    number: int


@pytest.fixture
def store(client, table_name):
    made = Table(table_name, Doc, Page, indexes=[Index("ByTopic")]).connect(client)
    made.create_table()
    return made


@pytest.fixture
def docs(store):
    return store[Doc]


KEY = {"doc_id": "1"}


def stored(store, doc_id: str = "1") -> dict[str, Any]:
    """The item itself."""
    found: dict[str, Any] = store.db.get([f"DOC#{doc_id}", "DOC"])
    return found


def from_before(store, **more: Any) -> None:
    """Put an item that was written before its versions were counted."""
    store.db.put(["DOC#1", "DOC"], {"_type": "Doc", "doc_id": "1", **more})


def refused(write, expected, found):
    """Carry out a write that has to be refused, and give what is told to be there."""
    with pytest.raises(StaleVersionError) as stale:
        write()
    assert (stale.value.expected, stale.value.found, stale.value.entity) == (expected, found, "Doc")
    return stale.value.item


def test_every_write_counts(docs):
    """From 1 on; each verb gives the instance with its new version."""
    doc = docs.create(Doc(doc_id="1"))
    assert doc.version == 1
    doc = docs.put(evolve(doc, text="a"))
    assert doc.version == 2
    doc = docs.update(doc, {"text": "b"})
    assert doc.version == 3
    doc = docs.update(KEY, attribute(Doc.reads).add(1))
    assert doc.version == 4
    doc = docs.save(evolve(doc, text="c"), since=doc)
    assert doc.version == 5
    doc = docs.move(doc, {"doc_id": "2"})
    assert (doc.version, doc) == (6, docs.require(doc_id="2"))
    assert docs.swap(evolve(doc, text="d")) == doc
    assert docs.pop(evolve(doc, version=7)) == evolve(doc, text="d", version=7)
    assert docs.delete(doc) is False


def test_a_new_item_has_version_1_whatever_it_was_made_of(docs):
    """A copy of another item begins anew, as does an item that was deleted."""
    doc = docs.update(docs.create(Doc(doc_id="1")), {"text": "a"})
    assert docs.create(evolve(doc, doc_id="2")) == Doc(doc_id="2", text="a", version=1) == docs.get(doc_id="2")
    docs.delete(doc)
    assert docs.create(doc).version == 1
    with pytest.raises(ItemExistsError):
        docs.create(doc)


def test_an_instance_has_to_be_the_stored_one(docs):
    """By every verb that takes one: it was read, and changed by somebody else since."""
    old = docs.create(Doc(doc_id="1"))
    now = docs.update(KEY, {"text": "theirs"})
    writes = (
        lambda: docs.put(evolve(old, text="mine")),
        lambda: docs.update(old, {"text": "mine"}),
        lambda: docs.update(old, {"text": "mine"}, upsert=True),
        lambda: docs.update(old, {"text": "mine"}, reread=True),
        lambda: docs.save(evolve(old, text="mine"), since=old),
        lambda: docs.move(old, {"doc_id": "2"}),
        lambda: docs.delete(old),
        lambda: docs.delete(old, must_exist=True),
        lambda: docs.pop(old),
        lambda: docs.swap(evolve(old, text="mine")),
        lambda: docs.delete_many([old]),
        lambda: docs.put_many([old]),
    )
    for write in writes:
        assert refused(write, 1, 2) == now
    assert docs.require(KEY) == now
    assert docs.scan().count() == 1


def test_the_error_says_what_to_do_and_survives(docs):
    """Its facts are attributes; the database's own error is its cause."""
    old = docs.create(Doc(doc_id="1"))
    now = docs.update(KEY, {"text": "theirs"})
    with pytest.raises(StaleVersionError) as stale:
        docs.update(old, {"text": "mine"})
    assert str(stale.value) == (
        f"the Doc with doc_id='1' in table {docs.session.table_name!r} has version 2, not 1 as when it was read: "
        "read it again, and make the changes anew"
    )
    assert stale.value.__cause__ is not None
    copy = pickle.loads(pickle.dumps(stale.value))
    assert (copy.expected, copy.found, copy.item, copy.key) == (1, 2, now, {"PK": "DOC#1", "SK": "DOC"})


def test_fields_for_a_key_are_not_checked(docs):
    """Who names the item only, has not read it."""
    docs.create(Doc(doc_id="1"))
    docs.update(KEY, {"text": "theirs"})
    assert docs.update({"doc_id": "1"}, {"text": "mine"}).version == 3
    assert docs.move(KEY, {"doc_id": "2"}).version == 4
    assert docs.delete(doc_id="2") is True


def test_two_readers_do_not_lose_each_others_changes(docs):
    """The second is refused, reads again, and goes on."""
    docs.create(Doc(doc_id="1", reads=1))
    first, second = docs.require(KEY), docs.require(KEY)
    docs.put(evolve(first, reads=first.reads + 1))
    there = refused(lambda: docs.put(evolve(second, reads=second.reads + 1)), 1, 2)
    assert docs.put(evolve(there, reads=there.reads + 1)).reads == 3


def test_what_is_gone_stays_gone(docs):
    """Neither a put nor an upsert of what was read makes it again; a new instance does."""
    old = docs.create(Doc(doc_id="1"))
    docs.delete(doc_id="1")
    assert refused(lambda: docs.put(old), 1, None) is None
    assert refused(lambda: docs.update(old, {"text": "x"}, upsert=True), 1, None) is None
    assert refused(lambda: docs.update(old, {"text": "x"}, upsert=True, reread=True), 1, None) is None
    for gone in (
        lambda: docs.update(old, {"text": "x"}),
        lambda: docs.move(old, {"doc_id": "2"}),
        lambda: docs.save(evolve(old, text="x"), since=old),
        lambda: docs.delete(old, must_exist=True),
    ):
        with pytest.raises(ItemNotFoundError):
            gone()
    assert docs.delete(old) is False
    assert docs.put(Doc(doc_id="1")).version == 1


def test_a_new_instance_replaces_no_item_that_counts(docs):
    """It was not read; to replace whatever is there, change it by its key."""
    docs.create(Doc(doc_id="1", text="theirs"))
    there = refused(lambda: docs.put(Doc(doc_id="1", text="mine")), 0, 1)
    assert there == Doc(doc_id="1", text="theirs", version=1)
    assert refused(lambda: docs.update(Doc(doc_id="1"), {"text": "mine"}), 0, 1) == there
    assert docs.update(KEY, {"text": "mine"}).version == 2


def test_items_from_before_have_version_0(store, docs):
    """The first write of one counts 1, whichever it is; it may not be another's by then."""
    writes = (
        lambda old: docs.put(evolve(old, text="x")),
        lambda old: docs.update(old, {"text": "x"}),
        lambda old: docs.update(old, {"text": "x"}, upsert=True),
        lambda old: docs.update(KEY, {"text": "x"}),
        lambda old: docs.save(evolve(old, text="x"), since=old),
        lambda old: docs.move(docs.move(old, {"doc_id": "2"}), {"doc_id": "1"}),
    )
    for number, write in enumerate(writes):
        from_before(store)
        old = docs.require(KEY)
        assert old.version == 0
        assert write(old).version == 1 + (number == 5)
        refused(lambda old=old: docs.update(old, {"text": "y"}), 0, 1 + (number == 5))
        refused(lambda old=old: docs.delete(old), 0, 1 + (number == 5))
    from_before(store)
    assert docs.delete(Doc(doc_id="1")) is True
    from_before(store)
    assert refused(lambda: docs.update(Doc(doc_id="1", version=3), {"text": "x"}), 3, 0) == Doc(doc_id="1")


def test_index_keys_go_with_the_version(store, docs):
    """In the same write, that reads first where it has to."""
    doc = docs.create(Doc(doc_id="1", topic="a"))
    doc = docs.update(doc, {"topic": "b"})
    assert docs.query("ByTopic", topic="b").all() == [doc]
    doc = docs.save(evolve(doc, topic=None), since=doc)
    assert docs.query("ByTopic", topic="b").all() == []
    assert "ByTopicPK" not in stored(store)
    refused(lambda: docs.update(evolve(doc, version=1), {"topic": "c"}), 1, 3)
    assert "ByTopicPK" not in stored(store)


def test_a_condition_goes_with_the_version(docs):
    """The version is told first; what else did not hold is a failed condition."""
    old = docs.create(Doc(doc_id="1"))
    with pytest.raises(ConditionFailedError) as failed:
        docs.update(old, {"text": "x"}, where=attribute(Doc.reads) > 3)
    assert type(failed.value) is ConditionFailedError
    now = docs.update(old, {"text": "x"}, where=attribute(Doc.reads) == 0)
    refused(lambda: docs.put(old, where=attribute(Doc.reads) > 3), 1, 2)
    refused(lambda: docs.delete(old, where=attribute(Doc.reads) > 3), 1, 2)
    assert docs.update(KEY, {"text": "y"}, where=attribute(Doc.version) == 2).version == 3
    assert docs.put(evolve(now, version=3), where=attribute(Doc.text) == "y").version == 4


def test_the_version_is_not_changed_by_hand(docs):
    """By none of the verbs that change something."""
    doc = docs.create(Doc(doc_id="1"))
    told = "field 'version' of entity 'Doc' is the version, which every write counts up: leave it as it is"
    for changes in ({"version": 5}, attribute(Doc.version).add(1), attribute(Doc.version).remove()):
        with pytest.raises(ExpressionError, match=told):
            docs.update(doc, changes)
    with pytest.raises(ExpressionError, match=told):
        docs.save(evolve(doc, text="x", version=5), since=doc)
    with pytest.raises(ExpressionError, match=told):
        docs.move(doc, {"doc_id": "2", "version": 5})
    for version in (-1, True, "1"):
        with pytest.raises(ItemStructureError, match=r"\$.version: expected a version, a whole number from 0 up"):
            docs.put(evolve(doc, version=version))
    assert docs.require(KEY) == doc


def test_a_save_without_a_difference_counts_nothing(docs):
    """It writes nothing."""
    doc = docs.create(Doc(doc_id="1"))
    assert docs.save(evolve(doc), since=doc) == doc == docs.require(KEY)


def test_attributes_that_nobody_declares_survive(store, docs):
    """They are no reason to refuse, and stay."""
    doc = docs.create(Doc(doc_id="1"))
    store.db.update("DOC#1.DOC", {"legacy": 1})
    doc = docs.save(evolve(doc, text="x"), since=doc)
    docs.move(doc, {"doc_id": "2"})
    assert stored(store, "2")["legacy"] == 1


def test_an_upsert_makes_version_1_or_counts(docs):
    """With fields for a key, or a new instance, as nobody has read anything."""
    assert docs.update(KEY, {"text": "a", "topic": None}, upsert=True).version == 1
    assert docs.update(KEY, {"text": "b", "topic": None}, upsert=True).version == 2
    assert docs.update(KEY, attribute(Doc.reads).add(1), upsert=True, reread=True).version == 3
    assert docs.update(Doc(doc_id="2"), {"text": "a", "topic": None}, upsert=True).version == 1
    refused(lambda: docs.update(Doc(doc_id="2"), {"text": "a", "topic": None}, upsert=True), 0, 1)


def test_many_go_one_by_one(docs):
    """A batch could not check them; those before the one at fault are done."""
    docs.put_many([Doc(doc_id="1"), Doc(doc_id="2"), Doc(doc_id="1", text="last")])
    assert sorted((doc.doc_id, doc.text, doc.version) for doc in docs.scan()) == [("1", "last", 1), ("2", "", 1)]
    one, two = docs.get_many([{"doc_id": "1"}, {"doc_id": "2"}])
    docs.update({"doc_id": "2"}, {"text": "theirs"})
    refused(lambda: docs.put_many([one, two]), 1, 2)
    assert [doc and doc.version for doc in docs.get_many([one, two])] == [2, 2]
    docs.delete_many([{"doc_id": "1"}, evolve(two, version=2)])
    assert docs.scan().all() == []


def test_a_transaction_checks_each_instance(store, docs):
    """The reasons are those of the operations; nothing is written."""
    one, two = docs.create(Doc(doc_id="1")), docs.create(Doc(doc_id="2"))
    docs.update({"doc_id": "2"}, {"text": "theirs"})
    with pytest.raises(TransactionCanceledError) as no, store.transaction() as tx:
        tx[Doc].put(evolve(one, text="mine"))
        tx[Doc].update(two, {"text": "mine"})
        tx[Doc].create(Doc(doc_id="3"))
    first, second, third = no.value.reasons
    assert (first, third) == (None, None)
    assert isinstance(second, StaleVersionError) and (second.expected, second.found) == (1, 2)
    assert second.item == Doc(doc_id="2", text="theirs", version=2)
    with store.transaction() as tx:
        assert tx[Doc].put(evolve(one, text="mine")).version == 2
        tx[Doc].update(evolve(two, version=2), {"text": "mine"})
        assert tx[Doc].create(Doc(doc_id="3", version=9)).version == 1
    assert sorted((doc.doc_id, doc.version) for doc in docs.scan()) == [("1", 2), ("2", 3), ("3", 1)]


def test_every_verb_of_a_transaction_counts_or_checks(store, docs):
    """Saves, moves, deletes and mere checks."""
    given = {name: docs.create(Doc(doc_id=name)) for name in "abcd"}
    with store.transaction() as tx:
        tx[Doc].save(evolve(given["a"], text="x"), since=given["a"])
        tx[Doc].move(given["b"], {"doc_id": "bb"})
        tx[Doc].delete(given["c"])
        tx[Doc].check(given["d"])
    assert sorted((doc.doc_id, doc.version) for doc in docs.scan()) == [("a", 2), ("bb", 2), ("d", 1)]
    docs.update({"doc_id": "d"}, {"text": "x"})
    docs.create(Doc(doc_id="b"))
    docs.update({"doc_id": "b"}, {"text": "x"})
    verbs = (
        lambda tx: tx[Doc].save(evolve(given["a"], text="y"), since=given["a"]),
        lambda tx: tx[Doc].move(given["b"], {"doc_id": "bc"}),
        lambda tx: tx[Doc].delete(given["d"]),
        lambda tx: tx[Doc].check(given["d"]),
        lambda tx: tx[Doc].check(given["d"], attribute(Doc.text) == "x"),
    )
    for verb in verbs:
        with pytest.raises(TransactionCanceledError) as no, store.transaction() as tx:
            verb(tx)
        assert type(next(reason for reason in no.value.reasons if reason)) is StaleVersionError
    with store.transaction() as tx:
        tx[Doc].check({"doc_id": "d"}, attribute(Doc.version) == 2)
        tx[Doc].check(evolve(given["d"], version=2), attribute(Doc.text) == "x")
        tx[Page].create(Page(doc_id="d", number=1))


def test_a_check_takes_one_version_of_an_item(store, docs):
    """Two of them are a mistake of the program's."""
    doc = docs.create(Doc(doc_id="1"))
    with pytest.raises(DefinitionError, match="concern"), store.transaction() as tx:
        tx[Doc].check(doc)
        tx[Doc].check(evolve(doc, version=2))
    with store.transaction() as tx:
        tx[Doc].check(doc)
        tx[Doc].check(KEY)
        tx[Doc].check(doc)


def test_changes_that_only_add_become_one_write_of_one_version(store, docs):
    """Without instances, several of a transaction count once."""
    docs.create(Doc(doc_id="1"))
    with store.transaction() as tx:
        for _ in range(3):
            tx[Doc].update(KEY, attribute(Doc.reads).add(2))
    assert docs.require(KEY) == Doc(doc_id="1", reads=6, version=2)


def test_a_foreign_item_has_no_version(store, docs):
    """It is told as foreign."""
    store.db.put(["DOC#1", "DOC"], {"_type": "Robot", "v": 1})
    with pytest.raises(ConditionFailedError, match="another type") as foreign:
        docs.put(Doc(doc_id="1", version=1))
    assert type(foreign.value) is ConditionFailedError
    with pytest.raises(ItemNotFoundError, match="another type"):
        docs.update(Doc(doc_id="1", version=1), {"text": "x"})


def test_a_version_may_be_an_index_key(client, table_name):
    """By itself it follows without reading; with other fields, the item has to be read."""

    @entity(pk="<id>", indexes={"ByVersion": ("ALL", "<version:pad(6)>#<id>"), "ByNumber": ("DOCS",)})
    class Note:
        id: str
        text: str = ""
        version: int = field(default=0, version=True)

    indexes = [Index("ByVersion"), Index("ByNumber", sk="version")]
    store = Table(table_name, Note, sk=None, indexes=indexes, type_attribute=None).connect(client)
    store.create_table()
    notes = store[Note]
    a, b = notes.create(Note(id="a")), notes.create(Note(id="b"))
    a = notes.update(a, {"text": "x"})
    assert notes.query("ByVersion").all() == [b, a]
    with pytest.raises(ExpressionError, match="reread"):
        notes.update({"id": "b"}, {"text": "y"})
    b = notes.update({"id": "b"}, {"text": "y"}, reread=True)
    b = notes.save(evolve(b, text="z"), since=b)
    assert notes.query("ByVersion").all() == notes.query("ByNumber").all() == [a, b]
    assert notes.query("ByNumber").gt(version=2).all() == [b]


@entity(pk="POST#<slug>", sk="POST", unique=["title:lower"])
class Post:
    """Everything together: a version, stamps, unique values."""

    slug: str
    title: str | None = None
    views: int = 0
    version: int = field(default=0, version=True)
    created_at: datetime | None = field(default=None, created=True)
    updated_at: datetime | None = field(default=None, updated=True)


@pytest.fixture
def blog(client, table_name):
    """Posts, on a clock that goes on by a minute with each look at it."""
    looks = iter(range(1000))
    store = Table(table_name, Post).connect(client, now=lambda: START + timedelta(minutes=next(looks)))
    store.create_table()
    return store


def titles(store):
    """Whose the titles are, by the guard items."""
    found = [item for item in store.db.scan() if item["_type"] == "Post!unique"]
    return {item["PK"].removeprefix("UNIQUE#Post#title#"): item["_owner"]["PK"] for item in found}


def test_versions_stamps_and_unique_values_go_together(blog):
    """One write does it all, and gives what is stored."""
    posts = blog[Post]
    post = posts.create(Post(slug="a", title="One"))
    assert (post.version, post.updated_at) == (1, post.created_at)
    made_at = post.created_at
    steps = (
        lambda post: posts.update(post, {"title": "Two"}),
        lambda post: posts.update({"slug": "a"}, {"title": "Three"}, attribute(Post.views).add(1)),
        lambda post: posts.save(evolve(post, title="Four"), since=post),
        lambda post: posts.put(evolve(post, title="FOUR")),
        lambda post: posts.move(post, {"slug": "b", "title": "Five"}),
        lambda post: posts.move({"slug": "b"}, {"slug": "a"}),
    )
    for number, step in enumerate(steps, 2):
        after = step(post)
        assert after == posts.require(slug=after.slug)
        assert (after.version, after.created_at) == (number, made_at)
        assert after.updated_at > post.updated_at
        assert titles(blog) == {after.title.lower(): f"POST#{after.slug}"}
        refused_write = lambda post=post: posts.update(post, {"title": "Mine"}, upsert=True)  # noqa: E731
        with pytest.raises(StaleVersionError):
            refused_write()
        post = after
    assert posts.delete(post) is True
    assert blog.db.scan() == []


def test_of_a_stale_instance_no_value_is_taken(blog):
    """Neither given up, by any of the verbs; the version is the reason."""
    posts = blog[Post]
    old = posts.create(Post(slug="a", title="one"))
    now = posts.update({"slug": "a"}, {"views": 1})
    for write in (
        lambda: posts.put(evolve(old, title="two")),
        lambda: posts.update(old, {"title": "two"}),
        lambda: posts.save(evolve(old, title="two"), since=old),
        lambda: posts.move(old, {"slug": "b", "title": "two"}),
        lambda: posts.delete(old),
        lambda: posts.put(Post(slug="a", title="two")),
    ):
        with pytest.raises(StaleVersionError) as stale:
            write()
        assert stale.value.item == now
    assert titles(blog) == {"one": "POST#a"}


def test_a_transaction_of_all_of_them_has_one_moment(blog):
    """Two posts swap their titles, and a third is made and stamped with them."""
    a, b = (blog[Post].create(Post(slug=name, title=name)) for name in "ab")
    with blog.transaction() as tx:
        tx[Post].save(evolve(a, title="b"), since=a)
        tx[Post].update(b, {"title": "a"})
        tx[Post].create(Post(slug="c", title="c"))
    found = blog[Post].scan().all()
    assert {(post.slug, post.title, post.version) for post in found} == {("a", "b", 2), ("b", "a", 2), ("c", "c", 1)}
    assert len({post.updated_at for post in found}) == 1
    assert titles(blog) == {"a": "POST#b", "b": "POST#a", "c": "POST#c"}
