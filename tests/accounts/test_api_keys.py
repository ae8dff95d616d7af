"""API keys: shown once, kept as a digest, known by what they show, and revoked. API-4."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.http import Http404

from accounts import access, api_keys
from accounts.access import Lacking, Standing
from accounts.callers import caller_with
from accounts.deeds import NOBODY, Doer
from accounts.models import AccountEvent, ApiKey
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import GRANTABLE
from accounts.scopes import Scope, written
from tests.factories import AccountFactory, MemberFactory, UserFactory, instant
from tests.standing import chief, holder, stands

pytestmark = pytest.mark.django_db
NOW = instant("2026-02-14 12:00")
READS = [Scope.ENTITLEMENTS_READ]


@pytest.fixture
def jana() -> Standing:
    return chief(AccountFactory(), name="Jana")


def made(here: Standing, name: str = "Sync", allows: list[Scope] = READS) -> api_keys.Made:
    return api_keys.create(here=here, name=name, allows=allows, at=NOW)


def test_a_secret_is_shown_once_and_only_its_digest_is_kept(jana):  # API-4
    shown = made(jana)
    row = ApiKey.objects.get()

    secret = shown.token.split("_", 2)[2]
    assert row.digest == sha256(secret.encode()).hexdigest()
    assert len(secret) == 43
    kept = [str(value) for value in vars(row).values()] + [
        str(value) for value in vars(row.history.get()).values()
    ]
    assert not [value for value in kept if secret in value]
    assert shown.token.startswith(row.shown.removesuffix("…"))


def test_whoever_shows_the_key_is_known_and_nobody_else(jana):  # API-4
    shown = made(jana, allows=[Scope.USAGE_WRITE, Scope.ENTITLEMENTS_READ])

    caller = caller_with(shown.token, at=NOW)

    assert caller is not None
    assert caller.key == shown.key
    assert caller.may(Scope.USAGE_WRITE)
    assert not caller.may(Scope.MEMBERS_READ)
    begins, prefix, secret = shown.token.split("_", 2)
    for wrong in (
        *("", "sl", "sl_", f"sl_{prefix}", f"sl_{prefix}_", f"{begins}_{'a' * 8}_{secret}"),
        *(f"sl_{prefix}_{secret}x", f"sl_{prefix}_{secret[:-1]}", f"xx_{prefix}_{secret}"),
        *("sl_é_é", "sl_\0_\0", f"sl_{prefix}_{'x' * 5000}", ApiKey.objects.get().digest),
    ):
        assert caller_with(wrong, at=NOW) is None


def test_a_revoked_key_is_known_no_more(jana):  # API-4
    shown = made(jana)

    api_keys.revoke(here=jana, key_id=shown.key.pk, at=NOW)
    api_keys.revoke(here=jana, key_id=shown.key.pk, at=NOW + timedelta(days=1))

    assert caller_with(shown.token, at=NOW) is None
    assert ApiKey.objects.get().revoked_at == NOW


def test_that_it_is_used_is_written_once_a_minute(jana, django_assert_num_queries):  # API-4
    token = made(jana).token

    caller_with(token, at=NOW)
    with django_assert_num_queries(1):
        caller_with(token, at=NOW + timedelta(seconds=59))
    first = ApiKey.objects.get().last_used_at
    caller_with(token, at=NOW + timedelta(seconds=61))

    assert first == NOW
    assert ApiKey.objects.get().last_used_at == NOW + timedelta(seconds=61)


def test_the_log_says_who_made_and_who_revoked_a_key(jana):  # API-4
    key = made(jana, "Help desk").key
    api_keys.revoke(here=jana, key_id=key.pk, at=NOW)

    told = AccountEvent.objects.values_list("kind", "about", "was", "becomes", "actor")

    about = f"Help desk ({key.shown})"
    assert list(told) == [
        ("api_key_created", about, "", "entitlements:read", jana.person.pk),
        ("api_key_revoked", about, "entitlements:read", "", jana.person.pk),
    ]


def test_a_name_is_taken_while_its_key_works(jana):  # API-4, ALL-4
    key = made(jana, "Sync").key

    with pytest.raises(FieldRefused, match="There is a key called Sync already") as refused:
        made(jana, "  Sync ")
    assert refused.value.field == "name"
    api_keys.revoke(here=jana, key_id=key.pk, at=NOW)
    assert made(jana, "Sync").key.pk != key.pk
    assert made(chief(AccountFactory()), "Sync")


def test_a_key_without_a_scope_and_one_too_many_are_refused(jana, monkeypatch):  # API-4
    monkeypatch.setattr(api_keys, "MOST", 2)

    with pytest.raises(FieldRefused, match="can do nothing"):
        made(jana, allows=[])
    made(jana, "First")
    made(jana, "Second")
    with pytest.raises(FieldRefused, match="2 keys work already"):
        made(jana, "Third")


def test_no_access_gives_the_right_to_make_or_revoke_a_key(jana):  # API-4
    admin = holder(jana.account, *GRANTABLE)
    key = made(jana).key

    with pytest.raises(Lacking):
        made(admin, "Mine")
    with pytest.raises(Lacking):
        api_keys.revoke(here=admin, key_id=key.pk, at=NOW)


def test_support_on_a_visit_makes_no_key(jana):  # API-4
    assert jana.member is not None
    there = stands(jana.member, visited_by=UserFactory(staff=True))

    with pytest.raises(FieldRefused, match="it would work on after it"):
        made(there)


def test_the_key_of_another_account_is_not_revoked(jana):  # ALL-1
    other = made(chief(AccountFactory())).key

    with pytest.raises(ChangeRefused, match="no such key"):
        api_keys.revoke(here=jana, key_id=other.pk, at=NOW)
    other.refresh_from_db()
    assert other.revoked_at is None


def test_a_key_sees_its_own_account_alone_and_the_vendors_all_live_ones():  # API-4, ALL-1
    agency = AccountFactory(agency=True)
    child = AccountFactory(workspace=True, paid_by=agency)
    sandbox = AccountFactory(sandbox=True)
    here = chief(agency)
    own = caller_with(made(here).token, at=NOW)
    vendor = caller_with(
        api_keys.create_for_vendor(name="Product", allows=READS, at=NOW, by=NOBODY).token, at=NOW
    )
    assert own is not None
    assert vendor is not None

    assert access.account_of(own, agency.pk) == agency
    assert access.account_of(vendor, child.pk) == child
    for caller, account_id in ((own, child.pk), (own, 0), (vendor, sandbox.pk), (vendor, 0)):
        with pytest.raises(Http404):
            access.account_of(caller, account_id)


def test_a_vendors_name_is_taken_while_its_key_works():
    root = Doer(UserFactory(superuser=True, name="Rita"))
    first = api_keys.create_for_vendor(name="Product", allows=READS, at=NOW, by=root)

    with pytest.raises(FieldRefused):
        api_keys.create_for_vendor(name="Product", allows=READS, at=NOW, by=root)
    assert api_keys.revoke_by_staff(key_id=first.key.pk, at=NOW, by=root)
    assert not api_keys.revoke_by_staff(key_id=first.key.pk, at=NOW, by=root)
    assert ApiKey.objects.get().revoked_by_name == "Rita"
    assert caller_with(first.token, at=NOW) is None


def test_logs_name_the_program_by_its_key(jana):
    caller = caller_with(made(jana, "Help desk").token, at=NOW)

    assert caller is not None
    assert caller.by.name == f"API key Help desk ({caller.key.shown})"


def test_scopes_are_written_in_their_own_order():
    both = written([Scope.CONTACTS_WRITE, Scope.ENTITLEMENTS_READ])

    assert both == "entitlements:read contacts:write"
    with pytest.raises(ValueError, match="everything"):
        written(["everything"])


# ---- the page ----


def test_the_page_makes_a_key_and_shows_it_once(client, jana):  # API-4
    client.force_login(jana.person)
    page = f"/accounts/{jana.account.pk}/settings/api-keys/"

    answer = client.post(f"{page}new/", {"name": "Sync", "allows": ["usage:write"]})
    token = answer.context["made"].token
    again = client.post(f"{page}new/", {"name": "Sync", "allows": ["usage:write"]})
    listed = client.get(page).content.decode()

    assert token in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert again.status_code == 422
    assert "There is a key called Sync already" in again.content.decode()
    assert token not in listed
    assert ApiKey.objects.get().shown in listed


def test_what_was_typed_stays_where_no_scope_is_ticked(client, jana):  # ALL-4
    client.force_login(jana.person)

    answer = client.post(
        f"/accounts/{jana.account.pk}/settings/api-keys/new/", {"name": "Nightly sync"}
    )

    assert answer.status_code == 422
    assert "Nightly sync" in answer.content.decode()
    assert "Tick one" in answer.content.decode()

    nameless = client.post(answer.request["PATH_INFO"], {"allows": ["usage:write"]})
    assert "Write what uses the key" in nameless.content.decode()


def test_a_key_is_revoked_after_a_dialog(client, jana):  # API-4
    key = made(jana, "Sync").key
    client.force_login(jana.person)
    page = f"/accounts/{jana.account.pk}/settings/api-keys/{key.pk}/revoke/"

    assert "is refused from this moment on" in client.get(page).content.decode()
    answer = client.post(page, follow=True)

    assert "Sync is revoked" in answer.content.decode()
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_who_has_another_right_reads_who_makes_keys(client, jana):  # API-4
    member = MemberFactory(account=jana.account, signs_in=True, admin=True)
    client.force_login(member.user)

    answer = client.get(f"/accounts/{jana.account.pk}/settings/api-keys/")

    assert answer.status_code == 403
    assert "Jana" in answer.content.decode()


def test_the_list_costs_the_same_with_1_key_and_with_50(
    client, jana, django_assert_max_num_queries
):
    client.force_login(jana.person)
    page = f"/accounts/{jana.account.pk}/settings/api-keys/"
    made(jana, "0")
    client.get(page)
    with django_assert_max_num_queries(12) as one:
        client.get(page)
    for number in range(1, 50):
        made(jana, str(number))

    with django_assert_max_num_queries(len(one)):
        answer = client.get(page)
    assert len(answer.context["rows"]) == 50
