"""What plans can do: what each level has, what is gained and lost, and the page that compares."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.features import Features, Shift
from billing.models import PlanLine
from tests.billing import plan_book
from tests.billing.plan_book import plan
from tests.factories import AccountFactory, MemberFactory, SubscriptionFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


@lasting(autouse=True)
def catalogue() -> None:
    plan_book.catalogue()


def said(shifts: tuple[Shift, ...]) -> list[Any]:
    return [(one.feature.code, one.was, one.becomes) if one.counted else one.feature.code
            for one in shifts]  # fmt: skip


@pytest.mark.parametrize(
    ("was", "becomes", "gained", "lost"),
    [
        (("marketing", "plus"), ("marketing", "pro"), [("sends", 10, 12), "experiments"], []),
        (("marketing", "plus"), ("marketing", "starter"), [], ["automations"]),
        (("marketing", "pro"), ("marketing", "plus"), [], [("sends", 12, 10), "experiments"]),
        (("sales", "plus"), ("sales", "pro"), [("sends", 10, 12)], []),
        (("sales", "plus"), ("bundle", "plus"), ["campaigns"], []),
        (("sales", "plus"), ("marketing", "plus"), ["campaigns"], ["deals"]),
        (("marketing", "pro"), ("marketing", "pro"), [], []),
    ],
)
def test_what_is_gained_and_lost_is_what_the_catalogue_says(was, becomes, gained, lost):  # PLAN-5
    found = Features("plan").between(plan(*was), plan(*becomes))

    assert (said(found.gained), said(found.lost)) == (gained, lost)


def test_a_bundle_has_what_its_parts_have():  # PLAN-2
    rows = Features("plan").of_line(PlanLine.objects.get(code="bundle").pk)

    assert [row.feature.code for row in rows] == [
        *("sends", "forms", "campaigns", "deals", "automations", "experiments"),
    ]


def page(query: str = "") -> Any:
    account = AccountFactory()
    SubscriptionFactory(account=account, items={"sales-plus": 1000})
    member = MemberFactory(account=account, signs_in=True)
    client = Client()
    client.force_login(member.user)
    return client.get(reverse("billing:features", args=[account.pk]) + query)


def test_everybody_of_an_account_compares_the_levels_of_its_plan():  # PLAN-2
    answer = page()

    assert [row["name"] for row in answer.context["rows"]] == [
        *("Sends", "Forms", "Deals", "Automations"),
    ]
    assert "12 × the contact limit" in answer.content.decode()
    assert [level["mine"] for level in answer.context["levels"]] == [False, True, False]


def test_another_plan_product_is_looked_at_by_its_tab():
    assert page("?of=bundle").context["line"] == "Bundle"
    assert page("?of=nothing").status_code == 404
