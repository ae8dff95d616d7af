"""The addresses of customers' pages about money."""

from __future__ import annotations

from django.urls import path

from billing.views import cart, changes, charges, configuring, contacts, levels, overview, plans

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
    path("accounts/<int:account_id>/billing/change/<slug:code>/", changes.change, name="change"),
    path(
        "accounts/<int:account_id>/billing/scheduled/<slug:code>/cancel/",
        changes.cancel,
        name="scheduled_cancel",
    ),
    path("accounts/<int:account_id>/billing/cart/", cart.cart, name="cart"),
    path(
        "accounts/<int:account_id>/billing/cart/<slug:code>/take-out/",
        cart.take_out,
        name="take_out",
    ),
    path("accounts/<int:account_id>/billing/orders/<int:order_id>/", cart.order, name="order"),
    path(
        "accounts/<int:account_id>/billing/orders/<int:order_id>/again/",
        cart.again,
        name="order_again",
    ),
    path("accounts/<int:account_id>/billing/contacts/", contacts.contacts, name="contacts"),
    path("accounts/<int:account_id>/billing/charges/", charges.charges, name="charges"),
    path("accounts/<int:account_id>/billing/level/<slug:code>/", levels.level, name="level"),
    path(
        "accounts/<int:account_id>/billing/plans/<slug:line>/",
        configuring.configure,
        name="configure",
    ),
    path("accounts/<int:account_id>/billing/features/", plans.features, name="features"),
    path("accounts/<int:account_id>/billing/user-seats/", plans.user_seats, name="user_seats"),
    path("accounts/<int:account_id>/conversations/", overview.conversations, name="conversations"),
]
