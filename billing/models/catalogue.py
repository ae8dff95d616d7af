"""The catalogue: products, and how each is charged in one currency from one date on."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords


class Product(models.Model):
    """Something that the vendor sells: a plan, an add-on, a licence type, a metered use."""

    class Who(models.TextChoices):
        PRIMARY = "primary", "Primary account admin only"
        PERMITTED = "permitted", "Also members with purchase permission"
        LICENSING = "licensing", "Members with Licensing update"

    class Kind(models.TextChoices):
        PLAN = "plan", "Plan: its number is the contact limit"
        USERS = "users", "User seats of a plan's level"
        ADD_ON = "add_on", "Add-on"
        LICENCE = "licence", "Licence type"
        OTHER = "other", "Something else"

    code = models.SlugField(max_length=40, unique=True)
    family = models.CharField(max_length=40, db_index=True)
    subscription_code = models.SlugField(
        max_length=20, default="plan", help_text="Which subscription of an account holds it."
    )
    kind = models.CharField(
        max_length=7,
        choices=Kind,
        default=Kind.OTHER,
        help_text="What customers' pages call it, and what they offer to do with it.",
    )
    line = models.ForeignKey(
        "billing.PlanLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name="plan product",
        help_text="Of a plan: what it is a plan of.",
    )
    level = models.ForeignKey(
        "billing.PlanLevel",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        help_text="Of a plan, and of user seats: on which level.",
    )
    name_en = models.CharField("name (English)", max_length=100)
    name_it = models.CharField("name (Italian)", max_length=100)
    name_cs = models.CharField("name (Czech)", max_length=100)
    # A unit's word in the forms that numbers want, parted by |: seat|seats, místo|místa|míst.
    unit_en = models.CharField("unit (English)", max_length=40, default="unit|units")
    unit_it = models.CharField("unit (Italian)", max_length=40, default="unità")
    unit_cs = models.CharField("unit (Czech)", max_length=40, default="jednotka|jednotky|jednotek")
    position = models.PositiveIntegerField(help_text="Catalogue order: lines stand in it.")
    who_may_buy = models.CharField(max_length=9, choices=Who, default=Who.PERMITTED)
    closed_from = models.DateField(
        null=True,
        blank=True,
        help_text="From this date no new customer may buy it; holders keep and manage theirs.",
    )
    requires = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="required_by",
        help_text="Sold only together with one of these products.",
    )
    placeholder = models.BooleanField(
        default=False, help_text="Its figures are invented placeholders of the demo catalogue."
    )

    history = HistoricalRecords(m2m_fields=[requires])

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(
                name="a_plan_alone_is_of_a_plan_product",
                condition=Q(kind="plan", line__isnull=False) | Q(~Q(kind="plan"), line=None),
                violation_error_message="A plan is of a plan product, and nothing else is.",
            ),
            models.CheckConstraint(
                name="plans_and_user_seats_alone_have_a_level",
                condition=Q(kind__in=["plan", "users"], level__isnull=False)
                | Q(~Q(kind__in=["plan", "users"]), level=None),
                violation_error_message="Plans and user seats have a level, and nothing else has.",
            ),
            models.UniqueConstraint(
                fields=["line", "level"],
                condition=Q(kind="plan"),
                name="a_plan_product_has_one_plan_of_a_level",
                violation_error_message="This plan product has a plan of this level already.",
            ),
            models.UniqueConstraint(
                fields=["level"],
                condition=Q(kind="users"),
                name="a_level_has_its_user_seats_once",
                violation_error_message="This level has its user seats already.",
            ),
        )

    def __str__(self) -> str:
        return self.name_en

    @property
    def names(self) -> dict[str, str]:
        """The name, and the word for a unit, by language: an invoice line keeps a copy of it."""
        return {
            "en": self.name_en,
            "it": self.name_it,
            "cs": self.name_cs,
            "unit_en": self.unit_en,
            "unit_it": self.unit_it,
            "unit_cs": self.unit_cs,
        }


class Price(models.Model):
    """How one product is charged, in one currency, for one interval, from one date on.

    Versions of a price cannot overlap: each is valid from its date until the next one's.
    """

    class Model(models.TextChoices):
        FLAT = "flat", "Flat"
        PER_UNIT = "per_unit", "Per unit"
        TIERED = "tiered", "Tiered (graduated)"
        VOLUME = "volume", "Volume"
        PACKAGE = "package", "Package"

    class Timing(models.TextChoices):
        ADVANCE = "advance", "In advance"
        ARREARS = "arrears", "In arrears"
        ONCE = "once", "Once"

    class Basis(models.TextChoices):
        SET = "set", "The number chosen"
        PEAK = "peak", "The highest number in the cycle"
        BILLABLE_MEMBERS = "billable_members", "Billable members"
        METERED = "metered", "Use above the allowance"

    class Increase(models.TextChoices):
        PRORATE = "prorate", "At once, charged pro rata today"
        PRORATE_NEXT = "prorate_next", "At once, pro rata on the next invoice"

    class Decrease(models.TextChoices):
        AT_RENEWAL = "at_renewal", "At renewal"
        BY_REQUEST = "by_request", "By request to support, at renewal"
        NOW = "now", "At once, without credit"
        NOW_CREDIT = "now_credit", "At once, with a pro-rata credit"

    class Interval(models.TextChoices):
        MONTH = "month", "Month"
        YEAR = "year", "Year"

    product = models.ForeignKey(Product, models.PROTECT, related_name="prices")
    currency = models.CharField(max_length=3)
    interval = models.CharField(max_length=5, choices=Interval, default=Interval.MONTH)
    valid_from = models.DateField()
    model = models.CharField(max_length=8, choices=Model)
    timing = models.CharField(max_length=7, choices=Timing)
    basis = models.CharField(max_length=16, choices=Basis)
    increase = models.CharField(max_length=12, choices=Increase, default=Increase.PRORATE)
    decrease = models.CharField(max_length=10, choices=Decrease, default=Decrease.AT_RENEWAL)
    amount = models.DecimalField(max_digits=15, decimal_places=8, null=True, blank=True)
    size = models.PositiveIntegerField("units in a package", null=True, blank=True)
    allowance = models.PositiveBigIntegerField(default=0)
    unit_factor = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        default=Decimal(1),
        help_text="Of a peak price: what one of the quantity counts as.",
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ("product", "currency", "interval", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=["product", "currency", "interval", "valid_from"],
                name="price_versions_do_not_overlap",
            ),
            models.CheckConstraint(
                name="a_price_is_not_negative", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
            models.CheckConstraint(
                name="a_unit_counts_as_more_than_nothing", condition=Q(unit_factor__gt=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.product} {self.currency}/{self.interval} from {self.valid_from}"


class Tier(models.Model):
    """One step of a tiered or volume price; ``up_to`` is inclusive, empty means no end."""

    price = models.ForeignKey(Price, models.CASCADE, related_name="tiers")
    up_to = models.PositiveBigIntegerField(null=True, blank=True)
    unit = models.DecimalField("per unit", max_digits=15, decimal_places=8, default=0)
    flat = models.DecimalField(max_digits=15, decimal_places=3, default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ("price", models.F("up_to").asc(nulls_last=True))
        constraints = (
            models.UniqueConstraint(
                fields=["price", "up_to"], name="a_price_has_one_tier_per_bound"
            ),
            models.UniqueConstraint(
                fields=["price"],
                condition=Q(up_to__isnull=True),
                name="a_price_has_one_endless_tier",
            ),
            models.CheckConstraint(
                name="a_tier_is_not_negative", condition=Q(unit__gte=0, flat__gte=0)
            ),
        )

    def __str__(self) -> str:
        return f"up to {self.up_to}" if self.up_to is not None else "above"
