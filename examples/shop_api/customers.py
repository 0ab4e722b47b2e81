"""Customers and their orders."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response

from .bodies import CustomerShown, NewCustomer, NewOrder, NewStatus, OrderShown, PageShown
from .dependencies import Cursor, CustomersOfShop, OrdersOfShop, Size
from .models import Customer, Order
from .problems import problem

router = APIRouter(prefix="/customers", tags=["customers"])


@router.post("", status_code=HTTPStatus.CREATED, response_model=CustomerShown)
def register(body: NewCustomer, customers: CustomersOfShop, response: Response) -> Customer:
    """Register; an e-mail address that is taken is a 409."""
    customer = customers.create(Customer(email=body.email, name=body.name))
    response.headers["Location"] = f"/customers/{customer.customer_id}"
    return customer


@router.get("", response_model=CustomerShown)
def find(email: str, customers: CustomersOfShop) -> Customer | Response:
    """Find who has an e-mail address."""
    customer = customers.with_email(email)
    return problem(HTTPStatus.NOT_FOUND, "not found") if customer is None else customer


@router.get("/{customer_id}", response_model=CustomerShown)
def show(customer_id: str, customers: CustomersOfShop) -> Customer:
    """Show a customer."""
    return customers.require(customer_id=customer_id)


@router.post("/{customer_id}/orders", status_code=HTTPStatus.CREATED, response_model=OrderShown)
def place(customer_id: str, body: NewOrder, orders: OrdersOfShop, response: Response) -> Order:
    """Order; a product of which there is not enough is a 409 that names it."""
    order = orders.place(customer_id, body.quantities())
    response.headers["Location"] = f"/customers/{customer_id}/orders/{order.order_id}"
    return order


@router.get("/{customer_id}/orders")
def newest(
    customer_id: str, orders: OrdersOfShop, size: Size = 20, cursor: Cursor = None
) -> PageShown[OrderShown]:
    """List a customer's orders, the newest first."""
    return PageShown[OrderShown].model_validate(orders.newest_of(customer_id, size, cursor))


@router.get("/{customer_id}/orders/{order_id}", response_model=OrderShown)
def show_order(customer_id: str, order_id: str, orders: OrdersOfShop) -> Order:
    """Show an order."""
    return orders.require(customer_id=customer_id, order_id=order_id)


@router.put("/{customer_id}/orders/{order_id}/status", response_model=OrderShown)
def proceed(customer_id: str, order_id: str, body: NewStatus, orders: OrdersOfShop) -> Order:
    """Pay, send or cancel an order; where it cannot go there, that is a 409."""
    order = orders.require(customer_id=customer_id, order_id=order_id)
    return orders.proceed(order, body.status)
