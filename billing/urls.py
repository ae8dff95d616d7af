"""The addresses of customers' pages about money."""

from __future__ import annotations

from django.urls import path

from billing.views import (
    automatic,
    cancelling,
    cart,
    changes,
    charges,
    configuring,
    contacts,
    documents,
    levels,
    methods,
    overview,
    papers,
    paying,
    plans,
    requests,
    sandbox_bank,
    stripe_form,
    trials,
    webhooks,
)

app_name = "billing"
urlpatterns = [
    path("accounts/<int:account_id>/billing/", overview.overview, name="overview"),
    path("accounts/<int:account_id>/billing/invoices/", papers.index, name="papers"),
    path("accounts/<int:account_id>/billing/invoices/csv/", papers.export, name="papers_csv"),
    path("accounts/<int:account_id>/billing/credit/", papers.credit, name="credit"),
    path("accounts/<int:account_id>/billing/credit/csv/", papers.credit_export, name="credit_csv"),
    path(
        "accounts/<int:account_id>/billing/invoices/<int:invoice_id>/",
        documents.document,
        name="document",
    ),
    path(
        "accounts/<int:account_id>/billing/invoices/<int:invoice_id>/why/<int:line_id>/",
        documents.explain,
        name="why",
    ),
    path(
        "accounts/<int:account_id>/billing/invoices/<int:invoice_id>/send/",
        documents.send,
        name="document_send",
    ),
    path(
        "accounts/<int:account_id>/billing/invoices/<int:invoice_id>/pdf/",
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
    path(
        "accounts/<int:account_id>/billing/orders/<int:order_id>/cancel/",
        cart.cancel,
        name="order_cancel",
    ),
    path("accounts/<int:account_id>/billing/contacts/", contacts.contacts, name="contacts"),
    path(
        "accounts/<int:account_id>/billing/contacts/automatic/",
        automatic.automatic,
        name="automatic",
    ),
    path(
        "accounts/<int:account_id>/billing/contacts/automatic/end/",
        automatic.automatic_end,
        name="automatic_end",
    ),
    path("accounts/<int:account_id>/billing/charges/", charges.charges, name="charges"),
    path("accounts/<int:account_id>/billing/level/<slug:code>/", levels.level, name="level"),
    path(
        "accounts/<int:account_id>/billing/plans/<slug:line>/",
        configuring.configure,
        name="configure",
    ),
    path("accounts/<int:account_id>/billing/features/", plans.features, name="features"),
    path("accounts/<int:account_id>/billing/user-seats/", plans.user_seats, name="user_seats"),
    path("accounts/<int:account_id>/billing/requests/", requests.index, name="requests"),
    path("accounts/<int:account_id>/billing/requests/new/", requests.new, name="request_new"),
    path(
        "accounts/<int:account_id>/billing/requests/<int:request_id>/",
        requests.thread,
        name="request",
    ),
    path(
        "accounts/<int:account_id>/billing/requests/<int:request_id>/withdraw/",
        requests.withdraw,
        name="request_withdraw",
    ),
    path("accounts/<int:account_id>/billing/cancel/", cancelling.cancel, name="cancel"),
    path("accounts/<int:account_id>/billing/keep/", cancelling.keep, name="keep"),
    path(
        "accounts/<int:account_id>/billing/orders/<int:order_id>/return/",
        paying.order_return,
        name="order_return",
    ),
    path(
        "accounts/<int:account_id>/billing/orders/<int:order_id>/call-off/",
        paying.order_call_off,
        name="order_call_off",
    ),
    path(
        "accounts/<int:account_id>/billing/invoices/<int:invoice_id>/pay/",
        paying.pay,
        name="pay",
    ),
    path(
        "accounts/<int:account_id>/billing/invoices/<int:invoice_id>/pay/return/",
        paying.pay_return,
        name="pay_return",
    ),
    path(
        "accounts/<int:account_id>/billing/invoices/<int:invoice_id>/pay/call-off/",
        paying.pay_call_off,
        name="pay_call_off",
    ),
    path("accounts/<int:account_id>/billing/methods/", methods.index, name="methods"),
    path("accounts/<int:account_id>/billing/methods/add/", methods.add, name="method_add"),
    path("accounts/<int:account_id>/billing/methods/way/", methods.way, name="pays_by"),
    path(
        "accounts/<int:account_id>/billing/methods/<int:method_id>/replace/",
        methods.replace,
        name="method_replace",
    ),
    path(
        "accounts/<int:account_id>/billing/methods/<int:method_id>/default/",
        methods.default,
        name="method_default",
    ),
    path(
        "accounts/<int:account_id>/billing/methods/<int:method_id>/remove/",
        methods.remove,
        name="method_remove",
    ),
    path(
        "accounts/<int:account_id>/billing/methods/forms/<int:setup_id>/return/",
        methods.added,
        name="method_added",
    ),
    path(
        "accounts/<int:account_id>/billing/methods/forms/<int:setup_id>/",
        stripe_form.form,
        name="method_form",
    ),
    path("sandbox-bank/card/<slug:card_token>/", sandbox_bank.card, name="sandbox_card"),
    path("sandbox-bank/secure/<slug:charge_token>/", sandbox_bank.secure, name="sandbox_secure"),
    path(
        "sandbox-bank/dispute/<slug:dispute_token>/", sandbox_bank.dispute, name="sandbox_dispute"
    ),
    path("accounts/<int:account_id>/billing/trials/<slug:code>/", trials.trial, name="trial"),
    path("webhooks/<slug:provider>/", webhooks.receive, name="webhook"),
]
