"""What the dialog about a product is called, and what its button says: by the product's kind."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from billing.models import Product
from billing.offering import Choice
from billing.requestable import CONVERSATIONS


@dataclass(frozen=True, slots=True)
class Dialog:
    """The words of a dialog. ``at_once``: its button orders what it shows.

    ``explains``: it leads to how user seats are managed.
    """

    heading: str
    button: str
    at_once: bool = False
    explains: bool = False


def dialog_of(chosen: Choice, *, language: str) -> Dialog:
    """The dialog in which the number of this product is chosen. PLAN-3, 4 and 7, CONV-3."""
    kind = chosen.product.kind
    if kind == Product.Kind.PLAN:
        return Dialog(_("Edit contact limit"), _("Update contact limit"))
    if kind == Product.Kind.USERS:
        return Dialog(_("Manage user seats"), _("Continue"), explains=True)
    if kind == Product.Kind.ADD_ON:
        return Dialog(_("Review purchase"), _("Confirm purchase"), at_once=True)
    if chosen.product.family == CONVERSATIONS:
        return Dialog(_("Purchase seats"), _("Confirm purchase"), at_once=True)
    return Dialog(chosen.product.names[language], _("Continue"))
