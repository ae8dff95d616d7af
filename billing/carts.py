"""The cart: what one person has put together in an account; nothing counts until confirmed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts import acting
from accounts.access import Standing
from accounts.statements import Statement
from billing import buyers
from billing.logs import logs_of
from billing.models import Cart, CartLine, Item, Order, Product

# How long a cart is kept that nobody touches (JOBS-4).
KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants: quantities by product code.

    ``replaces``: they take each other's place (decision 7). ``interval`` is how often a plan is
    billed whose subscription they open. ``by_itself``: nobody is there who has a cart.
    """

    changes: Mapping[str, int]
    replaces: bool = False
    interval: str = ""
    by_itself: bool = False

    @property
    def alone(self) -> bool:
        """Whether it is confirmed without what lies in the cart, which stays as it is."""
        return self.replaces or self.by_itself or bool(self.interval)

    def with_(self, more: Mapping[str, int]) -> Wanted:
        """This and more; of one product the latest number."""
        return replace(self, changes={**self.changes, **more})


def lines_of(here: Standing) -> list[CartLine]:
    """What this person has in their cart in the account, in the order of the catalogue."""
    return _LINES.read(account_id=here.account.pk, person_id=here.person.pk)[0]


def line_rows(account_id: int, person_id: int) -> QuerySet[CartLine]:
    """The same as rows."""
    found = CartLine.objects.filter(cart__account=account_id, cart__person=person_id)
    return found.select_related("product", "cart").order_by("product__position", "pk")


_LINES: Final = Statement(lambda account_id, person_id: (line_rows(account_id, person_id),))


def wanted_of(here: Standing) -> Wanted:
    """What lies in this person's cart in the account."""
    return wanted_in(lines_of(here))


def wanted_in(lines: Collection[CartLine]) -> Wanted:
    """What these lines of a cart want together."""
    return Wanted(
        {line.product.code: line.becomes for line in lines},
        replaces=any(line.replaces for line in lines),
    )


@transaction.atomic
def put(
    *, here: Standing, changes: Mapping[str, int], at: datetime, replaces: bool = False
) -> Cart:
    """Put these quantities (by product code) into the person's cart; one per product, the latest.

    A number that is in force already, and waits for no other one, takes the product out again.
    Changes that replace each other stand in a cart alone: putting them empties it, and putting
    anything else takes them out (decision 7). `ChangeRefused` for who may not buy one of the
    products (PRICE-6), `ValueError` for a product that the catalogue does not have.
    """
    products = {product.code: product for product in Product.objects.filter(code__in=changes)}
    if unknown := changes.keys() - products.keys():
        raise ValueError(f"The catalogue has no product {', '.join(sorted(unknown))}.")
    here = acting.begin(here, needs=buyers.right_to_buy(next(iter(products.values()))))
    buyers.refuse_unpermitted(products=products.values(), here=here)
    cart, _ = Cart.objects.get_or_create(
        account=here.account, person=here.person, defaults={"touched_at": at}
    )
    if replaces:
        cart.lines.all().delete()
    else:
        cart.lines.filter(replaces=True).delete()
    held, waiting = in_force(here, products, at=at)
    for code, quantity in changes.items():
        cart.lines.filter(product=products[code]).delete()
        if quantity != held[code] or code in waiting:
            CartLine.objects.create(
                cart=cart,
                product=products[code],
                was=held[code],
                becomes=quantity,
                replaces=replaces,
            )
    cart.touched_at = at
    cart.save(update_fields=["touched_at"])
    return cart


@transaction.atomic
def take_out(*, here: Standing, product: str, at: datetime) -> None:
    """Take a product out of the person's cart; with one side of a replacement goes the other."""
    lines = CartLine.objects.filter(cart__account=here.account, cart__person=here.person)
    line = lines.filter(product__code=product).first()
    if line is not None:
        (lines if line.replaces else lines.filter(pk=line.pk)).delete()
        Cart.objects.filter(pk=line.cart_id).update(touched_at=at)


def empty(here: Standing) -> None:
    """Take everything out of the person's cart."""
    CartLine.objects.filter(cart__account=here.account, cart__person=here.person).delete()


@transaction.atomic
def refill(*, here: Standing, order: Order, at: datetime) -> Cart:
    """Put what was ordered into the cart once more, to try again what was declined."""
    changes = {code: becomes for code, _, becomes in order.changes}
    return put(here=here, changes=changes, at=at, replaces=order.replaces)


def expire(*, at: datetime) -> int:
    """Delete the carts that nobody has touched for a week; how many there were. JOBS-4."""
    _, deleted = Cart.objects.filter(touched_at__lte=at - KEPT).delete()
    return deleted.get(Cart._meta.label, 0)


def in_force(
    here: Standing, codes: Collection[str], *, at: datetime
) -> tuple[dict[str, int], set[str]]:
    """The numbers of these products that are in force, and the products where another one waits."""
    items = Item.objects.filter(subscription__account=here.account, product__code__in=codes)
    logs = logs_of(items)
    held = {log.code: log.in_force(at) for log in logs}
    return dict.fromkeys(codes, 0) | held, {log.code for log in logs if log.waiting(at)}
