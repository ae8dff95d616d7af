"""What people type to find something, and e-mail addresses that no column holds."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts import addresses, searching
from accounts.admin.search import accounts_like
from accounts.folding import alike
from accounts.forms.member import DetailsForm
from accounts.models import Account, Member
from tests.factories import AccessFactory, AccountFactory, MemberFactory

# As long as an address may be by its own rules, and longer than a column.
LONG = f"a@{'.'.join(['b' * 60] * 4)}.{'c' * 20}.com"


def test_what_is_typed_is_asked_without_what_no_database_takes():
    assert searching.typed(" Jana\0 \n Nov\u00e1 ") == "Jana Nov\u00e1"
    assert len(searching.typed("x" * 5000)) == searching.LONGEST


@pytest.mark.django_db
def test_no_page_with_a_search_falls_over_a_sign_that_postgresql_does_not_take(client: Client):
    agency = AccountFactory(agency=True)
    boss = MemberFactory(account=agency, primary_admin=True, signs_in=True)
    sales = AccessFactory(account=agency)
    client.force_login(boss.user)
    pages = ["accounts:team", "accounts:accesses", "accounts:hand_over", "agencies:workspaces"]
    pages += ["licensing:users", "licensing:queues", "licensing:qa_forms"]
    found = [reverse(name, args=[agency.pk]) for name in pages]
    found += [reverse("accounts:access_give", args=[agency.pk, sales.pk])]
    found += [reverse("accounts:accounts"), reverse("accounts:jump")]

    answers = {page: client.get(page, {"q": "a\0b"}).status_code for page in found}

    assert answers == dict.fromkeys(found, 200)


def test_an_address_longer_than_its_column_is_refused():
    member = Member(name="Ida")

    form = DetailsForm({"name": "Ida", "email": LONG}, member=member, with_email=True)

    assert set(form.errors) == {"email"}
    with pytest.raises(ValueError, match="bbb"):
        addresses.written_addresses(LONG)


def test_the_desk_takes_endless_digits_for_a_name():
    assert "pk" not in str(accounts_like("9" * 5000))
    assert "pk" in str(accounts_like("9" * 18))


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["novak", "NOVÁK", "nováková", "Nova"])
def test_neither_case_nor_accents_of_a_name_count(typed: str):
    lady = MemberFactory(name="Nováková Šárka", account__name="NOVÁKOVÁ a syn")

    assert Member.objects.filter(searching.contains("name", typed)).get() == lady
    assert Member.objects.filter(searching.begins(typed)).get() == lady
    assert Account.objects.filter(accounts_like(typed)).get() == lady.account


@pytest.mark.django_db
def test_the_desk_finds_an_address_in_any_case():
    ida = MemberFactory(email="Ida.Bell@Example.com")
    bills = AccountFactory(email="bills@example.com")

    assert Account.objects.filter(accounts_like("ida.bell@example.com")).get() == ida.account
    assert Account.objects.filter(accounts_like("BILLS@example.com")).get() == bills


@pytest.mark.django_db
def test_what_means_something_in_a_pattern_is_taken_as_it_stands():
    MemberFactory(name="Ida")
    odd = MemberFactory(name="I.da [bot] 100%_")

    for typed in ("i.da", "[bot]", "100%_"):
        assert Member.objects.filter(searching.contains("name", typed)).get() == odd
        assert Member.objects.filter(searching.begins(typed)).count() == (typed == "i.da")


def test_letters_are_alike_but_for_case_and_marks():
    assert {"á", "Á", "a", "A", "ą"} <= set(alike("á"))
    assert {"ł", "L"} <= set(alike("l"))
    assert alike("ß") == "ß"
    assert alike("1") == "1"
