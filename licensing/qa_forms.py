"""QA forms of an account: made, renamed, allowed for AI QA and deleted, each on record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import acting
from accounts.access import Standing
from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from licensing.models import QaForm
from licensing.queue_words import reviewed_by

Kind = AccountEvent.Kind


@transaction.atomic
def add_form(*, here: Standing, name: str, allowed_for_ai: bool, at: datetime) -> QaForm:
    """A new form; `FieldRefused` for a name that another one has."""
    here = acting.begin(here, needs=Right.UPDATE_QA_FORMS)
    form = QaForm(account=here.account, name=name, allowed_for_ai=allowed_for_ai)
    _refuse_taken_name(form)
    form.save()
    acting.write(here, Kind.QA_FORM_CREATED, about=form.name, at=at, becomes=_words(here, form))
    return form


@transaction.atomic
def change_form(
    *, here: Standing, form_id: int, name: str, allowed_for_ai: bool, at: datetime
) -> QaForm:
    """Rename a form, allow it for AI QA (LIC-9) or no longer.

    `FieldRefused` for a taken name, and where queues lose AI QA, which it names.
    """
    here = acting.begin(here, needs=Right.UPDATE_QA_FORMS)
    form = _find(here, form_id)
    was = _words(here, form)
    if form.allowed_for_ai and not allowed_for_ai and (used := reviewed_by(form)):
        words = _("AI QA reviews by it in %(queues)s. Choose another form there first.")
        raise FieldRefused("allowed_for_ai", words % {"queues": used})
    form.name, form.allowed_for_ai = name, allowed_for_ai
    _refuse_taken_name(form)
    becomes = _words(here, form)
    if becomes != was:
        form.save()
        acting.write(here, Kind.QA_FORM_CHANGED, about=form.name, at=at, was=was, becomes=becomes)
    return form


@transaction.atomic
def delete_form(*, here: Standing, form_id: int, at: datetime) -> None:
    """Delete a form; `ChangeRefused`, naming them, while AI QA reviews queues by it."""
    here = acting.begin(here, needs=Right.UPDATE_QA_FORMS)
    form = _find(here, form_id)
    if used := reviewed_by(form):
        words = _("AI QA reviews by it in %(queues)s. Choose another form there first.")
        raise ChangeRefused(words % {"queues": used})
    acting.write(here, Kind.QA_FORM_DELETED, about=form.name, at=at, was=_words(here, form))
    form.delete()


def _find(here: Standing, form_id: int) -> QaForm:
    """The account's form of this id; `ChangeRefused` if it is gone."""
    form = here.rows(QaForm.objects.filter(pk=form_id)).first()
    if form is None:
        raise ChangeRefused(_("This form was deleted meanwhile. Choose another one."))
    return form


def _refuse_taken_name(form: QaForm) -> None:
    others = QaForm.objects.filter(account=form.account_id).exclude(pk=form.pk)
    if others.filter(name__iexact=form.name).exists():
        raise FieldRefused(
            "name",
            _("There is a form called %(name)s. Choose another name.") % {"name": form.name},
        )


def _words(here: Standing, form: QaForm) -> str:
    """A form as the log keeps it, in the account's language."""
    if not form.allowed_for_ai:
        return form.name
    with translation.override(here.account.language):
        return " · ".join((form.name, _("allowed for AI QA")))
