"""Another address or another password to sign in with, and who learns of it."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import AccountEvent, Member, User
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jana(client: Client) -> User:
    """Signed in, who has just typed the password once more, with two proven addresses."""
    person: User = User.objects.create_user("jana@old.example", "a long enough one", name="Jana")
    for email, primary in ((person.email, True), ("jana@new.example", False)):
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=primary)
    client.force_login(person)
    client.post(reverse("account_reauthenticate"), {"password": "a long enough one"})
    return person


def moves(client: Client, email: str) -> None:
    sent = client.post(reverse("account_email"), {"action_primary": "", "email": email})
    assert sent.headers["Location"] == reverse("account_email")


def test_an_account_knows_a_person_by_the_address_with_which_they_sign_in(client, jana):  # RSL-6
    member = MemberFactory(user=jana, email="Jana@Old.example", primary_admin=True)
    other = MemberFactory(user=jana, email="jana@work.example")
    gone = MemberFactory(user=jana, email=jana.email, status="deleted")
    namesake = MemberFactory(account=other.account, email=jana.email, status="invited")

    moves(client, "jana@new.example")

    found = [Member.objects.get(pk=one.pk).email for one in (member, other, gone, namesake)]
    assert found == ["jana@new.example", "jana@work.example", jana.email, jana.email]
    page = client.get(reverse("accounts:team", args=[member.account_id]), {"q": "new.example"})
    assert "jana@new.example" in page.content.decode()


def test_that_it_is_another_is_written_down_with_who_did_it(client, jana):  # STAFF-4
    member = MemberFactory(user=jana, email=jana.email)

    for _ in range(2):
        moves(client, "jana@new.example")

    deed = AccountEvent.objects.get(member=member)
    assert (deed.kind, deed.was, deed.becomes) == ("email", "jana@old.example", "jana@new.example")
    assert deed.actor == jana


def test_another_password_signs_out_everywhere_else(client, jana):
    elsewhere, mine = Client(), reverse("accounts:profile")
    elsewhere.force_login(jana)
    assert elsewhere.get(mine).status_code == 200

    client.post(
        reverse("account_change_password"),
        {"oldpassword": "a long enough one", "password1": "quite another sentence"},
    )

    assert client.get(mine).status_code == 200
    assert elsewhere.get(mine).status_code == 302
