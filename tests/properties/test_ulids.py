"""ULIDs sort as they are made, whatever the clock does."""

from __future__ import annotations

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynamite import new_ulid
from pynamite.key.ulid import UlidMaker

ALPHABET = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
MILLISECONDS = st.integers(0, 2**48 - 2)


def decoded(ulid):
    """Read a ULID as the number that it is."""
    number = 0
    for digit in ulid:
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(digit)
    return number


@given(st.lists(MILLISECONDS, min_size=1, max_size=50))
def test_each_is_greater_than_the_one_before(moments):
    """Even if the clock stands still or goes backwards."""
    clock = iter(moments)
    maker = UlidMaker(clock=lambda: next(clock))
    made = [maker.make() for _ in moments]
    assert made == sorted(set(made))
    assert all(len(ulid) == 26 and set(ulid) <= ALPHABET for ulid in made)


@given(MILLISECONDS, MILLISECONDS)
def test_the_moment_decides_between_processes(one, other):
    """Of two makers that know nothing of each other, the later moment sorts behind."""
    first, second = UlidMaker(clock=lambda: one).make(), UlidMaker(clock=lambda: other).make()
    if one != other:
        assert (first < second) == (one < other)
    assert decoded(first) >> 80 == one


@given(MILLISECONDS, st.binary(min_size=10, max_size=10))
def test_the_text_is_the_number(moment, random):
    """48 bits of time and 80 random ones, and nothing else."""
    ulid = UlidMaker(clock=lambda: moment, random_bytes=lambda size: random[:size]).make()
    assert decoded(ulid) == moment << 80 | int.from_bytes(random)


def test_a_used_up_millisecond_borrows_from_the_next():
    """Where the random part cannot be counted up any more."""
    maker = UlidMaker(clock=lambda: 7, random_bytes=lambda size: b"\xff" * size)
    first, second = maker.make(), maker.make()
    assert decoded(second) == decoded(first) + 1 == 8 << 80


def test_a_clock_beyond_the_last_moment_is_refused():
    """Rather than to begin with zero again."""
    with pytest.raises(OverflowError, match="set the clock"):
        UlidMaker(clock=lambda: 2**48).make()


def test_threads_never_get_the_same():
    """Each thread's own are in order, and all together are different."""
    made: list[list[str]] = [[] for _ in range(8)]

    def work(own):
        own.extend(new_ulid() for _ in range(500))

    threads = [threading.Thread(target=work, args=(own,)) for own in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(own == sorted(own) for own in made)
    assert len({ulid for own in made for ulid in own}) == 8 * 500


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_does_not_count_on_where_its_parent_was():
    """Two processes from one would otherwise make the same ids within a millisecond."""
    import pynamite.key.ulid as module

    read, write = os.pipe()
    module._MAKER._last = (2**48 - 3) << 80  # a moment that the clock will not reach
    try:
        child = os.fork()
        if child == 0:
            os.write(write, new_ulid().encode())
            os._exit(0)
        os.waitpid(child, 0)
        assert decoded(os.read(read, 26).decode()) >> 80 < 2**47
        assert decoded(new_ulid()) >> 80 == 2**48 - 3
    finally:
        module._MAKER.forget()
        os.close(read)
        os.close(write)
