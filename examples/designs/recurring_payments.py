"""Recurring payments: subscriptions that are reminded of and paid every month, and the receipts.

    python examples/designs/recurring_payments.py

    entity          PK                  SK
    Subscription    ACC#<account_id>    SUB#<subscription_id>#SKU#<sku>
    Receipt         ACC#<account_id>    REC#<processed_at>#SKU#<sku>

    index    partition key       sort key             holds besides
    GSI-1    NextReminderDate    LastReminderDate     SKU, Email, NextPaymentDate
    GSI-2    NextPaymentDate     LastPaymentDate      SKU, Email, PaymentDay, PaymentAmount, PaymentDetails

Access patterns:

    subscribe                                             create_subscription
    change how it is paid, or how much it is              update_subscription
    who is to be reminded on a day                        due_reminders
    ... and was reminded                                  record_reminder
    what is to be paid on a day                           due_payments
    ... and was paid: write a receipt                     record_payment
    the subscriptions of an account                       subscriptions_of_account
    the receipts of an account, newest first              receipts_of_account, receipts_between

The indexes hold what a mailing, or a payment, takes, and no more. What they give are therefore not subscriptions but
views of them, `DueReminder` and `DuePayment`, in which nothing is missing; `whole_due_payments` reads the subscriptions
themselves, at the price of another read for each. Account and subscription id stand in the keys alone.

An item without LastReminderDate would not be in GSI-1: a subscription that was never reminded of, or paid, has the
moment at which it was made there. DynamoDB deletes a receipt some time after the moment in TTL, in seconds since 1970;
from that moment on, by the store's clock, no read finds it.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import attrs

from pynamite import Index, Store, Table, attribute, entity, evolve, field

KEPT = timedelta(days=7 * 365)
"""How long a receipt is kept."""

AHEAD = timedelta(days=7)
"""How long before a payment one is reminded of it."""


@attrs.frozen
class PaymentDetails:
    """How somebody pays."""

    default_card: str
    default_address: str


@entity(pk="ACC#<account_id>", sk="SUB#<subscription_id>#SKU#<sku>")
class Subscription:
    """Something that an account pays for every month."""

    account_id: str = field(key_only=True)
    subscription_id: str = field(key_only=True)
    sku: str = field(name="SKU")
    email: str = field(name="Email")
    payment_day: int = field(name="PaymentDay")
    payment_amount: Decimal = field(name="PaymentAmount")
    payment_details: PaymentDetails = field(name="PaymentDetails")
    created_at: datetime = field(name="CreatedDate")
    last_payment_at: datetime = field(name="LastPaymentDate")
    next_payment_on: date = field(name="NextPaymentDate")
    last_reminder_at: datetime = field(name="LastReminderDate")
    next_reminder_on: date = field(name="NextReminderDate")


@attrs.frozen
class DueReminder:
    """What GSI-1 holds of a subscription: enough for a mail."""

    account_id: str
    subscription_id: str
    sku: str
    email: str
    next_payment_on: date
    next_reminder_on: date


@attrs.frozen
class DuePayment:
    """What GSI-2 holds of a subscription: enough for a payment."""

    account_id: str
    subscription_id: str
    sku: str
    email: str
    payment_day: int
    payment_amount: Decimal
    payment_details: PaymentDetails
    next_payment_on: date


@entity(pk="ACC#<account_id>", sk="REC#<processed_at>#SKU#<sku>")
class Receipt:
    """A payment that was made."""

    account_id: str = field(key_only=True)
    processed_at: datetime = field(name="ProcessedDate")
    sku: str = field(name="SKU")
    email: str = field(name="Email")
    processed_amount: Decimal = field(name="ProcessedAmount")
    kept_until: datetime = field(name="TTL", ttl=True)


REMINDERS = Index(
    "GSI-1",
    pk="NextReminderDate",
    sk="LastReminderDate",
    projection=["SKU", "Email", "NextPaymentDate"],
)
PAYMENTS = Index(
    "GSI-2",
    pk="NextPaymentDate",
    sk="LastPaymentDate",
    projection=["SKU", "Email", "PaymentDay", "PaymentAmount", "PaymentDetails"],
)


def payments_table(name: str = "recurring-payments") -> Table:
    """Declare the table."""
    return Table(name, Subscription, Receipt, indexes=[REMINDERS, PAYMENTS])


def next_month(day: date, payment_day: int) -> date:
    """Give the payment day of the month after a day; the last day of a month that is too short."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(payment_day, calendar.monthrange(year, month)[1]))


def create_subscription(
    store: Store,
    account_id: str,
    subscription_id: str,
    sku: str,
    *,
    email: str,
    payment_day: int,
    payment_amount: Decimal,
    payment_details: PaymentDetails,
    now: datetime,
) -> Subscription:
    """Subscribe; the first payment is due next month.

    Raises:
        ItemExistsError: the account has this subscription.
    """
    due = next_month(now.date(), payment_day)
    return store[Subscription].create(
        Subscription(
            account_id=account_id,
            subscription_id=subscription_id,
            sku=sku,
            email=email,
            payment_day=payment_day,
            payment_amount=payment_amount,
            payment_details=payment_details,
            created_at=now,
            last_payment_at=now,
            next_payment_on=due,
            last_reminder_at=now,
            next_reminder_on=due - AHEAD,
        )
    )


def update_subscription(
    store: Store,
    subscription: Subscription,
    *,
    payment_amount: Decimal | None = None,
    payment_details: PaymentDetails | None = None,
) -> Subscription:
    """Change how much a subscription is, or how it is paid.

    Raises:
        ConditionFailedError: somebody else changed the same meanwhile.
    """
    changed = evolve(
        subscription,
        payment_amount=subscription.payment_amount if payment_amount is None else payment_amount,
        payment_details=subscription.payment_details if payment_details is None else payment_details,
    )
    return store[Subscription].save(changed, since=subscription)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(tzinfo=UTC))


def _key(due: DueReminder | DuePayment) -> dict[str, str]:
    return {"account_id": due.account_id, "subscription_id": due.subscription_id, "sku": due.sku}


def due_reminders(store: Store, day: date) -> list[DueReminder]:
    """List who is to be reminded on a day, and was not reminded on it already."""
    due = store[Subscription].view(DueReminder).query("GSI-1", next_reminder_on=day)
    return due.lt(last_reminder_at=_midnight(day)).all()


def record_reminder(store: Store, due: DueReminder, now: datetime) -> Subscription:
    """Note that a reminder was sent; the next one is sent next month.

    Raises:
        ConditionFailedError: somebody else sent it.
    """
    subscription = store[Subscription].require(_key(due))
    following = next_month(due.next_payment_on, subscription.payment_day) - AHEAD
    return store[Subscription].update(
        subscription,
        attribute(Subscription.last_reminder_at).set(now),
        attribute(Subscription.next_reminder_on).set(following),
        where=attribute(Subscription.next_reminder_on) == due.next_reminder_on,
    )


def due_payments(store: Store, day: date) -> list[DuePayment]:
    """List what is to be paid on a day, and was not paid on it already."""
    due = store[Subscription].view(DuePayment).query("GSI-2", next_payment_on=day)
    return due.lt(last_payment_at=_midnight(day)).all()


def whole_due_payments(store: Store, day: date) -> list[Subscription]:
    """Read the subscriptions that are to be paid on a day, with what the index does not hold."""
    due = store[Subscription].query("GSI-2", next_payment_on=day)
    return due.lt(last_payment_at=_midnight(day)).hydrate().all()


def record_payment(store: Store, due: DuePayment, now: datetime) -> Receipt:
    """Write the receipt of a payment, and let the next one be due next month.

    Raises:
        TransactionCanceledError: somebody else recorded it; there is one receipt.
    """
    receipt = Receipt(
        account_id=due.account_id,
        processed_at=now,
        sku=due.sku,
        email=due.email,
        processed_amount=due.payment_amount,
        kept_until=now + KEPT,
    )
    with store.transaction() as tx:
        tx[Receipt].create(receipt)
        tx[Subscription].update(
            _key(due),
            attribute(Subscription.last_payment_at).set(now),
            attribute(Subscription.next_payment_on).set(next_month(due.next_payment_on, due.payment_day)),
            where=attribute(Subscription.next_payment_on) == due.next_payment_on,
        )
    return receipt


def subscriptions_of_account(store: Store, account_id: str) -> list[Subscription]:
    """List the subscriptions of an account."""
    return store[Subscription].partition(account_id=account_id)


def receipts_of_account(store: Store, account_id: str, most: int = 12) -> list[Receipt]:
    """List the newest receipts of an account; one that is to be deleted is gone, deleted or not."""
    return store[Receipt].query(account_id=account_id).reverse().limit(most).all()


def receipts_between(store: Store, account_id: str, first: datetime, last: datetime) -> list[Receipt]:
    """List the receipts of an account between two moments, those included."""
    return store[Receipt].query(account_id=account_id).between(processed_at=(first, last)).all()


MAY = datetime(2126, 5, 18, 9, 41, 25, 856000, UTC)


def fill(store: Store) -> list[Subscription]:
    """Let account 123 subscribe to two things, and account 456 to one, all in May."""
    bridge = PaymentDetails("1234123412341234", "12 Bridge Street, Birmingham, B12 7ST")
    wanted = [("123", "123", "999", 28, "12.99"), ("123", "124", "500", 31, "5"), ("456", "1", "999", 28, "12.99")]
    return [
        create_subscription(
            store,
            account,
            subscription,
            sku,
            email=f"{account}@example.com",
            payment_day=day,
            payment_amount=Decimal(amount),
            payment_details=bridge,
            now=MAY,
        )
        for account, subscription, sku, day, amount in wanted
    ]


def main() -> None:
    """Let a month go by."""
    with payments_table().connect("sqlite://") as store:
        store.create_table()
        fill(store)
        for reminder in due_reminders(store, date(2126, 6, 21)):
            print("remind", reminder.email, "of", reminder.sku, "on", reminder.next_payment_on)
            record_reminder(store, reminder, datetime(2126, 6, 21, 8, tzinfo=UTC))
        print("still to be reminded:", len(due_reminders(store, date(2126, 6, 21))))
        for payment in due_payments(store, date(2126, 6, 28)):
            receipt = record_payment(store, payment, datetime(2126, 6, 28, 14, tzinfo=UTC))
            print("paid by", receipt.account_id, receipt.processed_amount)
        print("still to be paid:", len(due_payments(store, date(2126, 6, 28))))
        print("next:", [str(one.next_payment_on) for one in subscriptions_of_account(store, "123")])
        print("receipts:", [str(one.processed_at) for one in receipts_of_account(store, "123")])


if __name__ == "__main__":
    main()
