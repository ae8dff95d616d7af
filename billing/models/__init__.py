"""The nouns of billing."""

from billing.models.auto_upgrades import AutoUpgrade
from billing.models.bank import BankImport, BankLayout, BankLine, BankMatch, BankUpload
from billing.models.called_off import CalledOff
from billing.models.catalogue import Price, Product, Tier
from billing.models.contacts import ContactCall, ContactEntry, ContactUse
from billing.models.corrections import Correction
from billing.models.dealt_with import DealtWith
from billing.models.disputes import Dispute, DisputeMove
from billing.models.events import Event, PricePin
from billing.models.invoices import Bill, Invoice, Line, NumberSeries, Receivable
from billing.models.ledger import LedgerEntry
from billing.models.meters import Meter, UsageDay, UsageRecord
from billing.models.methods import MethodSetup, PaymentMethod
from billing.models.orders import Cart, CartLine, Order
from billing.models.payments import Payment, PaymentAttempt
from billing.models.plans import Feature, LevelFeature, PlanLevel, PlanLine
from billing.models.providers import ProviderKey, WebhookReceived
from billing.models.refunds import Deposit, RefundAttempt
from billing.models.requests import ChangeRequest, RequestMessage
from billing.models.runs import BillingRun, RunDraft, RunFailure, RunPage
from billing.models.sandbox import (
    SandboxCard,
    SandboxCharge,
    SandboxDispute,
    SandboxMessage,
    SandboxRefund,
)
from billing.models.seller import SellerDetails, TaxRate
from billing.models.subscriptions import Item, Subscription
from billing.models.trials import Trial

__all__ = [
    "AutoUpgrade",
    "BankImport",
    "BankLayout",
    "BankLine",
    "BankMatch",
    "BankUpload",
    "Bill",
    "BillingRun",
    "CalledOff",
    "Cart",
    "CartLine",
    "ChangeRequest",
    "ContactCall",
    "ContactEntry",
    "ContactUse",
    "Correction",
    "DealtWith",
    "Deposit",
    "Dispute",
    "DisputeMove",
    "Event",
    "Feature",
    "Invoice",
    "Item",
    "LedgerEntry",
    "LevelFeature",
    "Line",
    "Meter",
    "MethodSetup",
    "NumberSeries",
    "Order",
    "Payment",
    "PaymentAttempt",
    "PaymentMethod",
    "PlanLevel",
    "PlanLine",
    "Price",
    "PricePin",
    "Product",
    "ProviderKey",
    "Receivable",
    "RefundAttempt",
    "RequestMessage",
    "RunDraft",
    "RunFailure",
    "RunPage",
    "SandboxCard",
    "SandboxCharge",
    "SandboxDispute",
    "SandboxMessage",
    "SandboxRefund",
    "SellerDetails",
    "Subscription",
    "TaxRate",
    "Tier",
    "Trial",
    "UsageDay",
    "UsageRecord",
    "WebhookReceived",
]
