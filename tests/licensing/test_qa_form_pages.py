"""The pages of *Manage → Settings → QA forms* (LIC-9)."""

import pytest
from django.urls import reverse

from accounts.rights import Right
from licensing.models import QaForm
from tests.factories import AccountFactory, MemberFactory
from tests.licensing.pages import queries_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return AccountFactory()


@pytest.fixture
def primary(account):
    return signed_in(account)


def address(name, account, *more):
    return reverse(f"licensing:{name}", args=[account.pk, *more])


def test_a_form_is_added_allowed_for_ai_and_deleted(account, primary):  # LIC-9
    primary.post(address("qa_form_new", account), {"name": "Calls"})
    form = QaForm.objects.get()
    allowed = primary.post(
        address("qa_form", account, form.pk),
        {"name": "First calls", "allowed_for_ai": "on"},
        follow=True,
    )
    changed = QaForm.objects.values_list("name", "allowed_for_ai").get()
    gone = primary.post(address("qa_form_delete", account, form.pk), follow=True)

    assert "First calls is saved. AI QA may use it." in allowed.content.decode()
    assert changed == ("First calls", True)
    assert "First calls is deleted." in gone.content.decode()
    assert "There is no form yet." in gone.content.decode()


def test_a_taken_name_is_told_beside_the_field(account, primary):  # ALL-4
    QaForm.objects.create(account=account, name="Calls")

    answer = primary.post(
        address("qa_form_new", account), {"name": "calls", "allowed_for_ai": "on"}
    )

    assert answer.status_code == 422
    assert "There is a form called calls" in answer.context["form"].errors["name"][0]
    assert answer.context["form"]["allowed_for_ai"].value()


def test_the_list_finds_and_orders_forms(account, primary):
    for name in ("Calls", "Chats"):
        QaForm.objects.create(account=account, name=name)

    def names(**query):
        page = primary.get(address("qa_forms", account), query).context["page"]
        return [form.name for form in page]

    assert names() == ["Calls", "Chats"]
    assert names(sort="-name") == ["Chats", "Calls"]
    assert names(q="chat") == ["Chats"]


@pytest.mark.parametrize("name", ["qa_form", "qa_form_delete"])
def test_a_form_of_somebody_else_is_not_found(name, account, primary):  # ALL-1
    foreign = QaForm.objects.create(account=AccountFactory(), name="Calls")
    there = address(name, account, foreign.pk)

    assert primary.get(there).status_code == 404
    assert primary.post(there, {"name": "Mine"}).status_code == 404
    assert QaForm.objects.values_list("name", flat=True).get() == "Calls"


def test_who_only_sees_forms_changes_none(account):  # LIC-2
    form = QaForm.objects.create(account=account, name="Calls")
    reader = signed_in(account, Right.SEE_QA_FORMS)
    MemberFactory(account=account, primary_admin=True, name="Jana")

    shown = reader.get(address("qa_forms", account)).content.decode()

    assert "Calls" in shown
    assert "Jana (primary account admin) can change this." in shown
    assert address("qa_form", account, form.pk) not in shown
    for name, more in (("qa_form", [form.pk]), ("qa_form_delete", [form.pk]), ("qa_form_new", [])):
        assert reader.post(address(name, account, *more), {"name": "Mine"}).status_code == 403


def test_the_list_costs_the_same_with_one_row_and_with_fifty(account, primary):
    QaForm.objects.create(account=account, name="Calls")
    one = queries_of(primary, address("qa_forms", account))
    for number in range(49):
        QaForm.objects.create(account=account, name=f"Form {number}")

    assert queries_of(primary, address("qa_forms", account)) == one
