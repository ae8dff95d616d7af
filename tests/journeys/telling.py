"""A story of `tests/core/scenarios` told to the database, as customers and jobs would live it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from accounts import people
from accounts.models import Account, Member, MemberEvent
from billing import events, meters, run, subscribing
from billing.core.money import to_minor_unit
from billing.core.periods import first_instant
from billing.models import Bill, Line, Price, Product, Subscription, Tier, UsageRecord
from tests.factories import AccountFactory, ProductFactory, SellerFactory, TaxRateFactory

Json = dict[str, Any]

NOT_FOR_SALE = date(9000, 1, 1)


@dataclass
class Teller:
    """Tells one story: writes what happens, lets the real run come, reads the bills back."""

    story: Json
    paths: dict[int, str] = field(default_factory=dict)
    member_paths: dict[int, str] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def __post_init__(self) -> None:
        said = self.story["account"]
        self.zone: str = said["time_zone"]
        self.account: Account = AccountFactory(
            time_zone=self.zone,
            currency=said["currency"],
            country=said["country"],
            tax_id=said.get("tax_id") or "",
            discount_percent=Decimal(said.get("discount_percent", "0")),
            opened_at=datetime(2000, 1, 1, tzinfo=UTC),
        )
        seller = self.story["seller"]
        SellerFactory(country=seller["country"])
        for country, percent in seller["tax_rates"].items():
            TaxRateFactory(country=country, percent=Decimal(percent))
        self._write_catalogue()
        cycle = self.story["cycle"]
        self.subscription = subscribing.open_subscription(
            account_id=self.account.pk,
            starts_on=date.fromisoformat(cycle["start"]),
            interval=cycle["interval"],
            anchor_day=cycle.get("anchor_day"),
            items=dict.fromkeys(self.story["catalogue"], 0),
        )

    # Writing

    def tell(self, *, prompt: bool = True) -> None:
        """Let everything happen in order; the run comes at each due instant, or once at the end."""
        end = self._instant(self.story["until"]) + timedelta(days=1) - timedelta(microseconds=1)
        for at, deeds in sorted(self._happenings().items()):
            if prompt:
                self._run_until(at - timedelta(microseconds=1))
            for deed in deeds:
                deed()
            if prompt:
                self._run_until(at)
        if prompt:
            self._run_until(end)
        else:
            self._run(end)

    def _run_until(self, at: datetime) -> None:
        while True:
            due = Subscription.objects.values_list("next_bill_at", flat=True)
            next_at = due.get(pk=self.subscription.pk)
            if next_at is None or next_at > at:
                return
            self._run(next_at)

    def _run(self, at: datetime) -> None:
        started = run.start(at=at, clock=lambda: at, source="command")
        run.work(started.pk, worker="a test", clock=lambda: at)
        assert not started.run_failures.exists(), started.run_failures.get().detail

    def _happenings(self) -> dict[datetime, list[Callable[[], None]]]:
        """What happens at each instant, in order: changes, members, usage, announcements."""
        found: dict[datetime, list[Callable[[], None]]] = defaultdict(list)
        for at, changes in self._changes().items():
            found[at].append(partial(self._change, at, changes))
        for number, entry in enumerate(self.story.get("members", [])):
            at = self._instant(entry["at"])
            path = f"members[{number}]"
            found[at].append(partial(self._move, at, entry, path))
        for number, use in enumerate(self.story.get("usage", [])):
            at = self._instant(use["at"])
            path = f"usage[{number}]"
            found[at].append(partial(self._use, at, use, path))
        start = self._instant(self.story["cycle"]["start"])
        for number, change in enumerate(self.story.get("price_changes", [])):
            noticed = change.get("notice_sent")
            at = max(start, self._instant(noticed)) if noticed else start
            found[at].append(partial(self._announce, at, change, number))
        return found

    def _changes(self) -> dict[datetime, dict[str, tuple[int, str]]]:
        grouped: dict[datetime, dict[str, tuple[int, str]]] = defaultdict(dict)
        for number, event in enumerate(self.story.get("events", [])):
            change = (event["quantity"], f"events[{number}]")
            grouped[self._instant(event["at"])][event["product"]] = change
        return grouped

    def _change(self, at: datetime, changes: Mapping[str, tuple[int, str]]) -> None:
        written = events.record(
            subscription_id=self.subscription.pk,
            changes={product: quantity for product, (quantity, _) in changes.items()},
            at=at,
        )
        for event in written:
            assert event.at == at
            self.paths[event.pk] = changes[event.item.product.code][1]

    def _move(self, at: datetime, entry: Json, path: str) -> None:
        member = self.members.get(entry["id"])
        if member is None:
            self.members[entry["id"]] = member = people.add_member(
                account_id=self.account.pk,
                reference=entry["id"],
                name=entry["id"],
                bot=entry.get("bot", False),
                status=entry["status"],
                at=at,
            )
        else:
            people.set_status(member_id=member.pk, status=entry["status"], at=at)
        last = MemberEvent.objects.filter(member=member).order_by("sequence").last()
        assert last is not None
        self.member_paths.setdefault(last.pk, path)

    def _use(self, at: datetime, use: Json, path: str) -> None:
        meters.add(
            account_id=self.account.pk,
            subscription_id=self.subscription.pk,
            product=use["product"],
            key=path,
            at=at,
            quantity=use["quantity"],
        )

    def _announce(self, at: datetime, change: Json, number: int) -> None:
        # An agreed price, for nobody else: it must not be what a new customer would buy.
        day = NOT_FOR_SALE + timedelta(days=number)
        price = self._write_price(change["product"], change["price"], valid_from=day)
        noticed = change.get("notice_sent")
        events.announce_price(
            item_id=self.subscription.items.get(product__code=change["product"]).pk,
            price_id=price.pk,
            holds_from=date.fromisoformat(change["from"]),
            noticed_on=date.fromisoformat(noticed) if noticed else None,
            at=at,
        )

    def _write_catalogue(self) -> None:
        for position, (code, product) in enumerate(self.story["catalogue"].items()):
            ProductFactory(code=code, position=position)
            versions = product.get("prices") or [{"from": "2000-01-01", **product["price"]}]
            for version in versions:
                self._write_price(code, version, valid_from=date.fromisoformat(version["from"]))

    def _write_price(self, code: str, said: Json, *, valid_from: date) -> Price:
        price = Price.objects.create(
            product=Product.objects.get(code=code),
            currency=self.account.currency,
            interval=said.get("interval", self.story["cycle"]["interval"]),
            valid_from=valid_from,
            model=said["model"],
            timing=said["timing"],
            basis=said["basis"],
            increase=said.get("increase", "prorate"),
            decrease=said.get("decrease", "at_renewal"),
            amount=Decimal(said["amount"]) if "amount" in said else None,
            size=said.get("size"),
            allowance=said.get("allowance", 0),
            unit_factor=Decimal(str(said.get("unit_factor", 1))),
        )
        for tier in said.get("tiers", []):
            Tier.objects.create(
                price=price,
                up_to=tier["up_to"],
                unit=Decimal(tier.get("unit", "0")),
                flat=Decimal(tier.get("flat", "0")),
            )
        return price

    def _instant(self, said: str) -> datetime:
        if "T" in said:
            return datetime.fromisoformat(said).astimezone(UTC)
        return first_instant(date.fromisoformat(said), self.zone)

    # Reading

    def invoices(self) -> list[Json]:
        """The bills of the subscription in the form of `simulate`, oldest first."""
        bills = Bill.objects.filter(subscription=self.subscription).order_by("at", "pk")
        return [self._invoice(bill) for bill in bills.select_related("invoice")]

    def _invoice(self, bill: Bill) -> Json:
        invoice = bill.invoice
        lines = [self._line(line) for line in bill.lines.order_by("position")]
        assert bool(lines) == (invoice is not None)
        day = bill.starts_on if invoice is None else invoice.cycle_date
        return {
            "date": day.isoformat(),
            "reason": bill.reason,
            "currency": self.account.currency,
            "lines": lines,
            "subtotal": self._money(invoice.subtotal if invoice else 0),
            "discount": self._money(invoice.discount if invoice else 0),
            "taxes": [self._tax(tax) for tax in invoice.taxes if Decimal(tax["rate"])]
            if invoice
            else [],
            "total": self._money(invoice.total.amount if invoice else 0),
        }

    def _line(self, line: Line) -> Json:
        told = {
            "product": line.product_code,
            "kind": line.kind,
            "from": line.starts_on.isoformat(),
            "to": line.ends_on.isoformat(),
            "quantity": str(line.quantity),
            "units": None if line.units is None else line.units.normalize(),
            "unit_amount": None if line.unit_amount is None else line.unit_amount.normalize(),
            "months": line.months,
            "share": f"{line.share_days}/{line.cycle_days}" if line.cycle_days else None,
            "amount": self._money(line.amount),
            "because": self._because(line),
        }
        return {key: value for key, value in told.items() if value is not None}

    def _because(self, line: Line) -> list[str]:
        """The paths of what set the quantity, read as *Why this amount?* reads them."""
        if line.kind == Line.Kind.METERED:
            records = UsageRecord.objects.filter(
                meter__item=line.item_id,
                meter__cycle_start=line.starts_on,
                sequence__lte=line.last_sequence,
            )
            assert sum(record.quantity for record in records) == line.counted
            return _in_file_order(record.key for record in records)
        if line.kind == Line.Kind.MEMBERS:
            return self._members_of(line)
        counts_members = line.price.basis == Price.Basis.BILLABLE_MEMBERS
        paths = self.member_paths if counts_members else self.paths
        return [paths[key] for key in line.event_ids]

    def _members_of(self, line: Line) -> list[str]:
        log = MemberEvent.objects.filter(account=self.account, sequence__lte=line.last_sequence)
        active: dict[int, str] = {}
        for event in log.order_by("sequence").select_related("member"):
            if event.becomes != Member.Status.ACTIVE:
                active.pop(event.member_id, None)
            elif event.member.takes_seat:
                active[event.member_id] = self.member_paths[event.pk]
        assert len(active) == line.counted == line.quantity
        return _in_file_order(active.values())

    def _money(self, amount: Decimal | int) -> str:
        return format(to_minor_unit(amount, self.account.currency), "f")

    def _tax(self, tax: Json) -> Json:
        return {"rate": Decimal(tax["rate"]).normalize(), "base": tax["base"],
                "amount": tax["amount"]}  # fmt: skip


def expected(invoices: Sequence[Json]) -> list[Json]:
    """What a story expects, with the amounts that are written as listed made comparable."""
    return [
        {
            **invoice,
            "lines": [_comparable(line) for line in invoice["lines"]],
            "taxes": [
                {**tax, "rate": Decimal(tax["rate"]).normalize()} for tax in invoice["taxes"]
            ],
        }
        for invoice in invoices
    ]


def _comparable(line: Json) -> Json:
    return {
        key: Decimal(said).normalize() if key in ("units", "unit_amount") else said
        for key, said in line.items()
    }


def _in_file_order(paths: Any) -> list[str]:
    return sorted(paths, key=lambda path: int(path.partition("[")[2].rstrip("]")))
