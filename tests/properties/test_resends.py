"""What is said to be safe to send again, is: by the embedded engine, doing it twice is doing it once."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, event, given, reject, settings
from hypothesis import strategies as st

from pynamite.errors import ExpressionError
from pynamite.expression import nodes
from pynamite.expression.paths import overlap
from pynamite.expression.update import assemble
from pynamite.local.apply import apply_update
from pynamite.local.evaluate import holds
from pynamite.operation.resend import Resend, delete_resend, put_resend, update_resend
from pynamite.wire import equal_items

KEY = {"pk": {"S": "1"}}

# Few names and few values, so that what is written and what a condition reads meet.
names = st.sampled_from(["b", "c", "d"])
values: st.SearchStrategy[dict[str, Any]] = st.sampled_from([
    {"S": "x"}, {"N": "1"}, {"N": "1.0"}, {"N": "2"}, {"SS": ["x"]}, {"SS": ["y", "x"]}, {"L": [{"N": "1"}]},
    {"L": [{"N": "1"}, {"SS": ["x"]}]}, {"M": {"b": {"N": "1"}, "c": {"SS": ["x"]}}},
])
steps = st.lists(st.one_of(names, st.integers(0, 1)), max_size=1)
paths = st.tuples(names, steps).map(lambda parts: nodes.Path((parts[0], *parts[1])))
read_paths = st.one_of(paths, st.just(nodes.Path(("pk",))))
bound = values.map(nodes.Value)
number = st.just(nodes.Value({"N": "1"}))
some_set = st.sampled_from([nodes.Value({"SS": ["x"]}), nodes.Value({"SS": ["x", "z"]})])
plain = st.one_of(bound, paths)
set_values = st.one_of(
    bound, paths, st.builds(nodes.IfNotExists, paths, plain), st.builds(nodes.ListAppend, plain, plain),
    st.builds(nodes.Arithmetic, st.sampled_from("+-"), st.builds(nodes.IfNotExists, paths, number), number))
actions: list[st.SearchStrategy[Any]] = [
    st.builds(nodes.Set, paths, bound), st.builds(nodes.Set, paths, set_values), st.builds(nodes.Remove, paths),
    st.builds(nodes.Add, paths, number | some_set), st.builds(nodes.Delete, paths, some_set)]
updates = st.lists(st.one_of(actions), min_size=1, max_size=2).filter(
    lambda drawn: overlap(action.path for action in drawn) is None).map(assemble)
asked = st.one_of(
    st.builds(nodes.Function, st.sampled_from(["attribute_exists", "attribute_not_exists"]), st.tuples(read_paths)),
    st.builds(nodes.Compare, st.sampled_from(["=", "<>", "<"]), read_paths, bound),
    st.builds(nodes.Compare, st.just("="), bound, read_paths),
)
conditions = st.recursive(asked, lambda inner: st.one_of(
    st.lists(inner, min_size=2, max_size=3).map(lambda parts: nodes.conjunction(*parts)),
    st.lists(inner, min_size=2, max_size=3).map(lambda parts: nodes.disjunction(*parts)),
    inner.map(nodes.Not)), max_leaves=4)
absent = nodes.Function("attribute_not_exists", (nodes.Path(("pk",)),))
wheres = st.one_of(
    st.none(), st.just(absent), conditions, conditions.map(lambda part: nodes.conjunction(absent, part)),
    conditions.map(lambda part: nodes.disjunction(absent, part)))
contents = st.dictionaries(names, values, max_size=3).map(lambda content: {**KEY, **content})
stored: st.SearchStrategy[dict[str, Any]] = st.one_of(st.just({}), contents)


def allowed(condition, item):
    return condition is None or holds(condition, item)


def after(item, update):
    """Give the item as an update leaves it, whether it was there or not; what cannot be done is no example."""
    try:
        return {**KEY, **apply_update(update, item)}
    except ExpressionError:
        reject()


@given(stored, updates)
def test_an_update_that_is_safe_makes_the_same_item_again(item, update):
    """Whatever it is made of: values, sets, copies, defaults."""
    once = after(item, update)
    resend = update_resend(KEY, update, None)
    event(str(resend))
    if resend is Resend.SAFE:
        assert equal_items(apply_update(update, once), once)


# Most conditions do not hold for an item that was drawn beside them.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(stored, st.builds(nodes.Set, paths, bound) | st.builds(nodes.Remove, paths), conditions)
def test_an_update_that_is_safe_is_allowed_the_second_time(item, action, condition):
    """Its own effect leaves its condition true."""
    update = assemble([action])
    once = after(item, update)
    assume(allowed(condition, item))
    resend = update_resend(KEY, update, condition)
    event(str(resend))
    if resend is Resend.SAFE:
        assert allowed(condition, once)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(stored, contents, wheres)
def test_a_put_that_is_safe_is_allowed_the_second_time(before, item, condition):
    """Its condition holds for what it has put; and what is to be compared is refused because of it."""
    assume(allowed(condition, before))
    resend = put_resend(item, KEY, condition)
    event(str(resend))
    if resend is Resend.SAFE:
        assert allowed(condition, item)
    if resend is Resend.COMPARE:
        assert before == {} and not allowed(condition, item)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(stored, wheres)
def test_a_deletion_that_is_safe_is_allowed_the_second_time(before, condition):
    """Its condition holds where there is nothing any more."""
    assume(allowed(condition, before))
    resend = delete_resend(condition)
    event(str(resend))
    if resend is Resend.SAFE:
        assert allowed(condition, {})
