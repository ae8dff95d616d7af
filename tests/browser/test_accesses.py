"""The boxes of an Access: with a script they follow each other, without one the server does it."""

from __future__ import annotations

from django.urls import reverse
from playwright.sync_api import expect

from accounts import access
from accounts.rights import Right
from tests.browser.conftest import Visitor
from tests.factories import AccessFactory, AccountFactory
from tests.standing import chief


def test_update_ticks_access_and_access_unticks_update(visitor: Visitor):  # LIC-2
    here = chief(AccountFactory(licensing_enabled=True))
    sales = AccessFactory(account=here.account)
    page = visitor(here.person)
    page.goto(reverse("accounts:access_manage", args=[here.account.pk, sales.pk]))
    see, change = (page.get_by_label(f"{level} Licensing") for level in ("Access", "Update"))

    change.check()
    expect(see).to_be_checked()
    see.uncheck()
    expect(change).not_to_be_checked()
    see.check()
    expect(change).not_to_be_checked()
    page.get_by_role("button", name="Save what it opens").click()

    expect(page.get_by_text("Saved: + Access Licensing.")).to_be_visible()
    assert access.rights_given(sales) == {Right.SEE_LICENSING}


def test_without_a_script_update_brings_access(visitor: Visitor):  # LIC-2
    here = chief(AccountFactory(licensing_enabled=True))
    sales = AccessFactory(account=here.account)
    page = visitor(here.person, script=False)
    page.goto(reverse("accounts:access_manage", args=[here.account.pk, sales.pk]))

    page.get_by_label("Update Licensing").check()
    page.get_by_role("button", name="Save what it opens").click()

    expect(page.get_by_text("Saved: + Access Licensing, + Update Licensing.")).to_be_visible()
    assert access.rights_given(sales) == {Right.SEE_LICENSING, Right.UPDATE_LICENSING}
