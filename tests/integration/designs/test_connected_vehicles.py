"""Connected vehicles: answers of the access patterns, and what is tricky in them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from examples.designs.connected_vehicles import (
    KEPT,
    MAY,
    VIN,
    ActiveFeature,
    AutonomousDriving,
    Cameras,
    Driver,
    Keys,
    Preferences,
    Seats,
    Status,
    Subscription,
    User,
    Vehicle,
    VehicleFeature,
    activate,
    active_in_vehicle,
    active_of_user,
    active_subscriptions,
    all_of_user,
    all_of_vehicle,
    all_preferences,
    change_phone,
    create_user,
    create_vehicle,
    drivers_of_vehicle,
    expire,
    expire_what_is_due,
    expired_subscriptions,
    feature_of_vehicle,
    features_of_vehicle,
    fill,
    fit_feature,
    link,
    preferences,
    renew,
    save_preferences,
    set_feature,
    subscribe,
    take_out_feature,
    unlink,
    user,
    vehicle,
    vehicles_of_user,
    vehicles_table,
)
from pynamite import evolve
from pynamite.errors import ConditionFailedError, ItemExistsError, ItemNotFoundError, TransactionCanceledError

OTHER = "WVWZZZ1KZ6W000001"
JUNE = MAY + timedelta(days=40)


@pytest.fixture
def clock():
    """The time in May; a test may put it forward."""
    return [MAY]


@pytest.fixture
def store(client, table_name, clock):
    """The table, empty."""
    store = vehicles_table(table_name).connect(client, now=lambda: clock[0])
    store.create_table()
    return store


def reasons(caught):
    """Name what cancelled a transaction, write by write."""
    return [None if reason is None else type(reason) for reason in caught.value.reasons]


def names(subscriptions):
    """Name what is subscribed to."""
    return [subscription.sub_feature for subscription in subscriptions]


def test_the_keys_are_those_of_the_design(store):
    """One partition holds a vehicle, another a user, each with all that belongs to it."""
    fill(store)
    assert [item["SK"] for item in store.db.get_partition(f"VIN#{VIN}")] == [
        "#META#",
        "F#ann#ACTIVE#CAMERAS#RECORDING",
        "F#ann#ACTIVE#SEATS#HEATING",
        "F#ann#ACTIVE#SEATS#MASSAGE",
        "F#bob#ACTIVE#CAMERAS#RECORDING",
        "FEATURE#AUTODRIVE",
        "FEATURE#CAMERAS",
        "FEATURE#SEATS",
        "ID#ann",
        "ID#bob",
    ]
    assert [item["SK"] for item in store.db.get_partition("ID#ann")] == [
        "#META#",
        "F#ACTIVE#CAMERAS#RECORDING",
        "F#ACTIVE#SEATS#HEATING",
        "F#ACTIVE#SEATS#MASSAGE",
        "PREFERENCES#CAMERAS",
        "PREFERENCES#SEATS",
        f"VIN#{VIN}",
        f"VIN#{OTHER}",
    ]


def test_vehicles_are_built_once(store):
    """A number that is taken stays the vehicle that it was."""
    one = create_vehicle(store, Vehicle(vin="1", engine="gasoline", drivetrain="4WD", horsepower=1))
    with pytest.raises(ItemExistsError):
        create_vehicle(store, evolve(one, engine="electric"))
    assert vehicle(store, "1") == one
    assert vehicle(store, "2") is None


def test_everything_about_a_vehicle_is_one_query(store):
    """The partition is read once, and sorted out by type."""
    fill(store)
    found = all_of_vehicle(store, VIN)
    assert found[Vehicle] == [vehicle(store, VIN)]
    assert found[VehicleFeature] == features_of_vehicle(store, VIN)
    assert [driver.user_id for driver in found[Driver]] == ["ann", "bob"]
    assert found[ActiveFeature] == active_in_vehicle(store, VIN)
    assert store.collection(Vehicle, VehicleFeature, Driver, ActiveFeature, vin=VIN).measured().requests == 1


def test_everything_about_a_user_is_one_query(store):
    """The partition is read once, and sorted out by type."""
    fill(store)
    found = all_of_user(store, "ann")
    assert found[User] == [user(store, "ann")]
    assert found[Preferences] == all_preferences(store, "ann")
    assert found[Subscription] == active_subscriptions(store, "ann", MAY)
    assert [keys.vin for keys in found[Keys]] == [VIN, OTHER]


def test_features_are_fitted_set_and_taken_out(store):
    """Each feature has settings of a type of its own, which come back as they were."""
    fill(store)
    assert [feature.feature for feature in features_of_vehicle(store, VIN)] == ["AUTODRIVE", "CAMERAS", "SEATS"]
    assert feature_of_vehicle(store, VIN, "CAMERAS").settings == Cameras(recording=True, names=["front", "rear"])
    warm = Seats(heating=True, temperature=25)
    assert set_feature(store, VIN, "SEATS", warm).settings == warm
    assert feature_of_vehicle(store, VIN, "SEATS").settings == warm
    with pytest.raises(ItemNotFoundError):
        set_feature(store, VIN, "MIRRORS", warm)
    with pytest.raises(TransactionCanceledError) as caught:
        fit_feature(store, VIN, "SEATS", warm)
    assert reasons(caught) == [None, ItemExistsError]
    with pytest.raises(TransactionCanceledError) as caught:
        fit_feature(store, "nothing", "SEATS", warm)
    assert reasons(caught) == [ItemNotFoundError, None]
    assert take_out_feature(store, VIN, "SEATS") and not take_out_feature(store, VIN, "SEATS")
    assert feature_of_vehicle(store, VIN, "SEATS") is None


def test_users_sign_up_and_change(store):
    """There is one user of an id; a phone number is changed of one who is there."""
    ann = create_user(store, User(user_id="ann", name="Ann", phone="1"))
    with pytest.raises(ItemExistsError):
        create_user(store, ann)
    assert change_phone(store, "ann", "2") == evolve(ann, phone="2") == user(store, "ann")
    with pytest.raises(ItemNotFoundError):
        change_phone(store, "bob", "2")


def test_preferences_are_kept_by_feature(store):
    """The last ones count, and are told for one feature or all."""
    fill(store)
    assert preferences(store, "ann", "SEATS").settings == Seats(heating=True, temperature=24)
    assert preferences(store, "bob", "SEATS") is None
    saved = save_preferences(store, "ann", "AUTODRIVE", AutonomousDriving(enabled=True, version="1"))
    assert [one.feature for one in all_preferences(store, "ann")] == ["AUTODRIVE", "CAMERAS", "SEATS"]
    assert all_preferences(store, "ann")[0] == saved


def test_both_sides_of_a_link_are_kept_in_step(store):
    """Two items come and go together: a user drives what knows its driver."""
    fill(store)
    assert drivers_of_vehicle(store, VIN) == ["ann", "bob"]
    assert vehicles_of_user(store, "ann") == [VIN, OTHER]
    link(store, OTHER, "bob")
    assert (drivers_of_vehicle(store, OTHER), vehicles_of_user(store, "bob")) == (["ann", "bob"], [VIN, OTHER])
    unlink(store, VIN, "bob")
    assert (drivers_of_vehicle(store, VIN), vehicles_of_user(store, "bob")) == (["ann"], [OTHER])
    assert {one.user_id for one in active_in_vehicle(store, VIN)} == {"ann"}


def test_half_a_link_is_never_made_or_ended(store):
    """What is wrong with one side keeps the other from being written."""
    fill(store)
    with pytest.raises(TransactionCanceledError) as caught:
        link(store, VIN, "nobody")
    assert reasons(caught) == [None, ItemNotFoundError, None, None]
    with pytest.raises(TransactionCanceledError) as caught:
        link(store, "nothing", "ann")
    assert reasons(caught) == [ItemNotFoundError, None, None, None]
    with pytest.raises(TransactionCanceledError) as caught:
        link(store, VIN, "ann")
    assert reasons(caught) == [None, None, ItemExistsError, ItemExistsError]
    with pytest.raises(TransactionCanceledError) as caught:
        unlink(store, OTHER, "bob")
    assert reasons(caught) == [ItemNotFoundError, ItemNotFoundError]
    assert (drivers_of_vehicle(store, VIN), vehicles_of_user(store, "nobody")) == (["ann", "bob"], [])
    assert len(vehicles_of_user(store, "ann")) == 2


def test_a_user_subscribes_once(store):
    """The same feature cannot be subscribed to twice, and only by a user."""
    recording, *_ = fill(store)
    with pytest.raises(TransactionCanceledError) as caught:
        subscribe(store, "ann", "CAMERAS", "RECORDING", JUNE)
    assert reasons(caught) == [None, ItemExistsError, None]
    with pytest.raises(TransactionCanceledError) as caught:
        subscribe(store, "nobody", "CAMERAS", "RECORDING", JUNE)
    assert reasons(caught) == [ItemNotFoundError, None, None]
    assert active_subscriptions(store, "ann", MAY)[0] == recording


def test_a_subscription_is_active_in_vehicles_of_its_user(store):
    """It takes the keys, and the subscription as it is."""
    recording, heating, _ = fill(store)
    assert names(active_of_user(store, VIN, "ann")) == ["RECORDING", "HEATING", "MASSAGE"]
    assert names(active_of_user(store, VIN, "bob")) == ["RECORDING"]
    active = activate(store, OTHER, recording)
    assert active_in_vehicle(store, OTHER) == [active]
    bobs = active_subscriptions(store, "bob", MAY)[0]
    with pytest.raises(TransactionCanceledError) as caught:
        activate(store, OTHER, bobs)
    assert reasons(caught) == [ItemNotFoundError, None, None]
    with pytest.raises(TransactionCanceledError) as caught:
        activate(store, VIN, evolve(heating, expires_at=JUNE))
    assert reasons(caught) == [None, ConditionFailedError, None]
    expire(store, heating)
    with pytest.raises(TransactionCanceledError) as caught:
        activate(store, OTHER, heating)
    assert reasons(caught) == [None, ItemNotFoundError, None]


def test_an_expiring_subscription_moves_and_ends_in_the_vehicles_in_one_transaction(store):
    """ACTIVE is in the key: the item is deleted there and made under EXPIRED, and no vehicle has it active."""
    recording, heating, _ = fill(store)
    activate(store, OTHER, heating)
    expire(store, heating)
    assert names(active_subscriptions(store, "ann", MAY)) == ["RECORDING", "MASSAGE"]
    assert expired_subscriptions(store, "ann") == [evolve(heating, status=Status.EXPIRED)]
    assert names(active_of_user(store, VIN, "ann")) == ["RECORDING", "MASSAGE"]
    assert active_in_vehicle(store, OTHER) == []
    sort_keys = [item["SK"] for item in store.db.get_partition("ID#ann")]
    assert "F#EXPIRED#SEATS#HEATING" in sort_keys and "F#ACTIVE#SEATS#HEATING" not in sort_keys
    assert store[Subscription].require(recording) == recording


def test_a_subscription_that_is_not_as_it_was_does_not_expire(store):
    """Two who expire it, or one who renewed it meanwhile: nothing is written, in the vehicles neither."""
    recording, heating, _ = fill(store)
    expire(store, heating)
    with pytest.raises(TransactionCanceledError) as caught:
        expire(store, heating)
    assert reasons(caught)[:2] == [ItemNotFoundError, ItemExistsError]
    longer = store[Subscription].update(recording, {"expires_at": recording.expires_at + timedelta(days=1)})
    with pytest.raises(TransactionCanceledError) as caught:
        expire(store, recording)
    changed, *others = caught.value.reasons
    assert isinstance(changed, ConditionFailedError) and changed.item == longer
    assert others == [None, None, None]
    assert names(active_of_user(store, VIN, "ann")) == ["RECORDING", "MASSAGE"]


def test_what_is_over_is_noted_and_can_be_renewed(store):
    """All that is over expires; what is renewed moves back, and gives way to what is subscribed to anew."""
    _, heating, _ = fill(store)
    assert expire_what_is_due(store, "ann", JUNE) == 1
    assert expire_what_is_due(store, "ann", JUNE) == 0
    renewed = renew(store, heating, JUNE + timedelta(days=30))
    assert renewed == store[Subscription].require(heating)
    assert renewed.deleted_at == renewed.expires_at + KEPT
    assert expired_subscriptions(store, "ann") == []
    with pytest.raises(ItemNotFoundError):
        renew(store, heating, JUNE)
    expire(store, renewed)
    again = subscribe(store, "ann", "SEATS", "HEATING", JUNE + timedelta(days=90))
    assert expired_subscriptions(store, "ann") == []
    assert again in active_subscriptions(store, "ann", JUNE)


def test_what_is_over_is_left_out_before_it_is_deleted(store, clock):
    """The time to live is a number of seconds; DynamoDB deletes late, so that reads look at the time."""
    _, heating, _ = fill(store)
    active = store.db.get([f"VIN#{VIN}", "F#ann#ACTIVE#SEATS#HEATING"])
    assert active["expiration_ttl"] == int(heating.expires_at.timestamp())
    assert heating.deleted_at == heating.expires_at + timedelta(days=365)
    clock[0] = JUNE
    assert names(active_subscriptions(store, "ann", JUNE)) == ["RECORDING", "MASSAGE"]
    assert names(active_of_user(store, VIN, "ann")) == ["RECORDING", "MASSAGE"]
    assert names(active_in_vehicle(store, VIN)) == ["RECORDING", "MASSAGE", "RECORDING"]
    assert names(all_of_vehicle(store, VIN)[ActiveFeature]) == ["RECORDING", "MASSAGE", "RECORDING"]
    assert expired_subscriptions(store, "ann") == []


def test_an_expired_subscription_is_kept_for_a_year(store, clock):
    """Then no read finds it, and it can be subscribed to anew."""
    _, heating, _ = fill(store)
    expire(store, heating)
    clock[0] = heating.expires_at + KEPT - timedelta(seconds=1)
    assert names(expired_subscriptions(store, "ann")) == ["HEATING"]
    clock[0] = heating.expires_at + KEPT
    assert expired_subscriptions(store, "ann") == []
    with pytest.raises(ItemNotFoundError, match="has expired"):
        renew(store, heating, clock[0] + timedelta(days=30))
