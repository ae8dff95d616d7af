"""Company details: who sees and changes them, what is checked, and what is written down."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client

from accounts import company
from accounts.addresses import MORE_LENGTH
from accounts.models import Account, AccountEvent, InboxMessage, Member
from accounts.rights import Right
from tests.factories import AccessFactory, AccountFactory, MemberFactory

pytestmark = pytest.mark.django_db
State = Account.TaxIdState


def page(account: Account) -> str:
    return f"/accounts/{account.pk}/settings/company/"


def somebody(account: Account, *rights: Right) -> Member:
    access = AccessFactory(account=account, rights=rights)
    return MemberFactory(account=account, signs_in=True, access=access)


@pytest.fixture
def account() -> Account:
    return AccountFactory(name="Alfa", city="Praha", tax_id="CZ00177041", tax_id_state="valid")


@pytest.fixture
def editor(client: Client, account: Account) -> Member:
    member = somebody(account, Right.UPDATE_COMPANY)
    assert member.user is not None
    client.force_login(member.user)
    return member


def written(client: Client, account: Account, **changes: str) -> dict[str, str]:
    """What the page would send, with these changes."""
    form = client.get(page(account)).context["form"]
    return {name: form[name].value() for name in form.fields} | changes


def save(client: Client, account: Account, **changes: str):
    sent = client.post(page(account), written(client, account, **changes))
    account.refresh_from_db()
    return sent


def test_details_are_saved_with_their_person_and_what_was_before(client, account, editor):
    sent = save(client, account, city="Brno", street="Nová 3", language="cs")
    latest, before = account.history.order_by("-history_id")[:2]
    deed = AccountEvent.objects.get(account=account)

    assert sent.status_code == HTTPStatus.FOUND
    assert (account.city, account.street, account.language) == ("Brno", "Nová 3", "cs")
    assert (latest.history_user, before.city, latest.city) == (editor.user, "Praha", "Brno")
    assert deed.kind == AccountEvent.Kind.COMPANY
    assert deed.actor == editor.user
    # The log is written in the language that the account reads from now on.
    assert "Město: Praha" in deed.was
    assert "Město: Brno" in deed.becomes
    assert "Alfa" not in deed.was


def test_saving_what_is_so_writes_nothing(client, account, editor):
    sent = save(client, account)

    assert sent.status_code == HTTPStatus.FOUND
    assert not AccountEvent.objects.exists()
    assert account.history.count() == 1


def test_who_may_only_see_reads_them_and_whom_to_ask(client, account):
    MemberFactory(account=account, name="Cid", primary_admin=True)
    client.force_login(somebody(account, Right.SEE_COMPANY).user)

    shown = client.get(page(account))
    sent = client.post(page(account), {"name": "Beta"})

    assert "CZ00177041" in shown.content.decode()
    assert "Czechia" in shown.content.decode()
    assert "Cid (primary account admin)" in shown.content.decode()
    assert "form" not in shown.context
    assert sent.status_code == HTTPStatus.FORBIDDEN
    assert Account.objects.get(pk=account.pk).name == "Alfa"


def test_strangers_and_who_lacks_the_right_are_refused(client, account):  # ALL-1
    client.force_login(somebody(AccountFactory(), Right.UPDATE_COMPANY).user)
    assert client.get(page(account)).status_code == HTTPStatus.NOT_FOUND

    client.force_login(somebody(account, Right.UPDATE_TEAM).user)
    assert client.get(page(account)).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("country", "tax_id", "stored"),
    [
        ("CZ", "cz 00177041", "CZ00177041"),
        ("DE", "136695976", "DE136695976"),
        ("US", "", ""),
    ],
)
@pytest.mark.usefixtures("editor")
def test_a_tax_id_is_stored_as_its_country_writes_it_and_unchecked(  # PLAN-11, ALL-5
    client, account, country, tax_id, stored
):
    Account.objects.filter(pk=account.pk).update(tax_id="CZ12345679")

    save(client, account, country=country, tax_id=tax_id)

    assert (account.tax_id, account.tax_id_state) == (stored, State.UNCHECKED)


def test_a_tax_id_that_stays_keeps_its_check(client, account, editor):
    save(client, account, city="Brno")

    assert account.tax_id_state == State.VALID


@pytest.mark.parametrize(("country", "right"), [("CZ", "begins with CZ"), ("CH", "Switzerland")])
def test_a_wrong_tax_id_is_told_beside_its_field_with_what_would_be_right(  # PLAN-11, ALL-4
    client, account, editor, country, right
):
    sent = save(client, account, country=country, tax_id="CZ00177042", city="Brno")

    assert sent.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert right in sent.context["form"].errors["tax_id"][0]
    assert 'value="CZ00177042"' in sent.content.decode()
    assert 'value="Brno"' in sent.content.decode()
    assert account.city == "Praha"


def test_several_addresses_get_invoices_the_first_in_its_own_column(client, account, editor):
    save(client, account, emails=" a@example.com\nb@example.com, A@example.com ;c@example.com\n")

    assert account.email == "a@example.com"
    assert account.more_emails == "b@example.com, c@example.com"
    assert account.invoice_emails == "a@example.com, b@example.com, c@example.com"


@pytest.mark.parametrize(
    ("emails", "message"),
    [
        ("a@example.com\nnobody", "nobody"),
        ("", "write one address"),
        ("\n".join(f"somebody{n}@example.com" for n in range(MORE_LENGTH // 10)), "too many"),
    ],
)
def test_wrong_addresses_are_told_and_kept_as_typed(client, account, editor, emails, message):
    sent = save(client, account, emails=emails)

    assert sent.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert message in sent.context["form"].errors["emails"][0]
    assert sent.context["form"]["emails"].value() == emails


def test_as_many_addresses_as_the_column_holds_are_taken(client, account, editor):
    first = "first@example.com"
    more: list[str] = []
    while len(", ".join([*more, "somebody@example.com"])) <= MORE_LENGTH - 2:
        more.append(f"some{len(more)}ody@example.com")

    save(client, account, emails="\n".join([first, *more]))

    assert account.more_emails == ", ".join(more)


def test_a_child_that_its_parent_pays_for_needs_no_address(client):
    child = AccountFactory(workspace=True, paid_by=AccountFactory(agency=True), email="")
    client.force_login(somebody(child, Right.UPDATE_COMPANY).user)

    sent = save(client, child, city="Brno")

    assert sent.status_code == HTTPStatus.FOUND
    assert child.city == "Brno"


def test_the_later_of_two_tabs_is_told_and_may_then_save(client, account, editor):
    mine = written(client, account, city="Ostrava")
    save(client, account, city="Brno", country="DE", tax_id="")

    told = client.post(page(account), mine)
    account.refresh_from_db()
    form = told.context["form"]

    assert told.status_code == HTTPStatus.CONFLICT
    assert account.city == "Brno"
    assert form.errors["city"] == ["It is now: Brno"]
    assert form.errors["country"] == ["It is now: Germany"]
    assert form.errors["tax_id"] == ["It is now: nothing"]
    assert set(form.errors) == {"city", "country", "tax_id", "__all__"}

    again = client.post(page(account), {name: form[name].value() for name in form.fields})
    account.refresh_from_db()

    assert again.status_code == HTTPStatus.FOUND
    assert account.city == "Ostrava"


def test_the_primary_account_admin_is_told_of_what_others_changed(client, account, editor):
    boss = MemberFactory(account=account, signs_in=True, primary_admin=True)

    save(client, account, city="Brno")
    (message,) = InboxMessage.objects.all()

    assert message.person == boss.user
    assert "City" in company.told(message).text
    assert str(editor.user) in company.told(message).text
    assert company.told(message).link == page(account)


def test_who_changes_their_own_company_is_not_told_of_it(client, account):
    boss = MemberFactory(account=account, signs_in=True, primary_admin=True)
    client.force_login(boss.user)

    save(client, account, city="Brno")

    assert not InboxMessage.objects.exists()


def test_without_a_form_sent_from_here_nothing_is_changed(account, editor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor.user)

    assert strict.post(page(account), {"name": "Beta"}).status_code == HTTPStatus.FORBIDDEN


def test_countries_are_named_and_ordered_in_the_readers_language(client, account, editor):  # ALL-2
    editor.user.language = "cs"
    editor.user.save()

    choices = client.get(page(account)).context["form"].fields["country"].choices
    names = [name for _, name in choices]

    assert ("DE", "Německo") in choices
    assert names.index("Čína") < names.index("Dánsko")


def test_a_workspace_is_not_told_who_of_its_agency_changed_it(client):  # AGY-3
    agency = AccountFactory(agency=True)
    child = AccountFactory(workspace=True, paid_by=agency)
    MemberFactory(account=child, signs_in=True, primary_admin=True)
    outside = MemberFactory(account=agency, name="Zora", signs_in=True, primary_admin=True)
    client.force_login(outside.user)

    save(client, child, city="Brno")
    (message,) = InboxMessage.objects.all()

    assert "Your agency changed" in company.told(message).text
    assert "Zora" not in str(message.details)
