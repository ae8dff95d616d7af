"""QA forms of an account: made, renamed, allowed for AI QA and deleted, each on record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import deeds
from accounts.deeds import Doer
from accounts.locks import lock_payer_of
from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused
from licensing.models import QaForm
from licensing.refusals import FieldRefused

Kind = AccountEvent.Kind


@transaction.atomic
def add_form(*, account_id: int, name: str, allowed_for_ai: bool, at: datetime, by: Doer) -> QaForm:
    """A new form; `FieldRefused` for a name that another one has."""
    lock_payer_of(account_id)
    form = QaForm(account_id=account_id, name=name, allowed_for_ai=allowed_for_ai)
    _refuse_taken_name(form)
    form.save()
    _write(form, Kind.QA_FORM_CREATED, at=at, by=by, becomes=_words(form))
    return form


@transaction.atomic
def change_form(*, form_id: int, name: str, allowed_for_ai: bool, at: datetime, by: Doer) -> QaForm:
    """Rename a form, allow it for AI QA (LIC-9) or no longer; `FieldRefused` for a taken name."""
    form = _locked(form_id)
    was = _words(form)
    form.name, form.allowed_for_ai = name, allowed_for_ai
    _refuse_taken_name(form)
    becomes = _words(form)
    if becomes != was:
        form.save()
        _write(form, Kind.QA_FORM_CHANGED, at=at, by=by, was=was, becomes=becomes)
    return form


@transaction.atomic
def delete_form(*, form_id: int, at: datetime, by: Doer) -> None:
    """Delete a form."""
    form = _locked(form_id)
    _write(form, Kind.QA_FORM_DELETED, at=at, by=by, was=_words(form))
    form.delete()


def _locked(form_id: int) -> QaForm:
    """The form, read again under the payer's lock; `ChangeRefused` if it is gone."""
    account_id = QaForm.objects.filter(pk=form_id).values_list("account_id", flat=True).first()
    if account_id is not None:
        lock_payer_of(account_id)
        if form := QaForm.objects.filter(pk=form_id).first():
            return form
    raise ChangeRefused(_("This form was deleted meanwhile. Choose another one."))


def _refuse_taken_name(form: QaForm) -> None:
    others = QaForm.objects.filter(account=form.account_id).exclude(pk=form.pk)
    if others.filter(name__iexact=form.name).exists():
        raise FieldRefused(
            "name",
            _("There is a form called %(name)s. Choose another name.") % {"name": form.name},
        )


def _words(form: QaForm) -> str:
    """A form as the log keeps it."""
    return " · ".join((form.name, _("allowed for AI QA"))) if form.allowed_for_ai else form.name


def _write(
    form: QaForm,
    kind: AccountEvent.Kind,
    *,
    at: datetime,
    by: Doer,
    was: str = "",
    becomes: str = "",
) -> None:
    deeds.write(
        account_id=form.account_id, kind=kind, about=form.name, was=was, becomes=becomes, at=at,
        by=by,
    )  # fmt: skip
