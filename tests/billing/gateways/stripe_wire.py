"""Stripe's API on the wire: a server of our own that answers as Stripe's reference says it does.

Every answer is a real HTTP exchange. What a card does, its number of Stripe's says; the server can
be told to lose a request, or its answer, as networks do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from config.payments import StripeKeys

Object = dict[str, Any]
# What Stripe answers to a charge of these: (code, decline code, message).
DECLINES: Mapping[str, tuple[str, str, str]] = {
    "funds": ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    "expired": ("expired_card", "expired_card", "Your card has expired."),
    "lost": ("card_declined", "lost_card", "Your card was declined."),
    "declined": ("card_declined", "generic_decline", "Your card was declined."),
}
# What Stripe charges at least, in cents.
_LEAST = 50
_DISPUTES: Mapping[str, str] = {
    "inquiry": "warning_needs_response",
    "open": "needs_response",
    "won": "won",
    "lost": "lost",
    "closed": "warning_closed",
}
_ASKS = ("authentication_required", "authentication_required", "Your card was declined.")


def keys(address: str) -> StripeKeys:
    """Keys of an account at who answers as Stripe."""
    return StripeKeys(
        "sk_test_ofthetests00", "pk_test_ofthetests00", "whsec_ofthetests", address=address
    )


class Refusal(Exception):
    """An answer of 400 and more."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(error)
        self.status, self.error = status, error


class Stripe:
    """What the account at Stripe holds, and the faults of the line to it."""

    def __init__(self) -> None:
        self.address = ""
        self.empty()

    def empty(self) -> None:
        """As new: nothing is held, the line is good."""
        self.objects: dict[str, Object] = {}
        self.answered: dict[str, tuple[Object, int, Object]] = {}
        self.asked: list[str] = []
        # "before": the request never arrives; "after": its answer is lost; once each.
        self.loses = ""
        self.loses_at = ""
        self.refuses: Refusal | None = None
        self.refuses_at = ""
        self._numbers = count(1)

    # ---- what a test does at Stripe ----

    def card(self, behaviour: str, *, customer: str) -> str:
        """A card that behaves so, kept for the customer."""
        made = self._add(
            "pm",
            object="payment_method",
            type="card",
            customer=customer,
            behaviour=behaviour,
            card={"brand": "visa", "last4": "1111", "exp_month": 12, "exp_year": 2040},
        )
        return str(made["id"])

    def fill_in(self, setup: str, behaviour: str = "good") -> None:
        """The payer sends Stripe's form."""
        intent = self.objects[setup]
        if behaviour == "unkept":
            intent["last_setup_error"] = {"code": "card_declined"}
            return
        intent |= {
            "payment_method": self.card(behaviour, customer=intent["customer"]),
            "status": "succeeded",
        }

    def bank_answers(self, key: str, *, confirms: bool) -> None:
        """The payer answers on the page of their bank."""
        (intent,) = (
            one
            for one in self.objects.values()
            if one["object"] == "payment_intent" and one["metadata"]["key"] == key
        )
        intent["next_action"] = None
        if confirms:
            intent["status"] = "succeeded"
            return
        intent |= {
            "status": "requires_payment_method",
            "last_payment_error": {
                "code": "payment_intent_authentication_failure",
                "message": "The provided PaymentMethod has failed authentication.",
            },
        }

    def dispute(self, intent: str, state: str, *, disputed: int = 0, came_again: int = 0) -> str:
        """The cardholder disputes a charge, or their bank decides; the number of the dispute.

        Stripe takes the amount and a fee when it is opened, and gives the amount again when won.
        """
        charged = self.objects[intent]
        found = self._dispute_of(intent) or self._add(
            "du",
            object="dispute",
            amount=disputed or charged["amount"],
            currency=charged["currency"],
            payment_intent=intent,
            reason="fraudulent",
            livemode=False,
            evidence_details={"due_by": 1772668799},
            balance_transactions=[],
        )
        moved = found["balance_transactions"]
        if state == "open":
            moved.append({"object": "balance_transaction", "amount": -found["amount"], "fee": 1500})
        if again := found["amount"] if state == "won" else came_again:
            moved.append({"object": "balance_transaction", "amount": again, "fee": 0})
        found["status"] = _DISPUTES[state]
        return str(found["id"])

    def _dispute_of(self, intent: str) -> Object | None:
        of = [one for one in self.objects.values() if one["object"] == "dispute"]
        return next((one for one in of if one["payment_intent"] == intent), None)

    def charged(self) -> int:
        """How many charges there are."""
        return sum(
            one["object"] == "payment_intent" and one["status"] == "succeeded"
            for one in self.objects.values()
        )

    # ---- what Stripe answers ----

    def answer(self, method: str, path: str, params: Object, key: str) -> tuple[int, Object]:
        self.asked.append(f"{method} {path}")
        if self.refuses is not None and self.refuses_at in path:
            refusal, self.refuses = self.refuses, None
            return refusal.status, {"error": refusal.error}
        if key in self.answered:
            before, status, body = self.answered[key]
            if before != params:
                taken = {"type": "idempotency_error", "message": "Keys for idempotent requests"}
                return 400, {"error": taken}
            return status, body
        try:
            status, body = 200, self._act(method, path.strip("/").split("/")[1:], params)
        except Refusal as refused:
            status, body = refused.status, {"error": refused.error}
        if key:
            self.answered[key] = params, status, json.loads(json.dumps(body))
        return status, body

    def _act(self, method: str, parts: list[str], params: Object) -> Object:
        kind, number, *deed = [*parts, ""][:3] if len(parts) > 1 else [*parts, "", ""]
        if method == "GET" and not number:
            return self._list(params)
        if number and number not in self.objects:
            raise Refusal(
                404,
                type="invalid_request_error",
                code="resource_missing",
                message=f"No such {kind}: '{number}'",
            )
        if method == "GET":
            return self._shown(number, params)
        deeds = {
            "customers": lambda: self._add("cus", object="customer", **params),
            "setup_intents": lambda: self._setup(params),
            "payment_intents": lambda: self._intent(params),
            "refunds": lambda: self._refund(params),
            "confirm": lambda: self._confirm(self.objects[number], params),
            "cancel": lambda: self._cancel(self.objects[number]),
            "detach": lambda: self._detach(self.objects[number]),
        }
        return deeds[deed[0] or kind]()

    def _shown(self, number: str, params: Object) -> Object:
        found = dict(self.objects[number])
        for name in params.get("expand", {}).values():
            if found.get(name):
                found[name] = self.objects[found[name]]
        return found

    def _list(self, params: Object) -> Object:
        of = params["payment_intent"]
        found = [
            one
            for one in self.objects.values()
            if one["object"] == "refund" and one["payment_intent"] == of
        ]
        return {"object": "list", "data": found, "has_more": False, "url": "/v1/refunds"}

    def _add(self, prefix: str, **values: Any) -> Object:
        number = f"{prefix}_{next(self._numbers)}"
        self.objects[number] = {"id": number, **values}
        return self.objects[number]

    def _setup(self, params: Object) -> Object:
        made = self._add(
            "seti",
            object="setup_intent",
            status="requires_payment_method",
            payment_method=None,
            **params,
        )
        made["client_secret"] = f"{made['id']}_secret_x"
        return made

    def _intent(self, params: Object) -> Object:
        if params["currency"] == "eur" and int(params["amount"]) < _LEAST:
            raise Refusal(
                400,
                type="invalid_request_error",
                code="amount_too_small",
                param="amount",
                message="Amount must be at least €0.50 eur",
            )
        return self._add(
            "pi",
            object="payment_intent",
            status="requires_payment_method",
            last_payment_error=None,
            next_action=None,
            **{**params, "amount": int(params["amount"])},
        )

    def _confirm(self, intent: Object, params: Object) -> Object:
        if intent["status"] != "requires_payment_method":
            raise Refusal(
                400,
                type="invalid_request_error",
                code="payment_intent_unexpected_state",
                message=f"This PaymentIntent's status is {intent['status']}.",
            )
        card = self.objects.get(params["payment_method"])
        if card is None or card["customer"] != intent["customer"]:
            raise Refusal(
                400,
                type="invalid_request_error",
                code="resource_missing",
                param="payment_method",
                message=f"No such PaymentMethod: '{params['payment_method']}'",
            )
        asks = card["behaviour"] == "secure"
        if asks and "return_url" in params:
            intent |= {
                "status": "requires_action",
                "next_action": {
                    "type": "redirect_to_url",
                    "redirect_to_url": {
                        "url": f"https://hooks.stripe.com/{intent['id']}",
                        "return_url": params["return_url"],
                    },
                },
            }
            return intent
        refusal = _ASKS if asks else DECLINES.get(card["behaviour"])
        if refusal is not None:
            code, decline_code, message = refusal
            error = {"code": code, "decline_code": decline_code, "message": message}
            intent["last_payment_error"] = {"type": "card_error", **error}
            raise Refusal(402, type="card_error", payment_intent=dict(intent), **error)
        intent["status"] = "succeeded"
        return intent

    def _cancel(self, intent: Object) -> Object:
        if intent["status"] in {"succeeded", "canceled"}:
            raise Refusal(
                400,
                type="invalid_request_error",
                code="payment_intent_unexpected_state",
                message="You cannot cancel this PaymentIntent.",
            )
        intent["status"] = "canceled"
        return intent

    def _refund(self, params: Object) -> Object:
        intent = self.objects.get(params["payment_intent"])
        if intent is None or intent["status"] != "succeeded":
            raise Refusal(
                404,
                type="invalid_request_error",
                code="resource_missing",
                message=f"No such payment_intent: '{params['payment_intent']}'",
            )
        dispute = self._dispute_of(intent["id"])
        if dispute and dispute["status"] in {"needs_response", "lost"}:
            raise Refusal(
                400,
                type="invalid_request_error",
                code="charge_disputed",
                message="Charge has been charged back; cannot issue a refund.",
            )
        before = [one["amount"] for one in self._list(params)["data"]]
        amount = int(params["amount"])
        if sum(before) + amount > intent["amount"]:
            raise Refusal(
                400,
                type="invalid_request_error",
                message="Refund amount is greater than unrefunded amount on charge.",
            )
        values = {**params, "amount": amount, "currency": intent["currency"]}
        return self._add("re", object="refund", status="succeeded", failure_reason=None, **values)

    def _detach(self, card: Object) -> Object:
        if card["customer"] is None:
            raise Refusal(
                400, type="invalid_request_error", message="The payment method is not attached."
            )
        card["customer"] = None
        return card


@contextmanager
def stripe_on_the_wire() -> Iterator[Stripe]:
    """A server that answers as Stripe, for as long as this lasts."""
    account = Stripe()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve("")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            self._serve(body.decode())

        def _serve(self, body: str) -> None:
            address = urlsplit(self.path)
            mine = account.loses_at in address.path
            if mine and account.loses == "before":
                account.loses = ""
                return self.close_connection_unanswered()
            status, found = account.answer(
                self.command,
                address.path,
                unflattened(body or address.query),
                self.headers.get("Idempotency-Key", ""),
            )
            if mine and account.loses == "after":
                account.loses = ""
                return self.close_connection_unanswered()
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return None

        def close_connection_unanswered(self) -> None:
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    account.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield account
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def unflattened(form: str) -> Object:
    """`metadata[key]=x` as it is meant: {"metadata": {"key": "x"}}."""
    found: Object = {}
    for name, value in parse_qsl(form):
        outer, _, inner = name.partition("[")
        if inner:
            found.setdefault(outer, {})[inner.removesuffix("]")] = value
        else:
            found[outer] = value
    return found
