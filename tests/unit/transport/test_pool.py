"""The pool: connections that are kept, replaced, and never shared."""

from __future__ import annotations

import gc
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pynamite.transport.connection import Address, Connection, NotConnectedError
from pynamite.transport.pool import Pool
from tests.scripted_server import answer

REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def pool(server):
    made = Pool(Address("localhost", server.port), 2)
    yield made
    made.close()


def exchange(pool, request=REQUEST):
    return pool.exchange(request, Connection.exchange)


def used_at_once(pool, count, used=()):
    """Give the connections that so many exchanges use, of which each is within the one before."""
    if len(used) == count:
        return used
    return pool.exchange(REQUEST, lambda connection, _: used_at_once(pool, count, (*used, connection)))


def test_the_connection_that_was_used_last_goes_first(pool):
    """The others may be closed by the server meanwhile."""
    outer, inner = used_at_once(pool, 2)
    assert used_at_once(pool, 1) == (outer,)
    assert used_at_once(pool, 2) == (outer, inner)


def test_no_more_are_kept_than_asked_for(pool):
    """More may be in use at a time."""
    first = used_at_once(pool, 4)
    assert len(set(map(id, first))) == 4
    then = used_at_once(pool, 3)
    assert then[:2] == (first[2], first[3])
    assert then[2] not in first
    assert [connection._socket.fileno() >= 0 for connection in first] == [False, False, False, True]


def test_whoever_asks_in_vain_leaves_no_connection_behind(pool, server):
    """What an answer that was given up has left in it would be taken for the next one."""
    def fail(connection, _):
        raise KeyboardInterrupt

    exchange(pool)
    with pytest.raises(KeyboardInterrupt):
        pool.exchange(REQUEST, fail)
    assert exchange(pool).is_sound
    assert server.connections == 2


def test_one_that_the_server_has_closed_is_replaced(pool, server):
    """Before anything is sent over it."""
    assert exchange(pool).is_sound
    server.hang_up()
    time.sleep(0.05)
    assert exchange(pool).is_sound
    assert (server.connections, len(server.heads)) == (2, 2)


def test_one_over_which_something_came_unasked_is_replaced(pool, server):
    """It would be taken for the next answer."""
    server.answers(answer(b'{"Count":1}') + answer(b'{"Count":2}'))
    exchange(pool)
    assert exchange(pool).body == b"{}"
    assert server.connections == 2


def test_one_that_the_server_will_close_is_not_kept(pool, server):
    """The answer says so."""
    server.answers(answer(Connection="close"))
    exchange(pool)
    exchange(pool)
    assert server.connections == 2


def test_nobody_to_connect_to_is_told(server):
    """As what it is: nothing was sent."""
    server.close()
    with pytest.raises(NotConnectedError) as error:
        exchange(Pool(Address("localhost", server.port), 1))
    assert isinstance(error.value.__cause__, ConnectionRefusedError)


def test_threads_never_share_a_connection(server):
    """Each gets the answer to its own request."""
    pool = Pool(Address("localhost", server.port), 4)
    numbers = [str(number) for number in range(400)]
    server.answers(*[lambda head: answer(head.partition("N: ")[2].strip().encode())] * len(numbers))

    def ask(number: str) -> str:
        told = exchange(pool, f"POST / HTTP/1.1\r\nContent-Length: 0\r\nN: {number}\r\n\r\n".encode())
        return told.body.decode()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, numbers)) == numbers
    assert len(pool._idle) <= 4
    pool.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are needed for this")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_makes_its_own_connections(pool, server):
    """The parent's go on working, whatever the child does."""
    exchange(pool)
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if exchange(pool).is_sound else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert exchange(pool).is_sound
    assert (server.connections, len(server.heads)) == (2, 3)


def test_a_pool_that_is_given_up_closes_its_connections(server):
    """Nothing is left open when a client is forgotten."""
    pool = Pool(Address("localhost", server.port), 1)
    exchange(pool)
    del pool
    gc.collect()
    deadline = time.monotonic() + 5
    while server._open and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not server._open


def test_a_pool_may_be_used_after_it_was_closed(pool, server):
    """As boto3's may; closing is for what is open at the time."""
    exchange(pool)
    threading.Thread(target=pool.close).run()
    exchange(pool)
    assert server.connections == 2
