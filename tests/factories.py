"""Made-up people, accounts and catalogues for tests: few defaults, a trait for what matters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts import access, people
from accounts.keys import reserve
from accounts.models import Access, Account, Member, User
from billing.gateways.sandbox_cards import Behaviour
from billing.models import (
    PaymentMethod,
    Price,
    Product,
    SandboxCard,
    SellerDetails,
    Subscription,
    TaxRate,
    Tier,
)
from billing.models.sandbox import new_token
from billing.subscribing import open_subscription
from licensing.models import Queue

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# Of a member, what is written beside the log of their status.
_BESIDE = {
    *("access", "asked_to_return_at", "calls_without_queue", "last_active_at", "primary_admin"),
    *("purchase_permission", "type", "user"),
}


def instant(text: str) -> datetime:
    """`2026-02-10` or `2026-02-10 14:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        staff = factory.Trait(is_staff=True)
        superuser = factory.Trait(is_staff=True, is_superuser=True)

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.PostGenerationMethodCall("set_password", "correct horse")

    @classmethod
    def _after_postgeneration(cls, instance: User, create: bool, results: Any = None) -> None:
        instance.save()
        EmailAddress.objects.create(
            user=instance, email=instance.email, verified=True, primary=True
        )


class CardFactory(DjangoModelFactory[PaymentMethod]):
    """A card that the sandbox keeps for `payer` and charges; `behaviour=` is what becomes of that.

    It is the default, unless `is_default=False`.
    """

    class Meta:
        model = PaymentMethod

    gateway = "sandbox"
    brand = "visa"
    last4 = "1111"
    expires_month = 12
    expires_year = 2099
    is_default = True
    added_at = LONG_AGO

    @classmethod
    def _create(cls, model_class: type[PaymentMethod], *args: Any, **kwargs: Any) -> PaymentMethod:
        behaviour = kwargs.pop("behaviour", Behaviour.GOOD)
        shared = ("brand", "last4", "expires_month", "expires_year")
        kept = SandboxCard.objects.create(
            key=f"made up {new_token()}",
            payer=str(kwargs["payer"].pk),
            state=SandboxCard.State.KEPT,
            behaviour=behaviour,
            **{name: kwargs[name] for name in shared},
        )
        if kwargs["is_default"]:
            PaymentMethod.objects.filter(payer=kwargs["payer"]).update(is_default=False)
        return super()._create(model_class, *args, reference=kept.reference, **kwargs)


class AccountFactory(DjangoModelFactory[Account]):
    """A Czech customer that pays for itself by card; `paid_by=` makes it a paid-for child.

    Their card is a good one: `card=` names another behaviour, None has them have none.
    """

    class Meta:
        model = Account

    class Params:
        transfer = factory.Trait(pays_by=Account.PaysBy.TRANSFER, agreed_terms=True)
        german = factory.Trait(country="DE", tax_id="DE136695976", time_zone="Europe/Berlin")
        reseller = factory.Trait(role=Account.Role.RESELLER)
        client = factory.Trait(role=Account.Role.CLIENT)
        agency = factory.Trait(role=Account.Role.AGENCY)
        workspace = factory.Trait(role=Account.Role.WORKSPACE)
        sandbox = factory.Trait(kind=Account.Kind.SANDBOX)

    reference = factory.Sequence(lambda n: f"C-{n:05}")
    name = factory.Sequence(lambda n: f"Customer {n}")
    email = factory.Sequence(lambda n: f"invoices{n}@example.com")
    street = "Dlouhá 1"
    postcode = "110 00"
    city = "Praha"
    country = "CZ"
    opened_at = LONG_AGO

    @classmethod
    def _create(cls, model_class: type[Account], *args: Any, **kwargs: Any) -> Account:
        payer, card = kwargs.pop("paid_by", None), kwargs.pop("card", Behaviour.GOOD)
        if payer is not None:
            kwargs.setdefault("parent", payer)
        key = reserve(Account, count=1)[0]
        payer_id = key if payer is None else payer.pk
        account: Account = super()._create(model_class, *args, id=key, payer_id=payer_id, **kwargs)
        if payer is None and card and account.pays_by == Account.PaysBy.CARD:
            CardFactory(payer=account, behaviour=card)
        return account


class AccessFactory(DjangoModelFactory[Access]):
    """An Access with these ``rights``; `administrators=True` is the one of the account's admins."""

    class Meta:
        model = Access

    class Params:
        administrators = factory.Trait(kind=Access.Kind.ADMINISTRATORS)

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Access {n}")

    @classmethod
    def _create(cls, model_class: type[Access], *args: Any, **kwargs: Any) -> Access:
        given = kwargs.pop("rights", ())
        group = Group.objects.create(name=f"Account {kwargs['account'].pk}: {kwargs['name']}")
        made: Access = super()._create(model_class, *args, group=group, **kwargs)
        if given:
            access.set_rights(made, given)
        return made


class MemberFactory(DjangoModelFactory[Member]):
    """An active person, written down by `accounts.people`.

    `signs_in=True` makes their `user`, `admin=True` gives them the administrators' Access.
    """

    class Meta:
        model = Member

    class Params:
        robot = factory.Trait(bot=True)
        paying = factory.Trait(billing_role=True)

    account = factory.SubFactory(AccountFactory)
    reference = factory.Sequence(lambda n: f"member-{n}")
    name = factory.Sequence(lambda n: f"Member {n}")
    status = Member.Status.ACTIVE
    at = LONG_AGO

    @classmethod
    def _create(cls, model_class: type[Member], *args: Any, **kwargs: Any) -> Member:
        account = kwargs.pop("account")
        more = {name: kwargs.pop(name) for name in _BESIDE & kwargs.keys()}
        if kwargs.pop("signs_in", False):
            more["user"] = UserFactory(name=kwargs["name"])
            kwargs.setdefault("email", more["user"].email)
        if kwargs.pop("admin", False):
            kind = Access.Kind.ADMINISTRATORS
            found = Access.objects.filter(account=account, kind=kind).first()
            more["access"] = found or AccessFactory(account=account, administrators=True)
        member = people.add_member(account_id=account.pk, **kwargs)
        for name, value in more.items():
            setattr(member, name, value)
        if more:
            member.save(update_fields=list(more))
        member.account = account
        return member


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"product-{n}")
    family = "example"
    name_en = factory.LazyAttribute(lambda product: product.code.title())
    name_it = factory.LazyAttribute(lambda product: f"{product.name_en} (it)")
    name_cs = factory.LazyAttribute(lambda product: f"{product.name_en} (cs)")
    unit_en = "unit|units"
    position = factory.Sequence(lambda n: n)


class PriceFactory(DjangoModelFactory[Price]):
    """10.00 EUR a unit and month, in advance, of a chosen number; `code=` names the product."""

    class Meta:
        model = Price

    class Params:
        code = factory.Sequence(lambda n: f"product-{n}")
        peak = factory.Trait(timing=Price.Timing.ARREARS, basis=Price.Basis.PEAK)
        members = factory.Trait(basis=Price.Basis.BILLABLE_MEMBERS)
        metered = factory.Trait(timing=Price.Timing.ARREARS, basis=Price.Basis.METERED)
        once = factory.Trait(timing=Price.Timing.ONCE)
        flat = factory.Trait(model=Price.Model.FLAT)
        volume = factory.Trait(model=Price.Model.VOLUME, amount=None)

    product = factory.SubFactory(ProductFactory, code=factory.SelfAttribute("..code"))
    currency = "EUR"
    interval = Price.Interval.MONTH
    valid_from = date(2020, 1, 1)
    model = Price.Model.PER_UNIT
    timing = Price.Timing.ADVANCE
    basis = Price.Basis.SET
    amount = Decimal("10.00")


class TierFactory(DjangoModelFactory[Tier]):
    class Meta:
        model = Tier

    price = factory.SubFactory(PriceFactory, volume=True)
    up_to = None
    unit = Decimal("1.00")


class SellerFactory(DjangoModelFactory[SellerDetails]):
    class Meta:
        model = SellerDetails

    name = "Example Software s.r.o."
    street = "Krátká 2"
    postcode = "602 00"
    city = "Brno"
    country = "CZ"
    tax_id = "CZ12345678"
    time_zone = "Europe/Prague"
    email = "billing@example.com"
    bank_name = "Example Bank"
    iban = "CZ6508000000192000145399"
    bic = "EXAMCZPP"
    written_at = LONG_AGO


class TaxRateFactory(DjangoModelFactory[TaxRate]):
    class Meta:
        model = TaxRate
        django_get_or_create = ("country", "valid_from")

    country = "CZ"
    percent = Decimal("21")
    valid_from = date(2020, 1, 1)


class SubscriptionFactory(DjangoModelFactory[Subscription]):
    """An empty monthly plan from 1 January 2026, opened by `billing.subscribing`."""

    class Meta:
        model = Subscription

    account = factory.SubFactory(AccountFactory)
    code = "plan"
    starts_on = date(2026, 1, 1)

    @classmethod
    def _create(cls, model_class: type[Subscription], *args: Any, **kwargs: Any) -> Subscription:
        return open_subscription(account_id=kwargs.pop("account").pk, **kwargs)


class QueueFactory(DjangoModelFactory[Queue]):
    """An active voice queue."""

    class Meta:
        model = Queue

    class Params:
        calling_out = factory.Trait(outbound=True)

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Queue {n}")
    number = factory.Sequence(lambda n: n + 1)
    channel = Queue.Channel.VOICE
