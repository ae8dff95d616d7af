"""Why a charge was not made, in the payer's words: what is so, and what to do next."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from billing.gateways.base import Cause

_WORDS: Final = {
    Cause.DECLINED: _(
        "The bank declined the card and gives no reason. Ask your bank, or use another card."
    ),
    Cause.FUNDS: _("There is not enough money on the card. Use another card, or try again later."),
    Cause.EXPIRED: _("The card has expired. Replace it, then try again."),
    Cause.LOST: _("The card was reported lost or stolen. Use another card."),
    Cause.CONFIRMATION: _(
        "Your bank asks you to confirm this payment yourself. Pay it by hand, and it asks you then."
    ),
    Cause.REFUSED: _("The payment was not confirmed at your bank. Try again, or use another card."),
    Cause.NO_METHOD: _("There is no payment method. Add one, then try again."),
    Cause.GONE: _(
        "The payment provider does not keep this card any more. Replace it, then try again."
    ),
    Cause.UNANSWERED: _(
        "Your bank asked you to confirm the payment, and got no answer for 30 minutes. Try again."
    ),
    Cause.CALLED_OFF: _("The payment was called off before anything was charged."),
    Cause.INTERRUPTED: _("The payment was interrupted before it was charged. Try again."),
    Cause.UNACCEPTED: _(
        "The payment provider does not take this payment by card, for example because the amount "
        "is too small. Nothing was charged. Choose bank transfer, or ask support."
    ),
    Cause.OVERTAKEN: _("Another payment came first, so this one was not needed."),
    Cause.DISPUTED: _(
        "The card that was to be charged is one whose bank took the payment of this invoice back, "
        "so nothing was charged. Use another card, or pay by bank transfer."
    ),
}
_CAUSES: Final = {cause.value: cause for cause in Cause}
# What is mended at the payment methods, and not by trying again.
_OF_THE_METHOD: Final = frozenset(
    {
        *(Cause.EXPIRED, Cause.LOST, Cause.NO_METHOD, Cause.GONE),
        *(Cause.DECLINED, Cause.FUNDS, Cause.REFUSED, Cause.DISPUTED),
    }
)


def words(cause: str) -> str:
    """The cause in a sentence or two, in the language that is switched on."""
    return str(_WORDS[known(cause)])


def is_of_the_method(cause: str) -> bool:
    """Whether another payment method would help."""
    return known(cause) in _OF_THE_METHOD


def known(cause: str) -> Cause:
    """The cause; of an attempt from before causes were kept, what is always true of a refusal."""
    return _CAUSES.get(cause, Cause.DECLINED)
