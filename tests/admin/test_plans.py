"""The desk's pages about plans: levels with their features, and what the log says of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from billing.models import Feature, LevelFeature, PlanLevel, Product
from tests.billing import plan_book
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


@lasting(autouse=True)
def catalogue() -> None:
    plan_book.catalogue(recorded=True)


def form(level: PlanLevel, *rows: dict[str, Any], initial: int) -> dict[str, Any]:
    """The page of a level as a browser sends it."""
    return {
        "family": level.family,
        "position": level.position,
        **{f"name_{language}": name for language, name in level.names.items()},
        "features-TOTAL_FORMS": len(rows),
        "features-INITIAL_FORMS": initial,
        **{
            f"features-{place}-{name}": value
            for place, row in enumerate(rows)
            for name, value in row.items()
        },
    }


def test_a_level_gets_a_feature_and_the_log_says_so(root):  # PLAN-2, STAFF-4
    level = PlanLevel.objects.get(code="starter")
    known = [
        {"id": one.pk, "feature": one.feature_id, "times": one.times or ""}
        for one in level.features.all()
    ]
    new = {"id": "", "feature": Feature.objects.get(code="automations").pk, "times": "3"}

    answer = root.post(
        reverse("admin:billing_planlevel_change", args=[level.pk]),
        form(level, *known, new, initial=len(known)),
    )

    assert answer.status_code == 302
    assert level.features.get(feature__code="automations").times == 3
    log = root.get(reverse("admin:billing_planlevel_history", args=[level.pk])).content.decode()
    assert "Automations (3 ×) · " in log


def test_a_level_has_a_feature_once(root):
    level = PlanLevel.objects.get(code="starter")
    row = level.features.get(feature__code="forms")
    twice = {"id": "", "feature": row.feature_id, "times": ""}
    known = {"id": row.pk, "feature": row.feature_id, "times": ""}

    answer = root.post(
        reverse("admin:billing_planlevel_change", args=[level.pk]),
        form(level, known, twice, initial=1),
    )

    assert answer.status_code == 200
    assert LevelFeature.objects.filter(level=level, feature=row.feature).count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"family": "other"}, "Choose one of the same family."),
        ({"level": ""}, "Plans and user seats have a level, and nothing else has."),
        ({"kind": "add_on"}, "A plan is of a plan product, and nothing else is."),
        ({"code": "twin"}, "This plan product has a plan of this level already."),
    ],
)
def test_a_plan_stands_at_its_place(root, changed, said):  # PLAN-2
    product = Product.objects.get(code="marketing-pro")
    names = ("family", "subscription_code", "position", "kind", "who_may_buy", *product.names)
    data = {
        **{name: getattr(product, name, "") for name in names},
        **{f"name_{language}": product.name_en for language in ("en", "it", "cs")},
        **{f"unit_{language}": product.unit_en for language in ("en", "it", "cs")},
        "line": product.line_id,
        "level": product.level_id,
        **changed,
    }
    page = (
        reverse("admin:billing_product_add")
        if "code" in changed
        else reverse("admin:billing_product_change", args=[product.pk])
    )

    answer = root.post(page, data)

    assert answer.status_code == 200
    assert said in answer.content.decode()
