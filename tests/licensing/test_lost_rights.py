"""Each deed asks for its right again under the lock, and knows the rows of its account alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from accounts import access
from accounts.access import Lacking, Standing
from accounts.locks import lock_payer_of
from accounts.models import AccountEvent, Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from licensing import logins, qa_forms, queues, working
from licensing.models import QaForm, Queue, QueueLogin
from tests.concurrency.threads import together
from tests.factories import AccountFactory, MemberFactory, QueueFactory, instant
from tests.licensing.owning import own
from tests.standing import chief, holder, me

AT = instant("2026-03-02 09:00")
QUEUES, FORMS, TEAM = Right.UPDATE_QUEUES, Right.UPDATE_QA_FORMS, Right.UPDATE_TEAM
SEES_QUEUES = Right.SEE_QUEUES
RIGHTS = (QUEUES, FORMS, TEAM)
Given = dict[str, Any]
CALLS = Given(name="Calls", channel="chat", number=70_008)
TYPE = Given(type="back_office", calls_without_queue=True)
Deed = Callable[..., object]


class Floor:
    """A queue, a form and two people of an account, of whom one is logged in."""

    def __init__(self) -> None:
        self.account = AccountFactory(licensing_enabled=True)
        own(self.account, 9)
        self.queue = QueueFactory(account=self.account, number=70_007)
        self.form = QaForm.objects.create(account=self.account, name="First form")
        self.ann, self.ben = (MemberFactory(account=self.account) for _ in range(2))
        QueueLogin.objects.create(member=self.ben, queue=self.queue)

    def deeds(self) -> dict[str, Deed]:
        """Every deed of licensing, about this floor."""
        queue, form = Given(queue_id=self.queue.pk), Given(form_id=self.form.pk)
        ann, ben = Given(member_id=self.ann.pk), Given(member_id=self.ben.pk)
        chosen = Given(queue_ids=[self.queue.pk], seen=[])
        named = Given(name="Calls", allowed_for_ai=True)
        whole = {**CALLS, "channel": "voice", "outbound": True, "active": True}
        empty = QueueFactory(account=self.account)
        return {
            "add_queue": partial(queues.add_queue, **CALLS),
            "change_queue": partial(queues.change_queue, **queue, **whole),
            "delete_queue": partial(queues.delete_queue, queue_id=empty.pk),
            "add_form": partial(qa_forms.add_form, **named),
            "change_form": partial(qa_forms.change_form, **form, **named),
            "delete_form": partial(qa_forms.delete_form, **form),
            "log_in": partial(logins.log_in, **ann, **queue),
            "log_out": partial(logins.log_out, **ben, **queue),
            "set_logins": partial(logins.set_logins, **ann, **chosen),
            "set_type": partial(working.set_type, **ann, **TYPE),
            "work_as": partial(working.work_as, **ann, **TYPE, **chosen),
        }

    def rows(self) -> list[object]:
        """All that the deeds could change."""
        models = (Queue, QaForm, QueueLogin, Member, AccountEvent)
        return [list(model._default_manager.order_by("pk").values()) for model in models]


WHICH = {
    "add_queue": QUEUES, "change_queue": QUEUES, "delete_queue": QUEUES,
    "add_form": FORMS, "change_form": FORMS, "delete_form": FORMS,
    "log_in": TEAM, "log_out": TEAM, "set_logins": TEAM, "set_type": TEAM, "work_as": TEAM,
}  # fmt: skip
every_deed = pytest.mark.parametrize("name", WHICH)


def lose(here: Standing, right: Right) -> None:
    """Take this right, and what needs it, from the Access that somebody has."""
    own = me(here).access
    assert own is not None
    gone = {right, Right.UPDATE_QUEUES} if right is SEES_QUEUES else {right}
    access.set_rights(own, access.rights_given(own) - gone)


@pytest.mark.django_db
@every_deed
def test_a_right_that_was_lost_while_the_page_was_open_is_gone(name):  # LIC-2
    floor = Floor()
    here = holder(floor.account, *RIGHTS)
    deed, before = floor.deeds()[name], floor.rows()
    lose(here, WHICH[name])

    with pytest.raises(Lacking) as lacking:
        deed(here=here, at=AT)

    assert lacking.value.right is WHICH[name]
    assert floor.rows() == before


@pytest.mark.django_db
@every_deed
def test_who_has_the_right_still_does_it(name):
    floor = Floor()
    here = holder(floor.account, WHICH[name], SEES_QUEUES)

    floor.deeds()[name](here=here, at=AT)

    made = AccountEvent.objects.all()
    assert made
    assert {event.actor for event in made} == {here.person}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["log_in", "log_out", "set_logins", "work_as"])
def test_who_may_not_see_queues_any_more_logs_nobody_in_or_out(name):  # LIC-7
    floor = Floor()
    here = holder(floor.account, TEAM, SEES_QUEUES)
    deed, before = floor.deeds()[name], floor.rows()
    lose(here, SEES_QUEUES)

    with pytest.raises(Lacking) as lacking:
        deed(here=here, at=AT)

    assert lacking.value.right is SEES_QUEUES
    assert floor.rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in WHICH if not name.startswith("add")])
def test_rows_of_another_account_are_not_there(name):  # ALL-1
    floor, stranger = Floor(), chief(AccountFactory())
    deed, before = floor.deeds()[name], floor.rows()

    with pytest.raises((ChangeRefused, Member.DoesNotExist)):
        deed(here=stranger, at=AT)

    assert floor.rows() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@every_deed
def test_a_right_that_is_lost_at_the_same_moment_is_lost_before_or_after(name):  # LIC-2
    floor = Floor()
    here = holder(floor.account, *RIGHTS)
    deed, before = floor.deeds()[name], floor.rows()

    @transaction.atomic
    def take() -> None:
        lock_payer_of(floor.account.pk)
        lose(here, WHICH[name])
        AccountEvent.objects.create(
            account=floor.account, kind=AccountEvent.Kind.ACCESS_CHANGED, at=AT
        )

    _, done = together(take, partial(deed, here=here, at=AT))

    logged = list(AccountEvent.objects.order_by("pk").values_list("kind", flat=True))
    if isinstance(done, Lacking):
        assert logged == ["access_changed"]
        assert floor.rows()[:-1] == before[:-1]
    else:
        assert logged[-1] == "access_changed", "done after the right was lost"
        assert len(logged) > 1
