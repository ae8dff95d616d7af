"""Who may buy: which right each product of the catalogue asks for (PRICE-6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext

from accounts import access, foresight
from accounts.models import Account, User
from accounts.rights import Right
from billing.models import Product
from billing.refusals import ChangeRefused
from billing.speaking import named

_MOST_TOLD: Final = 20
_RIGHTS: Final = {
    Product.Who.PRIMARY.value: Right.PRIMARY,
    Product.Who.PERMITTED.value: Right.PURCHASE,
    Product.Who.LICENSING.value: Right.UPDATE_LICENSING,
}


def right_to_buy(product: Product) -> Right:
    """What a person needs in an account to buy this product, or to give it back.

    The primary account admin alone; or also members with purchase permission; or members with
    Licensing *Update*. The primary account admin has each of these rights. PRICE-6.
    """
    return _RIGHTS[product.who_may_buy]


def may_buy(product: Product, here: access.Standing) -> bool:
    """Whether the person who stands ``here`` may buy this product for the account. PRICE-6."""
    return here.may(right_to_buy(product)) and foresight.reads_amounts(here)


def buys(here: access.Standing) -> bool:
    """Whether the person who stands ``here`` may buy anything at all."""
    return any(map(here.may, _RIGHTS.values())) and foresight.reads_amounts(here)


def need_some(here: access.Standing) -> None:
    """`Lacking` for who may buy nothing at all here."""
    if not buys(here):
        raise access.Lacking(here.account, Right.PURCHASE)


def refuse_unpermitted(*, products: Iterable[Product], here: access.Standing) -> None:
    """`ChangeRefused` where the person who stands ``here`` may not buy one of these products.

    It names who in the account may. Where the parent pays its own people buy: nobody confirms
    amounts that are not theirs to read (RSL-2, AGY-3).
    """
    if not foresight.reads_amounts(here):
        raise ChangeRefused(
            gettext("Who pays for this account buys for it, too. Ask them for what you need.")
        )
    for product in products:
        right = right_to_buy(product)
        if not here.may(right):
            raise ChangeRefused(
                gettext("{product} is bought by others here. {who}").format(
                    product=named(product), who=who_may_buy(account=here.account, right=right)
                )
            )


def told_of(account_id: int) -> list[User]:
    """Who is told what an account is charged: those who may buy for its payer, whose amounts these
    are; where nobody is, those who manage the payer.
    """
    payer = Account.objects.select_related("parent").get(pays_for=account_id)
    members = access.holders(payer, Right.PURCHASE, most=_MOST_TOLD)
    members = members or access.managers(payer, most=_MOST_TOLD)
    return [one.user for one in members if one.user is not None]


def who_may_buy(*, account: Account, right: Right) -> str:
    """The people with this right in a sentence, the primary account admin first.

    A child without any is managed by its parent (decision 23), whose name a workspace never learns.
    """
    names = [member.name for member in access.holders(account, right)]
    if names:
        return gettext("Ask {names}.").format(names=", ".join(names))
    if right.module is not None and not access.is_open(right.module, account):
        return gettext("Nobody here may do it yet: ask support.")
    if account.role == Account.Role.WORKSPACE:
        return gettext("Ask the people of your agency.")
    if account.parent is not None:
        return gettext("Ask the people of {parent}.").format(parent=account.parent)
    return gettext("Nobody here may do it yet: ask support.")
