"""What people do besides: click twice, go back, keep two tabs open, follow an address of others."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Member
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import PHONE_DARK
from tests.browser.mishaps import Mishaps
from tests.factories import AccountFactory, MemberFactory


@pytest.fixture
def jana(site: str) -> Member:
    account = AccountFactory(name="Nováková Design", licensing_enabled=True)
    jana: Member = MemberFactory(account=account, name="Jana", signs_in=True, primary_admin=True)
    MemberFactory(account=account, name="Petr Dvořák", email="petr@example.com")
    return jana


def invites(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Eva Malá")
    page.get_by_label("E-mail address").fill("eva@example.com")
    page.get_by_role("button", name="Send the invitation").dblclick()


@pytest.mark.parametrize("over", [True, False], ids=["in a dialog", "on a page"])
def test_a_double_click_sends_once(visitor: Visitor, jana: Member, over: bool):
    page = visitor(jana.user, new=True)
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.goto(f"/accounts/{jana.account_id}/team/{'' if over else 'invite/'}")
    if over:
        page.get_by_role("link", name="Invite somebody").click()
        expect(page.get_by_role("dialog", name="Invite somebody")).to_be_visible()

    invites(page)

    expect(page.locator(".messages")).to_contain_text("eva@example.com")
    assert len(sent) == 1
    assert Member.objects.filter(email="eva@example.com").count() == 1


def test_after_going_back_a_form_is_sent_again_and_says_what_is_so(
    visitor: Visitor, mishaps: Mishaps, jana: Member
):
    page = visitor(jana.user)
    page.goto(f"/accounts/{jana.account_id}/team/invite/")
    invites(page)
    expect(page.locator(".messages")).to_contain_text("eva@example.com")
    page.go_back()
    page.wait_for_timeout(2100)  # no double click any more

    with mishaps.expected(422):
        invites(page)
        expect(page.get_by_role("alert")).to_contain_text("is in this account already")

    expect(page.get_by_label("Name")).to_have_value("Eva Malá")
    accessible(page)


def test_in_two_tabs_the_later_one_is_told_what_is_so(
    visitor: Visitor, mishaps: Mishaps, jana: Member
):  # RSL-6
    one = visitor(jana.user)
    petr = Member.objects.get(name="Petr Dvořák")
    one.goto(f"/accounts/{jana.account_id}/team/{petr.pk}/suspend/")
    other = one.context.new_page()
    other.goto(one.url)
    other.get_by_role("button", name="Suspend agent").click()
    expect(other.locator(".messages")).to_contain_text("Petr Dvořák is suspended")

    with mishaps.expected(409):
        one.get_by_role("button", name="Suspend agent").click()
        expect(one.get_by_role("main")).to_contain_text("Petr Dvořák")

    expect(one.get_by_role("button", name="Suspend agent")).to_have_count(0)
    accessible(one)


def test_signed_out_in_another_tab_one_signs_in_and_is_back(visitor: Visitor, jana: Member):
    page = visitor(jana.user)
    page.goto(f"/accounts/{jana.account_id}/team/")
    page.context.clear_cookies()

    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail address").fill(jana.email)
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(rf"/accounts/{jana.account_id}/team/$"))


def test_a_mistake_of_one_long_word_stays_within_the_page(
    visitor: Visitor, mishaps: Mishaps, jana: Member
):  # ALL-3, ALL-4
    page = visitor(jana.user, look=PHONE_DARK)
    page.goto(f"/accounts/{jana.account_id}/settings/company/")
    page.get_by_label("Invoice e-mails").fill("x" * 400)

    with mishaps.expected(422):
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("is no e-mail address")

    fits(page)


def test_the_address_of_a_stranger_shows_nothing_of_theirs(
    visitor: Visitor, mishaps: Mishaps, jana: Member
):  # ALL-1
    stranger = AccountFactory(name="Kavárna U Mostu")
    theirs = MemberFactory(account=stranger, name="Kavárník")
    page = visitor(jana.user)
    there = f"/accounts/{stranger.pk}"

    for path in (
        *(f"{there}/", f"{there}/team/", f"{there}/team/{theirs.pk}/"),
        f"/accounts/{jana.account_id}/team/{theirs.pk}/",
    ):
        with mishaps.expected(404):
            page.goto(path)
        expect(page.get_by_role("heading")).to_have_text("There is nothing at this address")
        assert "Kavárn" not in page.content()
