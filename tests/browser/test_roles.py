"""Each role in a browser: signs in, sees what is theirs and nothing else, does it, and is told who
has what they lack.

The primary account admin is at work in most other files here, support on a visit in
``test_visits.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import mail
from accounts.models import Account, Member
from accounts.rights import Module, Right, see, update
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible
from tests.browser.mishaps import Mishaps
from tests.factories import AccessFactory, AccountFactory, MemberFactory

Deed = Callable[[Page, Account], None]
MANAGE: Final = ["Users", "Accesses", "Licensing", "Usage limits", "Queues"]
ALL_MODULES: Final = ["Conversations", "Team", *MANAGE, "Company", "QA forms"]
WITH_BILLING: Final = ["Conversations", "Team", "Billing & upgrade", *ALL_MODULES[2:]]


@pytest.fixture
def account(site: str) -> Account:
    """A customer with the primary account admin Jana, and an agent."""
    account: Account = AccountFactory(name="Nováková Design", licensing_enabled=True)
    MemberFactory(account=account, name="Jana Nováková", signs_in=True, primary_admin=True)
    MemberFactory(account=account, name="Petr Dvořák", email="petr@example.com")
    return account


def enter(page: Page, member: Member) -> None:
    """By the form, as everybody does."""
    page.goto("/")
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("/auth/"))


def navigation(page: Page) -> list[str]:
    """Where one can go, as it is written in the margin."""
    return [words.strip() for words in page.locator(".nav-group a").all_inner_texts()]


def is_told(page: Page, mishaps: Mishaps, path: str, *words: str) -> None:
    """The page is not theirs: it says so, and who has the right."""
    with mishaps.expected(403):
        page.goto(path)
    expect(page.get_by_role("heading", name="This is not among your rights")).to_be_visible()
    for word in words:
        expect(page.get_by_role("main")).to_contain_text(word)


# ---- their deeds ----


def suspends(page: Page, account: Account) -> None:
    page.get_by_role("link", name="Team", exact=True).click()
    page.get_by_role("button", name="Actions for Petr Dvořák").click()
    page.get_by_role("link", name="Suspend", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Suspend agent").click()
    expect(page.locator(".messages")).to_contain_text("Petr Dvořák is suspended")


def asks_to_add_somebody(page: Page, account: Account) -> None:
    page.get_by_role("link", name="Team", exact=True).click()
    page.get_by_role("link", name="Invite somebody").click()
    dialog = page.get_by_role("dialog", name="Invite somebody")
    expect(dialog).to_contain_text("Jana Nováková")
    dialog.get_by_label("Name").fill("Eva Malá")
    dialog.get_by_label("E-mail address").fill("eva@example.com")
    dialog.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_role("link", name="Eva Malá")).to_be_visible()


def creates_an_access(page: Page, account: Account) -> None:
    page.get_by_role("link", name="Accesses", exact=True).click()
    page.get_by_role("link", name="Create an Access").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Night shift")
    page.get_by_role("dialog").get_by_role("button", name="Create Access").click()
    expect(page.get_by_role("heading", name="Night shift", level=1)).to_be_visible()


def reads(heading: str, *, link: str = "") -> Deed:
    """Opens a page on which there is nothing to change yet."""

    def read(page: Page, account: Account) -> None:
        page.get_by_role("navigation").get_by_role("link", name=link or heading).click()
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()

    return read


def adds_a_queue(page: Page, account: Account) -> None:
    page.get_by_role("link", name="Queues", exact=True).click()
    page.get_by_role("link", name="Add a queue").click()
    dialog = page.get_by_role("dialog", name="Add a queue")
    dialog.get_by_label("Name").fill("Orders")
    dialog.get_by_role("button", name="Add queue").click()
    expect(page.get_by_role("main").get_by_text("Orders").first).to_be_visible()


def adds_a_form(page: Page, account: Account) -> None:
    page.get_by_role("link", name="QA forms", exact=True).click()
    page.get_by_role("link", name="Add a form").click()
    dialog = page.get_by_role("dialog", name="Add a form")
    dialog.get_by_label("Name").fill("Politeness")
    dialog.get_by_label("Allow for AI QA").check()
    dialog.get_by_role("button", name="Add form").click()
    expect(page.get_by_role("row", name="Politeness")).to_contain_text("Allowed")


def moves(page: Page, account: Account) -> None:
    page.get_by_role("link", name="Company", exact=True).click()
    page.get_by_label("City").fill("Brno")
    page.get_by_role("button", name="Save company details").click()
    expect(page.locator(".messages")).to_contain_text("Saved.")


def reads_what_is_open(page: Page, account: Account) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Billing & upgrade").click()
    expect(page.get_by_role("heading", name="Billing & upgrade", level=1)).to_be_visible()
    expect(page.get_by_role("complementary", name="What is open")).to_contain_text("Jana Nováková")


def learns_whom_to_ask(page: Page, account: Account) -> None:
    main = page.get_by_role("main")
    expect(main).to_contain_text("No Access of yours opens a part of this account yet.")
    expect(main).to_contain_text("Jana Nováková")


# ---- the roles ----


@dataclass(frozen=True)
class Role:
    """How a member is made, the words for what they are, what they see, do, and lack."""

    name: str
    made: dict[str, Any]
    called: str
    sees: list[str]
    does: Deed
    lacks: str = "team/"
    told: str = "Jana Nováková"

    def __str__(self) -> str:
        return self.name


ROLES: Final = (
    Role(
        "admin who buys",
        {"admin": True, "purchase_permission": True},
        "Admin · Purchase permission",
        WITH_BILLING,
        suspends,
        lacks="hand-over/",
        told="It is for the primary account admin alone.",
    ),
    Role(
        "admin",
        {"admin": True},
        "Admin",
        ALL_MODULES,
        asks_to_add_somebody,
        lacks="billing/",
        told="It is for people with the billing role or the purchase permission.",
    ),
    Role(
        "buyer",
        {"purchase_permission": True},
        "Purchase permission",
        ["Billing & upgrade"],
        reads_what_is_open,
    ),
    Role(
        "billing role",
        {"billing_role": True},
        "Billing role",
        ["Billing & upgrade"],
        reads_what_is_open,
    ),
    Role("member without rights", {}, "Member without an Access", [], learns_whom_to_ask),
)
# What one who may change a module and nothing else sees of the margin, and does.
MODULES: Final[dict[Module, tuple[list[str], Deed]]] = {
    Module.TEAM: (["Team", "Users"], asks_to_add_somebody),
    Module.ACCESSES: (["Accesses"], creates_an_access),
    Module.CONVERSATIONS: (["Conversations"], reads("Manage seats", link="Conversations")),
    Module.LICENSING: (["Licensing", "Usage limits"], reads("Licensing")),
    Module.QUEUES: (["Queues"], adds_a_queue),
    Module.QA_FORMS: (["QA forms"], adds_a_form),
    Module.COMPANY: (["Company"], moves),
}


def roles() -> Iterator[Any]:
    """Everybody, of the rights of one module alone two; the others in `make proof`."""
    yield from (pytest.param(role, id=role.name) for role in ROLES)
    for module, (sees, does) in MODULES.items():
        right = update(module)
        role = Role(f"only {right}", {"rights": [right]}, "Access Sales", sees, does, "billing/")
        marks = [] if module in {Module.TEAM, Module.COMPANY} else [pytest.mark.proof]
        yield pytest.param(role, id=role.name, marks=marks)


@pytest.mark.parametrize("role", list(roles()))
def test_a_member_finds_what_is_theirs(
    visitor: Visitor, mishaps: Mishaps, account: Account, role: Role
):  # LIC-2
    made = dict(role.made)
    if rights := made.pop("rights", None):
        made["access"] = AccessFactory(account=account, name="Sales", rights=rights)
    member = MemberFactory(account=account, name="Klára Malá", signs_in=True, **made)
    page = visitor()
    enter(page, member)

    expect(page.get_by_text(f"Your role here: {role.called}.")).to_be_visible()
    assert navigation(page) == role.sees
    accessible(page)
    role.does(page, account)
    is_told(page, mishaps, f"/accounts/{account.pk}/{role.lacks}", role.told, "Jana Nováková")
    assert navigation(page) == role.sees


# What the account above is, the one below, and what the margin calls their list.
PARENTS: Final = {
    Module.AGENCY: ("agency", "workspace", "Agency"),
    Module.CLIENTS: ("reseller", "client", "Clients"),
}
OTHERS: Final = (update(Module.AGENCY), see(Module.CLIENTS))


@pytest.mark.parametrize(
    "right",
    [
        *(see(Module.AGENCY), update(Module.CLIENTS)),
        *(pytest.param(one, marks=pytest.mark.proof) for one in OTHERS),
    ],
    ids=str,
)
def test_somebody_of_the_parent_goes_in_and_acts_for_it(
    visitor: Visitor, mishaps: Mishaps, site: str, right: Right
):  # ALL-1
    assert right.module is not None
    kind, child, listed = PARENTS[right.module]
    above = AccountFactory(name="Studio Lumen", **{kind: True})
    below = AccountFactory(name="Optika", parent=above, **{child: True})
    MemberFactory(account=below, name="Ota Optik", signs_in=True, primary_admin=True)
    sales = AccessFactory(account=above, name="Sales", rights=[right])
    member = MemberFactory(account=above, name="Klára Malá", signs_in=True, access=sales)
    page = visitor()
    enter(page, member)
    page.get_by_role("link", name="Studio Lumen", exact=True).click()
    expect(page.get_by_text("Your role here: Access Sales.")).to_be_visible()
    assert navigation(page) == [listed]

    page.get_by_role("link", name=listed, exact=True).click()
    page.get_by_role("link", name="Enter Optika").click()

    expect(page.get_by_text("You act for Studio Lumen, which manages")).to_be_visible()
    inside = [one for one in WITH_BILLING if one not in {"Licensing", "Usage limits"}]
    assert navigation(page) == inside
    page.get_by_role("link", name="Company", exact=True).click()
    if right.updates:
        moves(page, below)
    else:
        expect(page.get_by_role("button", name="Save company details")).to_have_count(0)
    expect(page.get_by_role("button", name="Optika You act for Studio Lumen")).to_be_visible()
    accessible(page)
    is_told(page, mishaps, f"/accounts/{below.pk}/hand-over/", "Ota Optik")


# ---- who is not inside ----


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_suspended_member_reads_who_can_help_and_asks(
    visitor: Visitor, mishaps: Mishaps, account: Account, script: bool
):  # RSL-6
    member = MemberFactory(account=account, name="Ola Malá", signs_in=True, status="suspended")
    page = visitor(script=script)
    enter(page, member)

    heading = page.get_by_role("heading", name="You are suspended in Nováková Design")
    expect(heading).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Jana Nováková")
    if script:
        accessible(page)
    with mishaps.expected(403):
        page.goto(f"/accounts/{account.pk}/team/")
    expect(heading).to_be_visible()
    page.get_by_role("button", name="Ask to be activated again").click()

    expect(page.get_by_text("You asked to be activated again")).to_be_visible()
    member.refresh_from_db()
    assert member.asked_to_return_at is not None


def test_who_awaits_approval_is_let_in_by_who_may_approve(
    visitor: Visitor, account: Account, mailoutbox: list[EmailMessage]
):  # RSL-6
    admin = MemberFactory(account=account, name="Klára Malá", signs_in=True, admin=True)
    jana = Member.objects.get(account=account, primary_admin=True)
    theirs = visitor(admin.user)
    theirs.goto(f"/accounts/{account.pk}/")
    asks_to_add_somebody(theirs, account)
    mail.deliver_due(clock=timezone.now)
    assert not [letter for letter in mailoutbox if letter.to == ["eva@example.com"]]

    hers = visitor()
    enter(hers, jana)
    hers.get_by_role("link", name="1 agent waits for approval.").click()
    expect(hers.get_by_role("row", name="Eva Malá")).to_contain_text("Klára Malá")
    hers.get_by_role("button", name="Actions for Eva Malá").click()
    hers.get_by_role("link", name="Approve", exact=True).click()
    hers.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(hers.locator(".messages")).to_contain_text("Eva Malá")
    mail.deliver_due(clock=timezone.now)
    (letter,) = [letter for letter in mailoutbox if letter.to == ["eva@example.com"]]
    (link,) = set(re.findall(r"http://\S+/invitations/\S+", str(letter.body)))
    newcomer = visitor()
    newcomer.goto(link)
    newcomer.get_by_label("Password").fill("correct horse battery")
    newcomer.get_by_role("button", name="Join Nováková Design").click()

    expect(newcomer.locator(".messages")).to_contain_text("You are in Nováková Design now.")
    assert navigation(newcomer) == []
    learns_whom_to_ask(newcomer, account)
