"""Vectors about prices: what a quantity, a part of a cycle, a peak or an overage costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.core.allocation import allocate
from billing.core.display import format_money
from billing.core.metering import above_allowance
from billing.core.money import minor_digits, to_minor_unit
from billing.core.peak import newly_paid, peak
from billing.core.periods import Anchors
from billing.core.pricing import Basis, Model, Price, Tier, Timing, amount_of
from billing.core.proration import prorate as part_of
from billing.core.proration import share_of
from tests.core.vector_adapter_words import day, number, only, period

Inputs = Mapping[str, Any]
MODELS = {
    "unit": Model.PER_UNIT,
    "per_unit": Model.PER_UNIT,
    "flat": Model.FLAT,
    "graduated": Model.TIERED,
    "tiered": Model.TIERED,
    "volume": Model.VOLUME,
    "stairstep": Model.VOLUME,
    "package": Model.PACKAGE,
}


def _price(inputs: Inputs) -> Price:
    """The price of a question; a stairstep is a volume price whose tiers are all flat."""
    model = MODELS[inputs["model"]]
    amount, size = None, None
    if model in {Model.PER_UNIT, Model.FLAT}:
        amount = Decimal(inputs.get("unit") or inputs.get("amount") or inputs["price"])
    elif model is Model.PACKAGE:
        amount, size = Decimal(inputs["package_price"]), int(inputs["package_size"])
    return Price(
        "vector",
        model,
        Timing.ADVANCE,
        Basis.SET,
        amount=amount,
        tiers=tuple(_tier(tier) for tier in inputs.get("tiers", ())),
        size=size,
    )


def _tier(tier: Mapping[str, Any]) -> Tier:
    return Tier(
        up_to=None if tier["up_to"] is None else int(tier["up_to"]),
        unit=Decimal(tier.get("unit") or "0"),
        flat=Decimal(tier.get("flat") or tier.get("price") or "0"),
    )


def _cost(price: Price, units: Fraction, inputs: Inputs) -> Fraction:
    """The core charges nothing for nothing; some sources charge the first flat fee."""
    if not units and price.tiers and inputs.get("charge_flat_at_zero"):
        return Fraction(price.tiers[0].flat)
    return amount_of(price, units)


def price(inputs: Inputs) -> dict[str, Any]:
    free = number(inputs.get("free_quantity", 0))
    units = above_allowance(number(inputs["quantity"]), free)
    return {"amount": _cost(_price(inputs), units, inputs)}


def price_delta(inputs: Inputs) -> dict[str, Any]:
    costs = [_cost(_price(inputs), number(inputs[when]), inputs) for when in ("before", "after")]
    return {"amount": costs[1] - costs[0]}


def tier_difference(inputs: Inputs) -> dict[str, Any]:
    plan, reached = Decimal(inputs["plan_price"]), Decimal(inputs["reached_price"])
    extra = above_allowance(reached, plan)
    return {"extra": extra, "total": plan + extra}


def _overage(inputs: Inputs) -> tuple[Fraction, Fraction]:
    over = above_allowance(number(inputs["used"]), number(inputs["included"]))
    block = {
        "model": "package",
        "package_price": inputs["unit"],
        "package_size": inputs.get("block", 1),
    }
    return over, amount_of(_price(block), over)


def overage(inputs: Inputs) -> dict[str, Any]:
    over, amount = _overage(inputs)
    if "currency" in inputs:
        return {"overage": over, "amount": to_minor_unit(amount, inputs["currency"])}
    return {"overage": over, "amount": amount}


def overage_invoice(inputs: Inputs) -> dict[str, Any]:
    currency = inputs["currency"]
    base = to_minor_unit(Decimal(inputs["base"]), currency)
    extra = to_minor_unit(_overage(inputs)[1], currency)
    return {"base": base, "overage_amount": extra, "total": base + extra}


def _share(line: Inputs, ends: str) -> tuple[Fraction, Fraction]:
    """The days charged and the days of the whole; some sources print only these."""
    if "used" in line:
        return number(line["used"]), number(line["total"])
    service = period(line["service_from"], line["service_to"], ends=ends)
    whole = period(line["period_from"], line["period_to"], ends=ends)
    part, days = share_of(service, whole)
    return Fraction(part), Fraction(days)


def _exact(line: Inputs, convention: Inputs) -> Fraction:
    only(convention, day_count="actual/actual_period", rounding="half_up", round_stage="line")
    part, whole = _share(line, convention.get("end", "exclusive"))
    amount = Fraction(line["amount"]) * number(line.get("quantity", 1))
    sign = {"charge": 1, "credit": -1}[line.get("kind") or line.get("direction") or "charge"]
    return part_of(amount * sign, part, whole)


def prorate(inputs: Inputs) -> dict[str, Any]:
    convention = inputs.get("convention", {})
    exact = _exact(inputs, convention)
    used, total = _share(inputs, convention.get("end", "exclusive"))
    return {
        "amount": to_minor_unit(exact, inputs["currency"]),
        "unrounded": exact,
        "used": int(used),
        "total": int(total),
    }


def prorate_lines(inputs: Inputs) -> dict[str, Any]:
    convention = inputs.get("convention", {})
    exact = [_exact(line, convention) for line in inputs["lines"]]
    lines = [to_minor_unit(amount, inputs["currency"]) for amount in exact]
    return {"lines": lines, "net": sum(lines, Decimal(0))}


def high_water_mark(inputs: Inputs) -> dict[str, Any]:
    only(inputs, proration="none")
    charged = newly_paid(int(units) for units in (inputs["initial_units"], *inputs["changes"]))
    return {"charges": _charges(inputs["unit_price"], charged, inputs["currency"])}


def _charges(unit_price: str, charged: Sequence[int], currency: str) -> list[Decimal]:
    per_unit = _price({"model": "unit", "unit": unit_price})
    return [to_minor_unit(amount_of(per_unit, units), currency) for units in charged]


def high_water_mark_batch(inputs: Inputs) -> dict[str, Any]:
    charges = [
        _charges(
            item["unit_price"],
            newly_paid((int(item["initial_units"]), int(item["new_units"]))),
            inputs["currency"],
        )
        for item in inputs["items"]
    ]
    first, lines = [pair[0] for pair in charges], [pair[1] for pair in charges]
    return {"initial": sum(first, Decimal(0)), "lines": lines, "total": sum(lines, Decimal(0))}


def peak_of_values(inputs: Inputs) -> dict[str, Any]:
    """The values of one cycle, in turn: each is set on a day of its own."""
    levels = [
        (date.fromordinal(place), Decimal(value))
        for place, value in enumerate(inputs["values"], start=1)
    ]
    end = date.fromordinal(len(levels) + 1)
    return {"peak": Decimal(peak(levels, start=date.min, end=end))}


def monthly_peak(inputs: Inputs) -> dict[str, Any]:
    levels = [(day(on), Decimal(value)) for on, value in inputs["changes"]]
    starts = [day(f"{month}-01") for month in inputs["months"]]
    peaks = [
        peak(levels, start=start, end=Anchors(start, start.day).after(start)) for start in starts
    ]
    return {"peaks": [Decimal(value) for value in peaks]}


def allocation(inputs: Inputs) -> dict[str, Any]:
    ratios = [number(ratio) for ratio in inputs["ratios"]]
    digits = inputs["decimals"] if "decimals" in inputs else minor_digits(inputs["currency"])
    return {"shares": allocate(Decimal(inputs["amount"]), ratios, digits=digits)}


def minor_units(inputs: Inputs) -> dict[str, Any]:
    return {"digits": minor_digits(inputs["currency"])}


def round_money(inputs: Inputs) -> dict[str, Any]:
    only(inputs, rounding="half_up")
    return {"amount": to_minor_unit(Decimal(inputs["amount"]), inputs["currency"])}


def multiply_round(inputs: Inputs) -> dict[str, Any]:
    only(inputs, rounding="half_up")
    exact = number(inputs["a"]) * number(inputs["b"])
    return {"exact": exact, "amount": to_minor_unit(exact, inputs["currency"])}


def sum_rounded(inputs: Inputs) -> dict[str, Any]:
    only(inputs, rounding="half_up")
    lines = [to_minor_unit(Decimal(amount), inputs["currency"]) for amount in inputs["amounts"]]
    return {"total": sum(lines, to_minor_unit(0, inputs["currency"]))}


def sum_rounded_products(inputs: Inputs) -> dict[str, Any]:
    only(inputs, rounding="half_up")
    currency = inputs["currency"]
    lines = [to_minor_unit(number(a) * number(b), currency) for a, b in inputs["items"]]
    return {"lines": lines, "total": sum(lines, to_minor_unit(0, currency))}


def money_text(inputs: Inputs) -> dict[str, Any]:
    amount = to_minor_unit(Decimal(inputs["amount"]), inputs["currency"])
    text = format_money(amount, inputs["currency"], inputs["locale"], real_minus=False)
    return {"text": text}


OPS = {
    "allocate": allocation,
    "format_money": money_text,
    "high_water_mark": high_water_mark,
    "high_water_mark_batch": high_water_mark_batch,
    "minor_units": minor_units,
    "monthly_peak": monthly_peak,
    "multiply_round": multiply_round,
    "overage": overage,
    "overage_invoice": overage_invoice,
    "peak": peak_of_values,
    "price": price,
    "price_delta": price_delta,
    "prorate": prorate,
    "prorate_lines": prorate_lines,
    "round_money": round_money,
    "sum_rounded": sum_rounded,
    "sum_rounded_products": sum_rounded_products,
    "tier_difference": tier_difference,
}
