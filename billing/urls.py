"""The addresses of customers' pages about money."""

from __future__ import annotations

from django.urls import path

from billing.views import overview

app_name = "billing"
urlpatterns = [
    path("accounts/<int:account_id>/billing/", overview.overview, name="overview"),
    path(
        "accounts/<int:account_id>/billing/invoices/<int:invoice_id>/",
        overview.invoice,
        name="invoice",
    ),
    path(
        "accounts/<int:account_id>/billing/invoices/<int:invoice_id>/xml/",
        overview.einvoice,
        name="einvoice",
    ),
    path("accounts/<int:account_id>/conversations/", overview.conversations, name="conversations"),
]
