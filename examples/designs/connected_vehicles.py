"""Connected vehicles: features that users subscribe to, and take along into the vehicles that they drive.

    python examples/designs/connected_vehicles.py

    entity            PK              SK
    Vehicle           VIN#<vin>       #META#
    VehicleFeature    VIN#<vin>       FEATURE#<feature>
    Driver            VIN#<vin>       ID#<user_id>
    ActiveFeature     VIN#<vin>       F#<user_id>#ACTIVE#<feature>#<sub_feature>
    User              ID#<user_id>    #META#
    Preferences       ID#<user_id>    PREFERENCES#<feature>
    Subscription      ID#<user_id>    F#<status>#<feature>#<sub_feature>    status: ACTIVE or EXPIRED
    Keys              ID#<user_id>    VIN#<vin>

Access patterns:

     1  build a vehicle                                              create_vehicle
     2  what is it?                                                  vehicle
     3  everything about a vehicle, in one query                     all_of_vehicle
     4  fit a feature                                                fit_feature
     5  the features of a vehicle                                    features_of_vehicle
     6  how is this feature set?                                     feature_of_vehicle
     7  set it                                                       set_feature
     8  take a feature out                                           take_out_feature
     9  sign up                                                      create_user
    10  who is it?                                                   user
    11  change a phone number                                        change_phone
    12  everything about a user, in one query                        all_of_user
    13  how does a user like a feature to be set?                    save_preferences, preferences
    14  all that a user likes                                        all_preferences
    15  hand a vehicle to a user                                     link
    16  take it back, with all that the user has active in it        unlink
    17  who drives a vehicle                                         drivers_of_vehicle
    18  which vehicles a user drives                                 vehicles_of_user
    19  subscribe to a feature                                       subscribe
    20  what a user is subscribed to; what has expired               active_subscriptions, expired_subscriptions
    21  have it active in a vehicle; what is active there            activate, active_in_vehicle, active_of_user
    22  a subscription expires; it is renewed                        expire, expire_what_is_due, renew

A link is two items, `Driver` with the vehicle and `Keys` with the user: they come and go together, in one transaction.
The status of a subscription is in its key, so that the active ones of a user lie together: when it expires, the item
moves, and the same transaction ends it in the vehicles.

DynamoDB deletes an item some time after the moment in expiration_ttl, in seconds since 1970: what is active in a
vehicle when it expires, a subscription a year later. It may be late: from that moment on, by the store's clock, no read
finds the item. Whether a subscription that is kept is over, the reads are asked with the time that it is.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum

import attrs

from pynamite import Groups, Store, Table, attribute, entity, evolve, field

KEPT = timedelta(days=365)
"""How long an expired subscription is kept."""


class Status(Enum):
    """Whether a subscription counts."""

    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"


@attrs.frozen
class Cameras:
    """How cameras are set."""

    recording: bool
    names: list[str]


@attrs.frozen
class Seats:
    """How seats are set."""

    heating: bool
    temperature: int


@attrs.frozen
class AutonomousDriving:
    """How the vehicle drives by itself."""

    enabled: bool
    version: str


Settings = Cameras | Seats | AutonomousDriving


@entity(pk="VIN#<vin>", sk="#META#")
class Vehicle:
    """A vehicle."""

    vin: str
    engine: str
    drivetrain: str
    horsepower: int


@entity(pk="VIN#<vin>", sk="FEATURE#<feature>")
class VehicleFeature:
    """A feature that is fitted to a vehicle, and how it is set."""

    vin: str
    feature: str
    settings: Settings


@entity(pk="VIN#<vin>", sk="ID#<user_id>")
class Driver:
    """A vehicle's link to a user who drives it."""

    vin: str
    user_id: str


@entity(pk="VIN#<vin>", sk="F#<user_id>#ACTIVE#<feature>#<sub_feature>")
class ActiveFeature:
    """A subscription of a user that is active in a vehicle."""

    vin: str
    user_id: str
    feature: str
    sub_feature: str
    expires_at: datetime = field(name="expiration_date")
    deleted_at: datetime = field(name="expiration_ttl", ttl=True)


@entity(pk="ID#<user_id>", sk="#META#")
class User:
    """Somebody who drives."""

    user_id: str
    name: str
    phone: str


@entity(pk="ID#<user_id>", sk="PREFERENCES#<feature>")
class Preferences:
    """How a user likes a feature to be set."""

    user_id: str
    feature: str
    settings: Settings


@entity(pk="ID#<user_id>", sk="F#<status>#<feature>#<sub_feature>")
class Subscription:
    """What a user pays for, or did."""

    user_id: str
    status: Status = Status.ACTIVE
    feature: str
    sub_feature: str
    expires_at: datetime = field(name="expiration_date")
    deleted_at: datetime = field(name="expiration_ttl", ttl=True)


@entity(pk="ID#<user_id>", sk="VIN#<vin>")
class Keys:
    """A user's link to a vehicle that they drive."""

    user_id: str
    vin: str


def vehicles_table(name: str = "connected-vehicles") -> Table:
    """Declare the table."""
    return Table(name, Vehicle, VehicleFeature, Driver, ActiveFeature, User, Preferences, Subscription, Keys)


# Vehicles


def create_vehicle(store: Store, vehicle: Vehicle) -> Vehicle:
    """Build a vehicle.

    Raises:
        ItemExistsError: there is one with its number.
    """
    return store[Vehicle].create(vehicle)


def vehicle(store: Store, vin: str) -> Vehicle | None:
    """Look at a vehicle."""
    return store[Vehicle].get(vin=vin)


def all_of_vehicle(store: Store, vin: str) -> Groups[Vehicle | VehicleFeature | Driver | ActiveFeature]:
    """Read a vehicle with its features, its drivers, and what they have active in it."""
    return store.collection(Vehicle, VehicleFeature, Driver, ActiveFeature, vin=vin).by_type()


def fit_feature(store: Store, vin: str, feature: str, settings: Settings) -> VehicleFeature:
    """Fit a feature to a vehicle.

    Raises:
        TransactionCanceledError: there is no such vehicle, or it has the feature.
    """
    fitted = VehicleFeature(vin=vin, feature=feature, settings=settings)
    with store.transaction() as tx:
        tx[Vehicle].check(vin=vin)
        tx[VehicleFeature].create(fitted)
    return fitted


def features_of_vehicle(store: Store, vin: str) -> list[VehicleFeature]:
    """List the features of a vehicle."""
    return store[VehicleFeature].partition(vin=vin)


def feature_of_vehicle(store: Store, vin: str, feature: str) -> VehicleFeature | None:
    """Look at a feature of a vehicle."""
    return store[VehicleFeature].get(vin=vin, feature=feature)


def set_feature(store: Store, vin: str, feature: str, settings: Settings) -> VehicleFeature:
    """Set a feature of a vehicle.

    Raises:
        ItemNotFoundError: the vehicle does not have it.
    """
    return store[VehicleFeature].update(
        {"vin": vin, "feature": feature}, attribute(VehicleFeature.settings).set(settings)
    )


def take_out_feature(store: Store, vin: str, feature: str) -> bool:
    """Take a feature out of a vehicle; tells whether it had it."""
    return store[VehicleFeature].delete(vin=vin, feature=feature)


# Users


def create_user(store: Store, user: User) -> User:
    """Sign up.

    Raises:
        ItemExistsError: there is a user with this id.
    """
    return store[User].create(user)


def user(store: Store, user_id: str) -> User | None:
    """Look at a user."""
    return store[User].get(user_id=user_id)


def change_phone(store: Store, user_id: str, phone: str) -> User:
    """Change the phone number of a user."""
    return store[User].update({"user_id": user_id}, attribute(User.phone).set(phone))


def all_of_user(store: Store, user_id: str) -> Groups[User | Preferences | Subscription | Keys]:
    """Read a user with their preferences, subscriptions and vehicles."""
    return store.collection(User, Preferences, Subscription, Keys, user_id=user_id).by_type()


def save_preferences(store: Store, user_id: str, feature: str, settings: Settings) -> Preferences:
    """Note how a user likes a feature to be set."""
    return store[Preferences].put(Preferences(user_id=user_id, feature=feature, settings=settings))


def preferences(store: Store, user_id: str, feature: str) -> Preferences | None:
    """Find how a user likes a feature to be set."""
    return store[Preferences].get(user_id=user_id, feature=feature)


def all_preferences(store: Store, user_id: str) -> list[Preferences]:
    """List all that a user likes."""
    return store[Preferences].partition(user_id=user_id)


# Who drives what


def link(store: Store, vin: str, user_id: str) -> None:
    """Hand a vehicle to a user; both know it, or neither does.

    Raises:
        TransactionCanceledError: there is no such vehicle, or no such user, or the user has it.
    """
    with store.transaction() as tx:
        tx[Vehicle].check(vin=vin)
        tx[User].check(user_id=user_id)
        tx[Driver].create(Driver(vin=vin, user_id=user_id))
        tx[Keys].create(Keys(vin=vin, user_id=user_id))


def unlink(store: Store, vin: str, user_id: str) -> None:
    """Take a vehicle back from a user, and end all that the user has active in it.

    Raises:
        TransactionCanceledError: the user does not have it.
    """
    active = store[ActiveFeature].query(vin=vin, user_id=user_id)
    with store.transaction() as tx:
        tx[Driver].delete(vin=vin, user_id=user_id, must_exist=True)
        tx[Keys].delete(vin=vin, user_id=user_id, must_exist=True)
        for feature in active:
            tx[ActiveFeature].delete(feature)
    # What was activated between the query and the transaction: without the keys, nothing more can be.
    store[ActiveFeature].delete_many(active)


def drivers_of_vehicle(store: Store, vin: str) -> list[str]:
    """List who drives a vehicle."""
    return [driver.user_id for driver in store[Driver].partition(vin=vin)]


def vehicles_of_user(store: Store, user_id: str) -> list[str]:
    """List which vehicles a user drives."""
    return [keys.vin for keys in store[Keys].partition(user_id=user_id)]


# Subscriptions


def subscribe(store: Store, user_id: str, feature: str, sub_feature: str, expires_at: datetime) -> Subscription:
    """Subscribe to a feature; an expired subscription to it gives way.

    Raises:
        TransactionCanceledError: there is no such user, or the user is subscribed.
    """
    subscription = Subscription(
        user_id=user_id,
        feature=feature,
        sub_feature=sub_feature,
        expires_at=expires_at,
        deleted_at=expires_at + KEPT,
    )
    with store.transaction() as tx:
        tx[User].check(user_id=user_id)
        tx[Subscription].create(subscription)
        tx[Subscription].delete(evolve(subscription, status=Status.EXPIRED))
    return subscription


def active_subscriptions(store: Store, user_id: str, now: datetime) -> list[Subscription]:
    """List what a user is subscribed to; what is over is left out, even where nobody has noted it."""
    not_over = attribute(Subscription.expires_at) > now
    return store[Subscription].query(user_id=user_id, status=Status.ACTIVE).filter(not_over).all()


def expired_subscriptions(store: Store, user_id: str) -> list[Subscription]:
    """List what a user was subscribed to."""
    return store[Subscription].query(user_id=user_id, status=Status.EXPIRED).all()


def activate(store: Store, vin: str, subscription: Subscription) -> ActiveFeature:
    """Have a subscription active in a vehicle that its user drives.

    Raises:
        TransactionCanceledError: the subscription is over, or another one by now, or its user has no such vehicle.
    """
    active = ActiveFeature(
        vin=vin,
        user_id=subscription.user_id,
        feature=subscription.feature,
        sub_feature=subscription.sub_feature,
        expires_at=subscription.expires_at,
        deleted_at=subscription.expires_at,
    )
    with store.transaction() as tx:
        tx[Keys].check(user_id=subscription.user_id, vin=vin)
        tx[Subscription].check(
            evolve(subscription, status=Status.ACTIVE),
            attribute(Subscription.expires_at) == subscription.expires_at,
        )
        tx[ActiveFeature].put(active)
    return active


def active_in_vehicle(store: Store, vin: str) -> list[ActiveFeature]:
    """List what is active in a vehicle, whoever drives it."""
    return store[ActiveFeature].partition(vin=vin)


def active_of_user(store: Store, vin: str, user_id: str) -> list[ActiveFeature]:
    """List what a user has active in a vehicle."""
    return store[ActiveFeature].query(vin=vin, user_id=user_id).all()


def expire(store: Store, subscription: Subscription) -> None:
    """Note that a subscription has expired, and end it in the vehicles of its user.

    Raises:
        TransactionCanceledError: it is noted already, or the subscription is another one by now.
    """
    vins = vehicles_of_user(store, subscription.user_id)
    with store.transaction() as tx:
        tx[Subscription].move(subscription, {"status": Status.EXPIRED})
        for vin in vins:
            tx[ActiveFeature].delete(_in_vehicle(vin, subscription))


def _in_vehicle(vin: str, subscription: Subscription) -> dict[str, str]:
    return {
        "vin": vin,
        "user_id": subscription.user_id,
        "feature": subscription.feature,
        "sub_feature": subscription.sub_feature,
    }


def expire_what_is_due(store: Store, user_id: str, now: datetime) -> int:
    """Note which subscriptions of a user are over; gives how many."""
    over = attribute(Subscription.expires_at) <= now
    due = store[Subscription].query(user_id=user_id, status=Status.ACTIVE).filter(over).all()
    for subscription in due:
        expire(store, subscription)
    return len(due)


def renew(store: Store, subscription: Subscription, expires_at: datetime) -> Subscription:
    """Let an expired subscription be active again.

    Raises:
        ItemNotFoundError: there is no such expired subscription.
        ItemExistsError: the user has subscribed anew.
    """
    return store[Subscription].move(
        evolve(subscription, status=Status.EXPIRED),
        {
            "status": Status.ACTIVE,
            "expires_at": expires_at,
            "deleted_at": expires_at + KEPT,
        },
    )


MAY = datetime(2126, 5, 1, 12, tzinfo=UTC)
VIN = "WDDJK7DA4FF954840"


def fill(store: Store) -> list[Subscription]:
    """Build two vehicles, let ann and bob drive, and ann subscribe to three features; gives the subscriptions."""
    create_vehicle(store, Vehicle(vin=VIN, engine="gasoline", drivetrain="4WD", horsepower=406))
    create_vehicle(store, Vehicle(vin="WVWZZZ1KZ6W000001", engine="electric", drivetrain="RWD", horsepower=204))
    fit_feature(store, VIN, "CAMERAS", Cameras(recording=True, names=["front", "rear"]))
    fit_feature(store, VIN, "SEATS", Seats(heating=False, temperature=20))
    fit_feature(store, VIN, "AUTODRIVE", AutonomousDriving(enabled=False, version="v0.000.1 beta"))
    for user_id in ("ann", "bob"):
        create_user(store, User(user_id=user_id, name=user_id.title(), phone="+17778889999"))
        link(store, VIN, user_id)
    link(store, "WVWZZZ1KZ6W000001", "ann")
    save_preferences(store, "ann", "CAMERAS", Cameras(recording=False, names=["rear"]))
    save_preferences(store, "ann", "SEATS", Seats(heating=True, temperature=24))
    subscriptions = [
        subscribe(store, "ann", "CAMERAS", "RECORDING", MAY + timedelta(days=365)),
        subscribe(store, "ann", "SEATS", "HEATING", MAY + timedelta(days=30)),
        subscribe(store, "ann", "SEATS", "MASSAGE", MAY + timedelta(days=365)),
    ]
    for subscription in subscriptions:
        activate(store, VIN, subscription)
    activate(store, VIN, subscribe(store, "bob", "CAMERAS", "RECORDING", MAY + timedelta(days=60)))
    return subscriptions


def main() -> None:
    """Drive until something expires."""
    june = MAY + timedelta(days=40)
    clock = [MAY]
    with vehicles_table().connect("sqlite://", now=lambda: clock[0]) as store:
        store.create_table()
        _, heating, _ = fill(store)
        found = all_of_vehicle(store, VIN)
        print("the vehicle:", *found[Vehicle])
        print("its features:", [feature.feature for feature in found[VehicleFeature]])
        print("who drives it:", drivers_of_vehicle(store, VIN))
        print("what is active in May:", [(one.user_id, one.sub_feature) for one in active_in_vehicle(store, VIN)])
        clock[0] = june
        print("expired in June:", expire_what_is_due(store, "ann", june))
        print("what is active then:", [(one.user_id, one.sub_feature) for one in active_in_vehicle(store, VIN)])
        print("what has expired:", [one.sub_feature for one in expired_subscriptions(store, "ann")])
        renew(store, heating, june + timedelta(days=30))
        print("renewed:", [one.sub_feature for one in active_subscriptions(store, "ann", june)])
        unlink(store, VIN, "bob")
        print("without bob:", drivers_of_vehicle(store, VIN), vehicles_of_user(store, "bob"))
        print("all about ann:", all_of_user(store, "ann"))


if __name__ == "__main__":
    main()
