"""What holds of every expression: text and tree are each other's inverse, and evaluation obeys its laws."""

from __future__ import annotations

import contextlib
import copy
from decimal import Context, Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pynamite.errors import ExpressionError
from pynamite.expression.check import bind_condition, bind_projection, bind_update
from pynamite.expression.fill import fill, placeholders
from pynamite.expression.lex import Tokens
from pynamite.expression.nodes import Compare, Not, Path, Projection, Size, Update, Value, conjunction, disjunction
from pynamite.expression.parse import parse_condition, parse_projection_text, parse_update
from pynamite.expression.paths import overlap, parse_path, parse_projection
from pynamite.expression.render import Renderer
from pynamite.local.apply import apply_update
from pynamite.local.evaluate import equal, holds, lookup, project
from tests.properties import expressions


@given(expressions.paths_of(expressions.any_name))
def test_the_text_of_a_path_is_read_as_the_same_path(path):
    """parse_path(str(path)) == path, whatever the names are."""
    assert parse_path(str(path)) == path


@given(st.text())
def test_a_text_is_a_path_or_refused(text):
    """Nothing but an ExpressionError comes of a malformed path, and a path that is read keeps its text's meaning."""
    try:
        path = parse_path(text)
    except ExpressionError:
        return
    assert parse_path(str(path)) == path


@given(st.lists(expressions.paths_of(expressions.any_name), min_size=1, max_size=4))
def test_a_projection_of_apart_paths_is_read_back(paths):
    """Commas inside names take a backslash, blanks around a path belong to nobody."""
    texts = [str(path).replace(",", r"\,") for path in paths]
    assume(overlap(paths) is None)
    assume(all(text == text.strip() for text in texts))

    assert parse_projection(" , ".join(texts)) == Projection(tuple(paths))


@given(expressions.conditions)
def test_the_text_of_a_condition_is_read_as_the_same_condition(tree):
    """fill(parse(render(tree))) == tree; the text refers to exactly the names and values that go with it."""
    renderer = Renderer()
    parsed = parse_condition(renderer.condition(tree))

    assert fill(parsed, renderer.names, renderer.values) == tree
    assert placeholders(parsed) == (frozenset(renderer.names), frozenset(renderer.values))


@given(expressions.updates)
def test_the_text_of_an_update_is_read_as_the_same_update(tree):
    """fill(parse(render(tree))) == tree; the text refers to exactly the names and values that go with it."""
    renderer = Renderer()
    parsed = parse_update(renderer.update(tree))

    assert fill(parsed, renderer.names, renderer.values) == tree
    assert placeholders(parsed) == (frozenset(renderer.names), frozenset(renderer.values))


@given(expressions.projections)
def test_the_text_of_a_projection_is_read_as_the_same_projection(tree):
    """fill(parse(render(tree))) == tree."""
    renderer = Renderer()

    assert fill(parse_projection_text(renderer.projection(tree)), renderer.names) == tree


@given(expressions.conditions)
def test_an_expression_has_the_same_text_every_time(tree):
    """The placeholders follow from the tree alone."""
    one, other = Renderer(), Renderer()

    assert one.condition(tree) == other.condition(copy.deepcopy(tree))
    assert one.parameters() == other.parameters()


@given(st.text(st.sampled_from("ab :v#n.,[]()0<>=+-ANDORsetsize "), max_size=40))
def test_a_text_is_an_expression_or_refused(text):
    """Nothing but an ExpressionError comes of malformed text, by any of the grammars."""
    for parse in (parse_condition, parse_update, parse_projection_text):
        with contextlib.suppress(ExpressionError):
            assert parse(text) == parse(f" {text} ")


@given(st.text(max_size=40))
def test_tokens_leave_nothing_but_blanks_out(text):
    """Put together, the tokens are the text without its blanks."""
    assume(text)
    tokens = Tokens(text)
    taken = []
    while tokens.current:
        taken.append(tokens.take())

    assert "".join(taken) == "".join(character for character in text if character not in " \t\r\n")


@given(expressions.conditions, expressions.items)
def test_a_condition_or_its_opposite_holds(condition, item):
    """There is no third case: what is not there makes a comparison false, and its NOT true."""
    assert holds(condition, item) != holds(Not(condition), item)


@given(expressions.conditions, expressions.conditions, expressions.items)
def test_and_and_or_are_what_they_are_in_logic(one, other, item):
    """De Morgan's laws and all."""
    told = holds(one, item), holds(other, item)

    assert holds(conjunction(one, other), item) == all(told)
    assert holds(disjunction(one, other), item) == any(told)


@given(expressions.wire_values, expressions.wire_values, expressions.wire_values)
def test_equality_is_one(one, other, third):
    """Every value equals itself; equality goes both ways and is passed on."""
    assert equal(one, one)
    assert equal(one, other) == equal(other, one)
    assert not (equal(one, other) and equal(other, third)) or equal(one, third)


@given(expressions.scalars, expressions.scalars)
def test_scalars_of_one_type_are_in_one_order(one, other):
    """Of two numbers, texts or binaries exactly one of <, = and > is true; of others only = may be."""
    item = {"a": one, "b": other}
    told = [holds(Compare(operator, Path(("a",)), Path(("b",))), item) for operator in ("<", "=", ">")]

    if one.keys() == other.keys() and one.keys() & {"S", "N", "B"}:
        assert told.count(True) == 1
        assert holds(Compare("<=", Path(("a",)), Value(other)), item) == (not told[2])
    else:
        assert not told[0]
        assert not told[2]


@given(expressions.projections, expressions.items)
def test_a_projection_gives_parts_of_the_item_alone(projection, item):
    """What comes back stands in the item, and projecting again changes nothing where no element was left out."""
    assume(overlap(projection.paths) is None)
    part = project(projection, item)

    assert part.keys() <= item.keys()
    for path in projection.paths:
        if not any(isinstance(step, int) for step in path.steps):
            assert lookup(path.steps, part) == lookup(path.steps, item)


@given(expressions.updates, expressions.items)
def test_an_update_leaves_the_old_item_alone(update, item):
    """It gives a new item, or an error, and never an empty set."""
    old = copy.deepcopy(item)
    try:
        new = apply_update(update, item)
    except ExpressionError:
        return
    finally:
        assert item == old
    targets = {action.path.steps[0] for action in (*update.sets, *update.removes, *update.adds, *update.deletes)}

    assert {name: new[name] for name in new.keys() - targets} == {name: old[name] for name in old.keys() - targets}


@given(expressions.items, expressions.wire_values)
def test_what_is_set_is_there_and_what_is_removed_is_gone(item, value):
    """SET and REMOVE of an attribute are each other's opposite."""
    path = Path(("fresh",))
    put = apply_update(_bound_update("SET #n0 = :v0", path, value), item)

    assert put == {**item, "fresh": value}
    assert apply_update(_bound_update("REMOVE #n0", path, None), put) == item


def _bound_update(text: str, path: Path, value: dict[str, Any] | None) -> Update:
    return bind_update(
        parse_update(text), {"#n0": str(path.steps[0])}, None if value is None else {":v0": value})


@given(expressions.numbers, expressions.numbers)
def test_what_is_added_can_be_taken_off(one, other):
    """Sums are exact, or refused."""
    add = bind_update(parse_update("SET n = n + :v"), None, {":v": {"N": other}})
    subtract = bind_update(parse_update("SET n = n - :v"), None, {":v": {"N": other}})
    try:
        total = apply_update(add, {"n": {"N": one}})
    except ExpressionError:
        return

    assert apply_update(subtract, total) == {"n": {"N": one}}
    assert Decimal(total["n"]["N"]) == Context(prec=400).add(Decimal(one), Decimal(other))


@given(expressions.sets, expressions.sets)
def test_add_and_delete_are_union_and_difference(one, other):
    """Of sets of one type; an empty difference removes the attribute."""
    assume(one.keys() == other.keys())
    ((kind, members),) = one.items()
    add = bind_update(parse_update("ADD a :v"), None, {":v": other})
    delete = bind_update(parse_update("DELETE a :v"), None, {":v": other})

    union = apply_update(add, {"a": one})["a"][kind]
    left = apply_update(delete, {"a": one}).get("a")

    assert set(union) == {*members, *other[kind]}
    assert len(union) == len(set(union))
    assert (set(left[kind]) if left else set()) == set(members) - set(other[kind])


@given(expressions.conditions, expressions.items)
def test_what_the_service_takes_survives_the_way_there(condition, item):
    """A checked condition says the same of an item as the tree that it came from."""
    renderer = Renderer()
    text = renderer.condition(condition)
    try:
        bound = bind_condition(parse_condition(text), renderer.names, renderer.values)
    except ExpressionError:
        return

    assert holds(bound, item) == holds(condition, item)


@given(expressions.projections)
def test_a_projection_is_taken_if_its_paths_are_apart(projection):
    """Checking a projection is the search for overlaps."""
    renderer = Renderer()
    parsed = parse_projection_text(renderer.projection(projection))
    expected = contextlib.nullcontext() if overlap(projection.paths) is None else pytest.raises(ExpressionError)

    with expected:
        bind_projection(parsed, renderer.names)


@given(expressions.items, expressions.paths)
def test_a_size_is_there_for_what_has_one(item, path):
    """size(path) >= 0 is true of texts, binaries, sets, lists and maps that are there, and of nothing else."""
    value = lookup(path.steps, item)
    told = holds(Compare(">=", Size(path), Value({"N": "0"})), item)

    assert told == (value is not None and not value.keys() & {"N", "BOOL", "NULL"})
