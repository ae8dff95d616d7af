"""Signing in with a browser's own means: a keyboard, no script, a passkey of the device."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import Member
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible
from tests.browser.keyboard import tab_reaches_everything
from tests.browser.mishaps import Mishaps
from tests.factories import AccountFactory, MemberFactory


@pytest.fixture
def jana(site: str) -> Member:
    account = AccountFactory(name="Nováková Design")
    jana: Member = MemberFactory(account=account, name="Jana", signs_in=True, primary_admin=True)
    return jana


def enter(page: Page, *, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


@pytest.mark.smoke
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_somebody_signs_in_and_is_where_they_belong(visitor: Visitor, jana: Member, script: bool):
    page = visitor(script=script)

    page.goto("/")
    enter(page, email=jana.email, password="correct horse")

    expect(page).to_have_url(re.compile(rf"/accounts/{jana.account_id}/"))
    expect(page.get_by_role("link", name="Nováková Design")).to_be_visible()


def test_tab_comes_to_everything_where_one_signs_in(visitor: Visitor):  # ALL-3
    page = visitor()

    page.goto("/auth/login/")

    tab_reaches_everything(page)


def test_a_wrong_password_is_said_and_the_address_kept(
    visitor: Visitor, jana: Member, mishaps: Mishaps
):  # ALL-4
    page = visitor()
    page.goto("/auth/login/")

    with mishaps.expected(422):
        enter(page, email=jana.email, password="wrong horse")
        expect(page.get_by_role("alert")).to_be_visible()

    expect(page.get_by_label("E-mail address")).to_have_value(jana.email)
    accessible(page)


def device_of(page: Page) -> Any:
    """A device with a passkey keeper of its own, whose owner is always there and agrees."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    keeper = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": keeper})
    return device


def test_a_passkey_signs_in_alone(visitor: Visitor, jana: Member):
    page = visitor(jana.user, new=True)
    device_of(page)

    page.goto("/auth/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("Office laptop")
    page.get_by_role("checkbox", name="Sign in with it alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("You can sign in with the passkey from now on.")).to_be_visible()
    page.context.clear_cookies()
    page.goto("/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page).to_have_url(re.compile(rf"/accounts/{jana.account_id}/"))


def test_a_click_on_a_page_that_still_loads_is_not_lost(visitor: Visitor, jana: Member):
    page = visitor(jana.user, new=True)
    device_of(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    script = "**/mfa/js/webauthn.*"
    page.route(script, hold)

    with page.expect_request(script):
        page.goto("/auth/2fa/webauthn/add/", wait_until="commit")
    add = page.get_by_role("button", name="Add the passkey")
    expect(add).to_be_disabled()
    for route in held:
        route.continue_()
    add.click()

    expect(page).not_to_have_url(re.compile("/webauthn/add/"))


def test_the_pages_of_ones_passkeys_are_for_everybody(visitor: Visitor, jana: Member):  # ALL-3
    page = visitor(jana.user, new=True)
    device_of(page)
    page.goto("/auth/2fa/webauthn/add/")
    page.get_by_label("Name of the passkey").fill("Office laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page).not_to_have_url(re.compile("/webauthn/add/"))

    page.goto("/auth/2fa/webauthn/")
    for name in ("Rename", "Remove"):
        accessible(page)
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("link", name="Cancel")).to_be_visible()
        accessible(page)
        page.go_back()


@pytest.mark.smoke
def test_a_passkey_that_is_called_off_says_so(visitor: Visitor):
    page = visitor(new=True)
    device_of(page)
    page.goto("/auth/login/")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    accessible(page)


@pytest.mark.smoke
def test_a_profile_is_saved_without_script(visitor: Visitor, jana: Member):
    page = visitor(jana.user, script=False)

    page.goto("/me/profile/")
    page.get_by_label("Name").fill("Jana Nováková")
    page.get_by_label("Time zone").fill("Prague")
    page.get_by_role("button", name="Save profile").click()

    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Prague")
