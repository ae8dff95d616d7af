"""The price editor's forms: what is wrong is said beside its field, for tiers too."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.validators import MinValueValidator
from django.utils.functional import cached_property

from accounts.admin.desk import MOST_ROWS, TOO_MANY_ROWS, asking, known_days
from billing.core import pricing
from billing.core.money import minor_digits
from billing.core.periods import Interval
from billing.core.pricing import ImpossiblePrice, Problem
from billing.models import Price, Tier
from billing.prices import plain

TIERS: Final = "tiers"
_OF_SO_MANY: Final[dict[str, Any]] = {"max_num": MOST_ROWS, "absolute_max": MOST_ROWS}
# The field that carries the fingerprint of the tiers that the page showed.
SEEN: Final = "seen"
# What a version is of and from when: units cost the same whatever stands there.
IDENTITY: Final = frozenset({"product", "valid_from", "__all__"})
# Set on the row of a form with figures that could not be read.
UNREAD: Final = "unread"
SMALLEST_FACTOR: Final = Decimal("0.000001")
TIER_LABELS: Final = {
    "up_to": "last unit, empty for no end",
    "unit": "amount per unit",
    "flat": "flat amount",
}
_TIER_FIELD: Final = re.compile(r"tiers\[(\d+)\]\.(\w+)")
_PLAIN_FIELDS: Final = (
    *("currency", "interval", "valid_from", "model", "timing", "basis", "increase", "decrease"),
    *("amount", "size", "allowance", "unit_factor"),
)


def in_order(tiers: Iterable[Tier]) -> Sequence[Tier]:
    """The tiers as they follow each other: by their bound, the endless one last."""
    return sorted(tiers, key=lambda tier: (tier.up_to is None, tier.up_to or 0))


def core_price(row: Price, *, tiers: Iterable[Tier]) -> pricing.Price:
    """The price that this row, saved or not, stands for, with these tiers in any order.

    ``pricing.ImpossiblePrice`` says everything that is wrong with it; its tiers are numbered as
    they follow each other.
    """
    in_advance = row.timing == Price.Timing.ADVANCE
    return pricing.Price(
        version=str(row.pk or ""),
        model=pricing.Model(row.model),
        timing=pricing.Timing(row.timing),
        basis=pricing.Basis(row.basis),
        amount=row.amount,
        tiers=tuple(pricing.Tier(tier.up_to, tier.unit, tier.flat) for tier in in_order(tiers)),
        size=row.size,
        allowance=row.allowance,
        increase=pricing.Increase(row.increase),
        decrease=pricing.Decrease(row.decrease),
        unit_factor=row.unit_factor,
        interval=Interval(row.interval) if in_advance else None,
    )


def problems_of(row: Price, tiers: list[Tier]) -> tuple[Problem, ...]:
    """All that is wrong with a price and its tiers together; nothing when it can be charged."""
    try:
        core_price(row, tiers=tiers)
    except ImpossiblePrice as impossible:
        return impossible.problems
    except ValueError:
        # A choice is missing: that is said beside its own field.
        return ()
    return ()


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}."


def _shortened(form: Any, *names: str) -> None:
    """Figures as people type them: 19, not 19.00000000."""
    for name in names:
        value = form.initial.get(name)
        if isinstance(value, Decimal):
            form.initial[name] = Decimal(plain(value))


class TierForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = Tier
        fields = ("up_to", "unit", "flat")
        error_messages: ClassVar = {
            "unit": {"required": "Write the amount per unit, 0 for none."},
            "flat": {"required": "Write the flat amount, 0 for none."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _shortened(self, "unit", "flat")
        self._name_inputs()
        for name in ("unit", "flat"):
            self.fields[name].validators.append(MinValueValidator(0, "Write zero or more."))

    def _name_inputs(self) -> None:
        """A label for each input: the table's header alone names it to those who see it."""
        row = self.prefix.rpartition("-")[2] if self.prefix else ""
        place = f"Tier {int(row) + 1}" if row.isdecimal() else "New tier"
        for name in TIER_LABELS.keys() & self.fields.keys():
            self.fields[name].widget.attrs["aria-label"] = f"{place}, {TIER_LABELS[name]}"

    def has_changed(self) -> bool:
        # A row that was added by hand counts, also one that says: everything above is free.
        return self.instance.pk is None or super().has_changed()


class TierFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]  # as above
    """The tiers of a price, checked together with it, and against those that the page showed."""

    default_error_messages: ClassVar = TOO_MANY_ROWS

    @cached_property
    def management_form(self) -> Any:
        form = super().management_form
        form.fields[SEEN] = forms.CharField(widget=forms.HiddenInput, required=False)
        form.initial[SEEN] = fingerprint(self.get_queryset())
        return form

    def clean(self) -> None:
        if self._overtaken():
            raise forms.ValidationError(
                "The tiers were changed meanwhile. Open this price in another tab, and bring there "
                "what you typed here."
            )
        # What the price could not read says so itself: its row holds older or no figures there.
        if not getattr(self.instance, UNREAD, False) and not any(f.errors for f in self.forms):
            self._check()
        super().clean()

    def _overtaken(self) -> bool:
        seen = self.data.get(f"{self.prefix}-{SEEN}", "")
        # Worked out before the forms have put what was typed into their rows.
        return bool(seen) and seen != self.management_form.initial[SEEN]

    def _check(self) -> None:
        kept = kept_forms(self.forms)
        for problem in problems_of(self.instance, [form.instance for form in kept]):
            found = _TIER_FIELD.fullmatch(problem.field)
            if found:
                kept[int(found[1])].add_error(found[2], _sentence(problem.message))
            elif problem.field == TIERS:
                raise forms.ValidationError(_sentence(problem.message))


def kept_forms(tier_forms: Iterable[Any]) -> list[Any]:
    """The forms that say something and are not to be deleted, as their tiers follow each other."""
    kept = [
        form
        for form in tier_forms
        if (form.has_changed() or form.instance.pk) and not form.cleaned_data.get("DELETE")
    ]
    order = {id(tier): at for at, tier in enumerate(in_order(form.instance for form in kept))}
    return sorted(kept, key=lambda form: order[id(form.instance)])


def fingerprint(tiers: Iterable[Tier]) -> str:
    """What tells these tiers from those that somebody else makes of them."""
    said = [(tier.pk, tier.up_to, plain(tier.unit), plain(tier.flat)) for tier in in_order(tiers)]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


TierForms = forms.inlineformset_factory(
    Price, Tier, form=TierForm, formset=TierFormSet, extra=0, can_delete=True, **_OF_SO_MANY
)


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """One version of a price. What its tiers do to it is checked with what stands on the page."""

    class Meta:
        model = Price
        fields = ("product", *_PLAIN_FIELDS)
        error_messages: ClassVar = {
            NON_FIELD_ERRORS: {
                "unique_together": "This product has a price in this currency and interval "
                "from this day on already. Choose another day, or change that version."
            },
            "valid_from": {"required": "Write the day from which the price holds."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _shortened(self, "amount", "unit_factor")
        # The preview shows this form without its page.
        for field in self.fields.values():
            asking(field)
        above_zero = MinValueValidator(SMALLEST_FACTOR, "Write more than zero.")
        # A version that was bought is shown by a form without fields.
        for name, more in (("unit_factor", (above_zero,)), ("valid_from", known_days())):
            if name in self.fields:
                self.fields[name].validators.extend(more)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        try:
            minor_digits(currency)
        except ValueError as unknown:
            raise forms.ValidationError(str(unknown)) from None
        return currency

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        setattr(self.instance, UNREAD, bool(self.errors.keys() - IDENTITY))
        if getattr(self.instance, UNREAD):
            return values
        row = Price(**{name: values[name] for name in _PLAIN_FIELDS if name in values})
        for problem in problems_of(row, self._tiers()):
            if problem.field in self.fields:
                self.add_error(problem.field, _sentence(problem.message))
        return values

    def _tiers(self) -> list[Tier]:
        """The tiers as typed, those that can be read: the others are complained about there."""
        # A plain formset, because that of the page asks the price in turn.
        plain = forms.inlineformset_factory(
            Price, Tier, form=TierForm, extra=0, can_delete=True, **_OF_SO_MANY
        )
        formset = plain(self.data, instance=self.instance, prefix=TIERS)
        if not formset.management_form.is_valid():
            return []
        return [form.instance for form in kept_forms(f for f in formset.forms if f.is_valid())]
