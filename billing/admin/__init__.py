"""The desk's pages about the catalogue, accounts, invoices, payments and runs."""

from billing.admin import (
    accounts,
    automatic,
    catalogue,
    contacts,
    corrections,
    invoices,
    payments,
    plans,
    prices,
    providers,
    refunds,
    requests,
    runs,
    schedules,
    seller,
    subscriptions,
)

__all__ = [
    "accounts",
    "automatic",
    "catalogue",
    "contacts",
    "corrections",
    "invoices",
    "payments",
    "plans",
    "prices",
    "providers",
    "refunds",
    "requests",
    "runs",
    "schedules",
    "seller",
    "subscriptions",
]
