"""How the admin looks and what its navigation leads to: the settings of Unfold."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.module_loading import import_string


def _page(title: str, icon: str, model: str, *, waits: str = "") -> dict[str, Any]:
    """A link to the list of one model, for those who may view it.

    ``waits`` names the function that says how many of them wait for somebody.
    """
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": lambda request: _may_view(request, app, name),
        **({"badge": waits} if waits else {}),
    }


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the desk's first page says besides its menu."""
    # The settings come before the apps.
    notice = import_string("billing.admin.dispute_notice.notice")
    return {**context, "disputes": notice(request)}


def _may_view(request: HttpRequest, app: str, name: str) -> bool:
    return request.user.has_perm(f"{app}.view_{name}")


def _file(path: str) -> Any:
    """The address of a static file, asked when a page is drawn: the settings come first."""
    return lambda request: static(path)


# The accent of what can be done: a deep teal, apart from the green, amber and red of states.
_ACCENT: Final = {
    "50": "oklch(98.4% .014 200)",
    "100": "oklch(95.3% .028 200)",
    "200": "oklch(91% .05 201)",
    "300": "oklch(85.5% .075 203)",
    "400": "oklch(77% .095 208)",
    "500": "oklch(62% .1 213)",
    "600": "oklch(50.5% .09 216)",
    "700": "oklch(44% .08 218)",
    "800": "oklch(38.5% .068 220)",
    "900": "oklch(34% .055 222)",
    "950": "oklch(25% .045 224)",
}

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "Seatledger",
    "SITE_HEADER": "Seatledger",
    "SITE_SUBHEADER": "The desk",
    "SITE_SYMBOL": "receipt_long",
    "SITE_URL": None,
    "DASHBOARD_CALLBACK": "config.desk.first_page",
    "SHOW_VIEW_ON_SITE": False,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": _file("admin_desk/favicon.svg")}
    ],
    "BORDER_RADIUS": "6px",
    "COLORS": {"primary": _ACCENT},
    "STYLES": [_file("admin_desk/desk.css")],
    "SCRIPTS": [_file("admin_desk/why.js"), _file("admin_desk/tabs.js")],
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "title": "Customers",
                "items": [
                    _page("Accounts", "groups", "accounts.account"),
                    _page("Subscriptions", "event_repeat", "billing.subscription"),
                    _page("Requests", "forum", "billing.changerequest"),
                    _page("Contacts", "contacts", "billing.contactentry"),
                    _page("Trials", "hourglass_bottom", "billing.trial"),
                    _page("Automatic upgrades", "trending_up", "billing.autoupgrade"),
                    _page("Letters", "mail", "accounts.letter"),
                    _page("Visits", "support_agent", "accounts.supportvisit"),
                ],
            },
            {
                "title": "Money",
                "items": [
                    _page("Invoices", "receipt_long", "billing.invoice"),
                    _page("Credit notes", "undo", "billing.correction"),
                    _page("Open amounts", "hourglass_top", "billing.receivable"),
                    _page("Orders", "shopping_cart_checkout", "billing.order"),
                    _page("Payments", "payments", "billing.payment"),
                    _page("Bank lines", "account_balance", "billing.bankline"),
                    _page("On account", "savings", "billing.deposit"),
                    _page("Refunds", "currency_exchange", "billing.refundattempt"),
                    _page(
                        *("Disputes", "gavel", "billing.dispute"),
                        waits="billing.admin.dispute_notice.undecided",
                    ),
                    _page("Payment attempts", "credit_score", "billing.paymentattempt"),
                    _page("Payment methods", "credit_card", "billing.paymentmethod"),
                    _page("Webhooks received", "webhook", "billing.webhookreceived"),
                    _page("Billing runs", "play_circle", "billing.billingrun"),
                ],
            },
            {
                "title": "Catalogue",
                "items": [
                    _page("Products", "inventory_2", "billing.product"),
                    _page("Prices", "sell", "billing.price"),
                    _page("Plan products", "category", "billing.planline"),
                    _page("Plan levels", "stairs", "billing.planlevel"),
                    _page("Features", "checklist", "billing.feature"),
                    _page("Tax rates", "percent", "billing.taxrate"),
                    _page("Seller's details", "storefront", "billing.sellerdetails"),
                    _page("Number series", "tag", "billing.numberseries"),
                ],
            },
            {
                "title": "Site",
                "items": [
                    _page("People", "person", "accounts.user"),
                    _page("Roles", "badge", "auth.group"),
                    _page("API keys", "key", "accounts.apikey"),
                    _page("Schedule", "schedule", "django_celery_beat.periodictask"),
                ],
            },
        ],
    },
}
