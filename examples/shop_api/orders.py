"""All orders, for those who pack them."""

from __future__ import annotations

from fastapi import APIRouter

from .bodies import OrderShown, PageShown
from .dependencies import Cursor, OrdersOfShop, Size
from .models import Status

router = APIRouter(prefix="/orders", tags=["orders"])


@router.get("")
def in_status(
    orders: OrdersOfShop, status: Status = Status.OPEN, size: Size = 20, cursor: Cursor = None
) -> PageShown[OrderShown]:
    """List the orders in a status, the oldest first."""
    return PageShown[OrderShown].model_validate(orders.in_status(status, size, cursor))
