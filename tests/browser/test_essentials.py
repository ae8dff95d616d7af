"""The essential forms work without script, from the first field to the words that it is done."""

from __future__ import annotations

import re

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import mail
from accounts.models import Account, Member
from tests.browser.conftest import Visitor
from tests.browser.mishaps import Mishaps
from tests.factories import AccountFactory, MemberFactory


@pytest.fixture
def jana(site: str) -> Member:
    account = AccountFactory(name="Nováková Design", licensing_enabled=True)
    jana: Member = MemberFactory(account=account, name="Jana", signs_in=True, primary_admin=True)
    return jana


@pytest.fixture
def page(visitor: Visitor, jana: Member) -> Page:
    return visitor(jana.user, script=False)


@pytest.mark.smoke
def test_somebody_is_invited_and_joins(
    visitor: Visitor, page: Page, jana: Member, mailoutbox: list[EmailMessage]
):
    page.goto(f"/accounts/{jana.account_id}/team/invite/")
    page.get_by_label("Name").fill("Petr Dvořák")
    page.get_by_label("E-mail address").fill("petr@example.com")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.locator(".messages")).to_contain_text("petr@example.com")
    mail.deliver_due(clock=timezone.now)
    (letter,) = mailoutbox
    (link,) = set(re.findall(r"http://\S+/invitations/\S+", str(letter.body)))

    theirs = visitor(script=False)
    theirs.goto(link)
    theirs.get_by_label("Your name").fill("Petr Dvořák")
    theirs.get_by_label("Password").fill("correct horse battery")
    theirs.get_by_role("button", name="Join Nováková Design").click()

    expect(theirs.locator(".messages")).to_contain_text("You are in Nováková Design now.")


@pytest.mark.smoke
def test_company_details_are_saved(page: Page, jana: Member):
    page.goto(f"/accounts/{jana.account_id}/settings/company/")
    page.get_by_label("City").fill("Brno")
    page.get_by_role("button", name="Save company details").click()

    expect(page.get_by_label("City")).to_have_value("Brno")
    assert Account.objects.get(pk=jana.account_id).city == "Brno"


@pytest.mark.smoke
def test_wrong_company_details_are_said_and_kept(page: Page, jana: Member, mishaps: Mishaps):
    page.goto(f"/accounts/{jana.account_id}/settings/company/")
    page.get_by_label("City").fill("Brno")
    page.get_by_label("Tax ID").fill("CZ1")

    with mishaps.expected(422):
        page.get_by_role("button", name="Save company details").click()
        expect(page.get_by_label("Tax ID")).to_have_attribute("aria-invalid", "true")

    expect(page.get_by_label("Tax ID")).to_have_value("CZ1")
    expect(page.get_by_label("City")).to_have_value("Brno")
