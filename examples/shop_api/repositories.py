"""The questions that the shop asks and the changes that it makes, by name: nobody else knows of keys and indexes."""

from __future__ import annotations

from collections.abc import Mapping

from pynamite import Page, Repository, Store, attribute
from pynamite.errors import ConditionFailedError, ItemNotFoundError, OperationError, StaleVersionError

from .errors import OutOfStockError, PriceChangedError, UnknownProductError, WrongStatusError
from .models import BEFORE, Customer, Line, Order, Product, Status, Stock


class Customers(Repository[Customer]):
    """Who buys."""

    def with_email(self, email: str) -> Customer | None:
        """Give who has this address; None if nobody has."""
        return self.get_unique(email=email)


class Products(Repository[Product]):
    """What is sold, and how much of it there is."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store

    def add(self, product: Product, on_hand: int) -> Product:
        """Take a product into the range.

        Raises:
            ItemExistsError: there is one of this SKU.
        """
        with self._store.transaction() as tx:
            stored = tx[Product].create(product, on_failure=lambda error: error)
            tx[Stock].create(Stock(sku=product.sku, on_hand=on_hand))
        return stored

    def with_stock(self, sku: str) -> tuple[Product, int]:
        """Give a product and how many there are, by one query of their partition."""
        found = self._store.collection(Product, Stock, sku=sku).by_type()
        product, stock = found.first(Product), found.first(Stock)
        if product is None or stock is None:
            raise ItemNotFoundError(f"there is no product {sku!r}")
        return product, stock.on_hand

    def restock(self, sku: str, quantity: int) -> int:
        """Count what has come in; gives how many there are now."""
        return self._store[Stock].update({"sku": sku}, attribute(Stock.on_hand).add(quantity)).on_hand

    def of_category(self, category: str, size: int, cursor: str | None) -> Page[Product]:
        """Give a page of what is sold in a category, by SKU."""
        return self.query("GSI1", category=category).page(size, cursor)


class Orders(Repository[Order]):
    """What has been ordered."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store

    def place(self, customer_id: str, quantities: Mapping[str, int]) -> Order:
        """Take an order, and what it needs out of the stock: all of it, or nothing.

        Raises:
            OutOfStockError: there is not enough of a product.
            PriceChangedError: a product was changed at the same moment.
            UnknownProductError: there is no such product.
            ItemNotFoundError: there is no such customer.
        """
        products = self._products(list(quantities))
        lines = [Line(product.sku, quantities[product.sku], product.price) for product in products]
        with self._store.transaction() as tx:
            tx[Customer].check(customer_id=customer_id, on_failure=lambda error: error)
            order = tx[Order].create(Order(customer_id=customer_id, lines=lines))
            for product in products:
                # An instance: the product has to be as it was read, or the price is not the one that was shown.
                tx[Product].check(product, on_failure=_price_changed)
                tx[Stock].update(
                    {"sku": product.sku},
                    attribute(Stock.on_hand).subtract(quantities[product.sku]),
                    where=attribute(Stock.on_hand) >= quantities[product.sku],
                    on_failure=_out_of_stock,
                )
        return order

    def _products(self, skus: list[str]) -> list[Product]:
        found = self._store[Product].get_many(({"sku": sku} for sku in skus), consistent_read=True)
        products = [product for product in found if product is not None]
        if len(products) < len(skus):
            unknown = sorted(set(skus) - {product.sku for product in products})
            raise UnknownProductError(f"there is no product {', '.join(map(repr, unknown))}")
        return products

    def proceed(self, order: Order, status: Status) -> Order:
        """Take an order to another status; one that is cancelled gives back what it took from the stock.

        Raises:
            WrongStatusError: it cannot go there from where it is.
        """
        if status not in BEFORE:
            raise WrongStatusError(f"no order goes back to {status.value}")
        may = attribute(Order.status).in_(BEFORE[status])
        with self._store.transaction() as tx:
            tx[Order].update(order, {"status": status}, where=may, on_failure=_wrong_status)
            if status is Status.CANCELLED:
                for line in order.lines:
                    tx[Stock].update({"sku": line.sku}, attribute(Stock.on_hand).add(line.quantity))
        return self.require(order, consistent_read=True)

    def newest_of(self, customer_id: str, size: int, cursor: str | None) -> Page[Order]:
        """Give a page of a customer's orders, the newest first."""
        return self.query(customer_id=customer_id).reverse().page(size, cursor)

    def in_status(self, status: Status, size: int, cursor: str | None) -> Page[Order]:
        """Give a page of all orders in a status, the oldest first: that is what is packed next."""
        return self.query("GSI1", status=status).page(size, cursor)


def _out_of_stock(error: OperationError) -> Exception:
    # The refusal brings the item that is there: no second read is needed.
    if isinstance(error, ConditionFailedError) and isinstance(error.item, Stock):
        return OutOfStockError(error.item.sku, error.item.on_hand)
    return error


def _price_changed(error: OperationError) -> Exception:
    if isinstance(error, StaleVersionError):
        return PriceChangedError("a product was changed meanwhile: look at it and order again")
    return error


def _wrong_status(error: OperationError) -> Exception:
    if isinstance(error, ConditionFailedError) and isinstance(error.item, Order):
        return WrongStatusError(f"the order is {error.item.status.value}")
    return error
