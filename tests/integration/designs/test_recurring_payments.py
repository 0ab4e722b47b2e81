"""Recurring payments: answers of the access patterns, and what is tricky in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from examples.designs.recurring_payments import (
    KEPT,
    MAY,
    DuePayment,
    DueReminder,
    PaymentDetails,
    Receipt,
    Subscription,
    create_subscription,
    due_payments,
    due_reminders,
    fill,
    next_month,
    payments_table,
    receipts_between,
    receipts_of_account,
    record_payment,
    record_reminder,
    subscriptions_of_account,
    update_subscription,
    whole_due_payments,
)
from pynamite import attribute, evolve
from pynamite.errors import (
    ConditionFailedError,
    DefinitionError,
    ExpressionError,
    ItemExistsError,
    ItemStructureError,
    KeyValueError,
    TransactionCanceledError,
)

REMINDED = datetime(2126, 6, 21, 8, tzinfo=UTC)
PAID = datetime(2126, 6, 28, 14, tzinfo=UTC)


@pytest.fixture
def clock():
    """The time in May; a test may put it forward."""
    return [MAY]


@pytest.fixture
def store(client, table_name, clock):
    """The table, empty."""
    store = payments_table(table_name).connect(client, now=lambda: clock[0])
    store.create_table()
    return store


def test_two_placeholders_stand_in_the_sort_key_with_a_literal_between(store):
    """Both are found in the key again, the one stored nowhere else; the shorter one is no beginning of the longer."""
    fill(store)
    item = store.db.get("ACC#123.SUB#123#SKU#999")
    assert item["NextPaymentDate"] == "2126-06-28"
    assert not {"account_id", "subscription_id"} & set(item)
    assert store[Subscription].require(account_id="123", subscription_id="123", sku="999").subscription_id == "123"
    found = store[Subscription].query(account_id="123", subscription_id="12")
    assert found.all() == []
    assert store[Subscription].query(account_id="123", subscription_id="124").count() == 1


def test_a_value_that_would_not_be_found_in_the_key_again_is_refused(store):
    """The inner literal within a value would make it read back as another one."""
    bad = evolve(fill(store)[0], subscription_id="1#SKU#2")
    with pytest.raises(KeyValueError, match="subscription_id"):
        store[Subscription].put(bad)


def test_an_account_subscribes_once(store):
    """The same subscription cannot be made again."""
    first, second, _ = fill(store)
    assert subscriptions_of_account(store, "123") == [first, second]
    with pytest.raises(ItemExistsError) as caught:
        create_subscription(
            store,
            "123",
            "123",
            "999",
            email="x",
            payment_day=1,
            payment_amount=Decimal(1),
            payment_details=PaymentDetails("x", "y"),
            now=MAY,
        )
    assert caught.value.item == first
    assert subscriptions_of_account(store, "404") == []


def test_a_subscription_is_changed_if_nobody_else_did(store):
    """What was loaded has to be what is stored."""
    first, *_ = fill(store)
    changed = update_subscription(store, first, payment_amount=Decimal(0))
    assert changed.payment_amount == 0 and changed.payment_details == first.payment_details
    assert subscriptions_of_account(store, "123")[0] == changed
    with pytest.raises(ConditionFailedError) as caught:
        update_subscription(store, first, payment_amount=Decimal(15))
    assert caught.value.item == changed
    moved = update_subscription(store, first, payment_details=PaymentDetails("2", "Elsewhere 2"))
    assert moved.payment_details.default_card == "2"


def test_an_index_that_includes_some_attributes_gives_views(store):
    """What is not in the index is not in the view; ids are read from the keys, which every index holds."""
    fill(store)
    reminders = due_reminders(store, date(2126, 6, 21))
    assert sorted(reminders, key=lambda due: due.account_id) == [
        DueReminder("123", "123", "999", "123@example.com", date(2126, 6, 28), date(2126, 6, 21)),
        DueReminder("456", "1", "999", "456@example.com", date(2126, 6, 28), date(2126, 6, 21)),
    ]
    bridge = PaymentDetails("1234123412341234", "12 Bridge Street, Birmingham, B12 7ST")
    assert due_payments(store, date(2126, 6, 30)) == [
        DuePayment("123", "124", "500", "123@example.com", 31, Decimal(5), bridge, date(2126, 6, 30))
    ]
    assert due_payments(store, date(2126, 6, 29)) == []


def test_an_index_never_gives_half_filled_entities(store):
    """Entities are refused, unless the whole items are read; so is a view, or a filter, of what is not there."""
    fill(store)
    found = store[Subscription].query("GSI-1", next_reminder_on=date(2126, 6, 21))
    with pytest.raises(DefinitionError, match="hydrate"):
        found.all()
    with pytest.raises(DefinitionError, match="payment_amount"):
        store[Subscription].view(DuePayment).query("GSI-1", next_reminder_on=date(2126, 6, 21)).all()
    with pytest.raises(ExpressionError, match="PaymentAmount"):
        found.filter(attribute(Subscription.payment_amount) > Decimal(1))
    assert {one.payment_amount for one in found.hydrate()} == {Decimal("12.99")}
    whole = whole_due_payments(store, date(2126, 6, 30))
    assert whole == [store[Subscription].require(account_id="123", subscription_id="124", sku="500")]


def test_a_reminder_is_sent_once(store):
    """Who was reminded is not due any more, and only one of two can have done it."""
    fill(store)
    due = next(one for one in due_reminders(store, date(2126, 6, 21)) if one.account_id == "123")
    reminded = record_reminder(store, due, REMINDED)
    assert (reminded.last_reminder_at, reminded.next_reminder_on) == (REMINDED, date(2126, 7, 21))
    assert [one.account_id for one in due_reminders(store, date(2126, 6, 21))] == ["456"]
    assert [one.account_id for one in due_reminders(store, date(2126, 7, 21))] == ["123"]
    with pytest.raises(ConditionFailedError):
        record_reminder(store, due, REMINDED + timedelta(minutes=1))


def test_who_was_reminded_today_is_left_out_by_the_sort_key(store):
    """The bound on the last reminder keeps out what was done since midnight."""
    first, *_ = fill(store)
    store[Subscription].update(first, {"last_reminder_at": REMINDED})
    assert [one.account_id for one in due_reminders(store, date(2126, 6, 21))] == ["456"]


def test_a_payment_makes_one_receipt_and_the_next_one_due(store):
    """Receipt and subscription are written together; a second receipt for the same payment is not."""
    fill(store)
    (due,) = due_payments(store, date(2126, 6, 30))
    receipt = record_payment(store, due, PAID)
    assert receipt == Receipt(
        account_id="123",
        processed_at=PAID,
        sku="500",
        email="123@example.com",
        processed_amount=Decimal(5),
        kept_until=PAID + KEPT,
    )
    assert due_payments(store, date(2126, 6, 30)) == []
    assert [one.subscription_id for one in due_payments(store, date(2126, 7, 31))] == ["124"]
    with pytest.raises(TransactionCanceledError) as caught:
        record_payment(store, due, PAID + timedelta(minutes=1))
    assert [type(reason) for reason in caught.value.reasons] == [type(None), ConditionFailedError]
    assert receipts_of_account(store, "123") == [receipt]


def pay(store, months):
    """Pay the first subscription of account 123 for some months; gives the receipts."""
    receipts, day = [], date(2126, 6, 28)
    for _ in range(months):
        due = next(one for one in due_payments(store, day) if one.account_id == "123")
        receipts.append(record_payment(store, due, datetime(day.year, day.month, day.day, 14, tzinfo=UTC)))
        day = next_month(day, 28)
    return receipts


def test_receipts_are_listed_newest_first_and_between_moments(store):
    """They lie in one partition with the subscriptions, which are not among them."""
    fill(store)
    receipts = pay(store, 4)
    assert receipts_of_account(store, "123") == receipts[::-1]
    assert receipts_of_account(store, "123", most=2) == receipts[:1:-1]
    assert receipts_between(store, "123", receipts[1].processed_at, receipts[2].processed_at) == receipts[1:3]
    assert len(subscriptions_of_account(store, "123")) == 2


def test_an_expired_receipt_is_gone_before_it_is_deleted(store, clock):
    """The time to live is a number of seconds, and reads look at it."""
    fill(store)
    first, second = pay(store, 2)
    item = store.db.get("ACC#123.REC#2126-06-28T14:00:00.000000Z#SKU#999")
    assert item["TTL"] == int(first.processed_at.timestamp()) + 7 * 365 * 86400
    clock[0] = first.processed_at + KEPT - timedelta(seconds=1)
    assert receipts_of_account(store, "123") == [second, first]
    clock[0] = first.processed_at + KEPT
    assert receipts_of_account(store, "123") == [second]
    assert receipts_between(store, "123", first.processed_at, second.processed_at) == [second]


def test_a_row_with_a_mistyped_key_is_told(store):
    """The published sample has a receipt under REC#12023-...: its key holds no moment, so that it is no receipt."""
    fill(store)
    (receipt,) = pay(store, 1)
    row = {
        "_type": "Receipt",
        "SKU": "999",
        "Email": "s@s.com",
        "ProcessedDate": "2023-05-28T14:15:39.247000Z",
        "ProcessedAmount": Decimal("12.99"),
        "TTL": 7258118399,
    }
    store.db.put(["ACC#123", "REC#12023-05-28T14:15:39.24#SKU#999"], row)
    with pytest.raises(ItemStructureError, match="REC#<processed_at>#SKU#<sku>"):
        receipts_of_account(store, "123")
    store.db.delete(["ACC#123", "REC#12023-05-28T14:15:39.24#SKU#999"])
    assert receipts_of_account(store, "123") == [receipt]


def test_months_that_are_too_short_end_earlier():
    """The 31st is the last day of each month."""
    days = [date(2126, 1, 31)]
    for _ in range(4):
        days.append(next_month(days[-1], 31))
    assert [f"{day:%m-%d}" for day in days] == ["01-31", "02-28", "03-31", "04-30", "05-31"]
    assert next_month(date(2126, 12, 5), 5) == date(2127, 1, 5)
