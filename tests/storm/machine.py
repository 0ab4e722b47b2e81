"""A state machine that writes while things go wrong, and looks at what is there after every step."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import attrs
import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from pynamite.errors import (
    AnswerLostError,
    OperationError,
    PynamiteError,
    ThrottledError,
    TransactionCanceledError,
    UnreachableError,
)
from tests.faults import LOST, UNDONE, Fault
from tests.storm import operations
from tests.storm.model import Channel
from tests.storm.operations import Operation, RefusedError
from tests.storm.state import State, read_state

__all__ = ["Drawn", "FaultyMachine"]

ACCOUNTS = st.sampled_from(["1", "2", "3"])
EMAILS = st.sampled_from(["a@x", "b@x", "c@x", "d@x"])
DOCS = st.sampled_from(["p", "q"])
CHANNELS = st.sampled_from(["m", "n"])
GOES_WRONG = [*LOST, *UNDONE]
FAULTS = st.lists(st.sampled_from([None, *GOES_WRONG]), max_size=4)


@attrs.define
class Drawn:
    """A plan of faults that Hypothesis draws: those of the next requests, whatever they ask for."""

    faults: list[Fault | None] = attrs.field(factory=list)
    happened: int = 0

    def next(self, action: str) -> Fault | None:
        """Give the fault of the next request."""
        fault = self.faults.pop(0) if self.faults else None
        self.happened += fault is not None
        return fault


def is_fault(error: PynamiteError) -> bool:
    """Tell whether an error says nothing but that something went wrong on the way."""
    if isinstance(error, ThrottledError | UnreachableError | AnswerLostError):
        return True
    return isinstance(error, OperationError) and error.code == "InternalServerError"


class FaultyMachine(RuleBasedStateMachine):
    """Operations on a table through a client that fails by plan; a second store, which does not, reads.

    What is drawn never depends on what is there: after an answer that was lost that may be one thing or another.
    """

    stores: ClassVar[Any]
    """Gives a store that writes, one that reads, and the plan of the former's faults: an open context manager."""
    checked: ClassVar[Counter[str]]
    """How many calls were checked that met a fault (``"met"``), and that met none (``"spared"``)."""

    def __init__(self) -> None:
        super().__init__()
        self.open = type(self).stores()
        self.writing, self.reading, self.plan = self.open.__enter__()
        self.titles = 0
        self.state: State

    def teardown(self) -> None:
        self.open.__exit__(None, None, None)

    @initialize()
    def make_channels(self) -> None:
        for channel_id in ("m", "n"):
            self.reading[Channel].create(Channel(channel_id=channel_id))
        self.state = read_state(self.reading)

    def title(self) -> str:
        """Give a title that no other item has."""
        self.titles += 1
        return f"title {self.titles}"

    def version(self, doc_id: str, stale: int) -> int:
        return max(0, self.state.docs.get(doc_id, ("", 0, 0))[2] - stale)

    def carry_out(self, asked: list[Operation], faults: list[Fault | None], *, together: bool) -> None:
        """Carry operations out, one by itself or several together, and check what came of it."""
        self.plan.faults, self.plan.happened = list(faults), 0
        before = self.state
        error: PynamiteError | None = None
        given: Any = None
        try:
            if together:
                with self.writing.transaction() as tx:
                    for operation in asked:
                        operation.run(tx)
            else:
                (operation,) = asked
                given = operation.run(self.writing)
        except PynamiteError as raised:
            error = raised
        self.plan.faults = []
        self.check(before, asked, error, given, together=together)

    def check(
        self, before: State, asked: list[Operation], error: PynamiteError | None, given: Any, *, together: bool
    ) -> None:
        type(self).checked["met" if self.plan.happened else "spared"] += 1
        seen = read_state(self.reading)
        refused: tuple[type[Exception], ...] = ()
        after = before
        try:
            for operation in asked:
                after = operation.after(after, seen)
        except RefusedError as refusal:
            after, refused = before, (TransactionCanceledError,) if together else refusal.kinds
        for name, number in before.last.items():
            assert seen.last[name] >= number
        if error is None:
            assert not refused, f"{asked} went through, and should have been refused with {refused}"
            assert seen == after
            self.check_given(given)
        elif isinstance(error, AnswerLostError):
            assert seen in (before, after)
        else:
            assert seen == before
        if error is not None:
            assert isinstance(error, refused) or (self.plan.happened and is_fault(error)), repr(error)
        self.state = seen

    def check_given(self, given: Any) -> None:
        """See that the instance that a verb gives is the one that is there."""
        if given is not None and not isinstance(given, bool):
            assert self.reading[type(given)].get(given, consistent_read=True) == given

    @rule(account=ACCOUNTS, email=EMAILS, faults=FAULTS)
    def create_user(self, account, email, faults):
        self.carry_out([operations.CreateUser(account, email)], faults, together=False)

    @rule(account=ACCOUNTS, email=EMAILS, faults=FAULTS)
    def put_user(self, account, email, faults):
        self.carry_out([operations.PutUser(account, email)], faults, together=False)

    @rule(account=ACCOUNTS, email=EMAILS, faults=FAULTS)
    def change_email(self, account, email, faults):
        self.carry_out([operations.ChangeEmail(account, email)], faults, together=False)

    @rule(account=ACCOUNTS, faults=FAULTS)
    def visit(self, account, faults):
        self.carry_out([operations.Visit(account)], faults, together=False)

    @rule(account=ACCOUNTS, email=EMAILS, visits=st.integers(0, 9), faults=FAULTS)
    def save_user(self, account, email, visits, faults):
        self.carry_out([operations.SaveUser(self.state, account, email, visits)], faults, together=False)

    @rule(accounts=st.lists(ACCOUNTS, min_size=2, max_size=2, unique=True), faults=FAULTS)
    def move_user(self, accounts, faults):
        self.carry_out([operations.MoveUser(*accounts)], faults, together=False)

    @rule(account=ACCOUNTS, faults=FAULTS)
    def delete_user(self, account, faults):
        self.carry_out([operations.DeleteUser(account)], faults, together=False)

    @rule(accounts=st.permutations(["1", "2", "3"]), faults=FAULTS)
    def swap_emails(self, accounts, faults):
        one, other, *_ = accounts
        if {one, other} <= set(self.state.users):
            self.carry_out([operations.SwapEmails(one, other, self.state)], faults, together=True)

    @rule(doc=DOCS, faults=FAULTS)
    def create_doc(self, doc, faults):
        self.carry_out([operations.CreateDoc(doc, self.title())], faults, together=False)

    @rule(doc=DOCS, stale=st.sampled_from([0, 0, 0, 1]), faults=FAULTS)
    def put_doc(self, doc, stale, faults):
        self.carry_out([operations.PutDoc(doc, self.title(), self.version(doc, stale))], faults, together=False)

    @rule(doc=DOCS, stale=st.sampled_from([0, 0, 0, 1]), faults=FAULTS)
    def save_doc(self, doc, stale, faults):
        self.carry_out([operations.SaveDoc(doc, self.title(), self.version(doc, stale))], faults, together=False)

    @rule(doc=DOCS, faults=FAULTS)
    def edit_doc(self, doc, faults):
        self.carry_out([operations.EditDoc(doc)], faults, together=False)

    @rule(docs=st.permutations(["p", "q"]), faults=FAULTS)
    def move_doc(self, docs, faults):
        self.carry_out([operations.MoveDoc(*docs)], faults, together=False)

    @rule(doc=DOCS, faults=FAULTS)
    def delete_doc(self, doc, faults):
        self.carry_out([operations.DeleteDoc(doc)], faults, together=False)

    @rule(channel=CHANNELS, faults=FAULTS)
    def add_video(self, channel, faults):
        self.carry_out([operations.AddVideo(channel, self.title())], faults, together=False)

    @rule(place=st.integers(0, 9), faults=FAULTS)
    def delete_video(self, place, faults):
        videos = sorted(self.state.videos)
        if videos:
            channel, number = videos[place % len(videos)]
            self.carry_out([operations.DeleteVideo(channel, number)], faults, together=False)

    @rule(channel=CHANNELS, faults=FAULTS)
    def play(self, channel, faults):
        self.carry_out([operations.Play(channel)], faults, together=False)

    @rule(data=st.data(), channel=CHANNELS, account=ACCOUNTS, email=EMAILS, doc=DOCS, faults=FAULTS)
    def all_together(self, data, channel, account, email, doc, faults):
        """One operation of each kind, as one."""
        users = [operations.CreateUser(account, email), operations.PutUser(account, email),
                 operations.ChangeEmail(account, email), operations.Visit(account), operations.DeleteUser(account)]
        docs = [operations.CreateDoc(doc, self.title()), operations.EditDoc(doc), operations.DeleteDoc(doc),
                operations.PutDoc(doc, self.title(), self.version(doc, 0))]
        videos = [operations.AddVideo(channel, self.title()), operations.Play(channel)]
        asked = [data.draw(st.sampled_from(kind)) for kind in (users, docs, videos)]
        self.carry_out(asked, faults, together=True)
