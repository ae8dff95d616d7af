"""QA forms: made, renamed, allowed for AI QA and deleted, each on record (LIC-9)."""

import pytest
from django.utils import translation

from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused, FieldRefused
from licensing import qa_forms
from licensing.models import QaForm
from tests.factories import AccountFactory, instant
from tests.standing import chief

pytestmark = pytest.mark.django_db

AT = instant("2026-03-02 09:00")


@pytest.fixture
def jana():
    return chief(AccountFactory(), name="Jana")


def deeds_of(account) -> list[tuple[str, str, str, str]]:
    rows = AccountEvent.objects.filter(account=account)
    return list(rows.values_list("kind", "was", "becomes", "actor_name"))


def test_a_form_lives_from_making_to_deleting(jana):  # LIC-9
    form = qa_forms.add_form(here=jana, name="Calls", allowed_for_ai=False, at=AT)
    for _ in range(2):
        qa_forms.change_form(
            here=jana, form_id=form.pk, name="First calls", allowed_for_ai=True, at=AT
        )
    changed = QaForm.objects.values_list("name", "allowed_for_ai").get()

    qa_forms.delete_form(here=jana, form_id=form.pk, at=AT)

    assert changed == ("First calls", True)
    assert not QaForm.objects.exists()
    assert deeds_of(jana.account) == [
        ("qa_form_created", "", "Calls", "Jana"),
        ("qa_form_changed", "Calls", "First calls · allowed for AI QA", "Jana"),
        ("qa_form_deleted", "First calls · allowed for AI QA", "", "Jana"),
    ]


def test_a_name_is_given_once_in_an_account(jana):
    for here in (jana, chief(AccountFactory())):
        qa_forms.add_form(here=here, name="Calls", allowed_for_ai=False, at=AT)
    other = qa_forms.add_form(here=jana, name="Chats", allowed_for_ai=False, at=AT)

    with pytest.raises(FieldRefused, match="There is a form called CALLS") as refused:
        qa_forms.add_form(here=jana, name="CALLS", allowed_for_ai=False, at=AT)
    with pytest.raises(FieldRefused):
        qa_forms.change_form(here=jana, form_id=other.pk, name="calls", allowed_for_ai=False, at=AT)

    assert refused.value.field == "name"
    assert QaForm.objects.count() == 3


def test_a_form_that_is_gone_is_not_changed(jana):
    form = qa_forms.add_form(here=jana, name="Calls", allowed_for_ai=False, at=AT)
    qa_forms.delete_form(here=jana, form_id=form.pk, at=AT)

    with pytest.raises(ChangeRefused, match="deleted meanwhile"):
        qa_forms.change_form(here=jana, form_id=form.pk, name="Other", allowed_for_ai=True, at=AT)


def test_the_log_is_in_the_language_of_the_account(jana):
    with translation.override("cs"):
        qa_forms.add_form(here=jana, name="Hovory", allowed_for_ai=True, at=AT)

    assert deeds_of(jana.account)[0][2] == "Hovory · allowed for AI QA"
