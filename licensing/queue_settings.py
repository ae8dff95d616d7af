"""What is switched on in a queue: chosen, on record, and in the way of switching it off. LIC-9."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts import acting
from accounts.access import Standing
from accounts.models import Account, AccountEvent
from accounts.refusals import FieldRefused
from accounts.rights import Right
from billing.models import Item
from billing.models.subscriptions import LICENSING
from billing.objections import Objection, Proposal
from licensing import queues
from licensing.metered import Switch
from licensing.models import QaForm, Queue
from licensing.queue_rules import NEEDS, Feature, Reason, obstacles
from licensing.queue_words import NAMES, settings_of
from licensing.wording import listed

_REASONS: Final = {
    Reason.ONLY_EMAIL: gettext_lazy("Only e-mail queues have smart routing."),
    Reason.ONLY_CALLS: gettext_lazy("Only calls are written down: of voice queues."),
    Reason.POWER_PACK_OFF: gettext_lazy(
        "The Power pack is switched off. Switch it on under Licensing."
    ),
    Reason.SPEECH_OFF: gettext_lazy(
        "Speech-to-text is switched off. Switch it on under Licensing."
    ),
    Reason.CALLS_NEED_SPEECH: gettext_lazy(
        "Topics of calls are found in what was written down: switch speech-to-text on, too."
    ),
    Reason.FORM_NOT_ALLOWED: gettext_lazy(
        "This form is not allowed for AI QA. Allow it under QA forms, or choose another one."
    ),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chooses in a queue; ``form_id`` is that of the QA form of AI QA."""

    smart_routing: bool = False
    ai_topics: bool = False
    form_id: int | None = None
    speech_to_text: bool = False
    speech_language: str = ""


@transaction.atomic
def choose(*, here: Standing, queue_id: int, chosen: Chosen, at: datetime) -> Queue:
    """Switch in a queue on and off what is chosen; `FieldRefused` for what it cannot have.

    `ChangeRefused` where the queue is gone, `Lacking` without *Update* of queues.
    """
    here = acting.begin(here, needs=Right.UPDATE_QUEUES)
    queue = queues.find(here, queue_id)
    was = queues.words_of(here, queue)
    queue.smart_routing, queue.ai_topics = chosen.smart_routing, chosen.ai_topics
    queue.ai_qa_form = _form(here, chosen.form_id)
    queue.speech_to_text = chosen.speech_to_text
    queue.speech_language = chosen.speech_language if chosen.speech_to_text else ""
    if chosen.speech_to_text and not chosen.speech_language:
        raise FieldRefused("speech_language", _("Choose the language that is spoken."))
    for feature, reason in obstacles(settings_of(queue), on=switched_on(here.account)).items():
        raise FieldRefused(feature, words(reason))
    becomes = queues.words_of(here, queue)
    if becomes != was:
        queue.save()
        kind = AccountEvent.Kind.QUEUE_CHANGED
        acting.write(here, kind, about=queue.name, at=at, was=was, becomes=becomes)
    return queue


def switched_on(account: Account) -> frozenset[Switch]:
    """Which switches of the account are on. One query."""
    items = Item.objects.filter(
        subscription__account=account,
        subscription__code=LICENSING,
        product__code__in=list(Switch),
        quantity__gt=0,
    )
    return frozenset(map(Switch, items.values_list("product__code", flat=True)))


def words(reason: Reason) -> str:
    """A reason in the reader's language: what is so, and what to do."""
    return str(_REASONS[reason])


def objections(proposal: Proposal) -> Iterator[Objection]:
    """A switch that queues use is not switched off; it names them. For ``BILLING_CHANGE_RULES``.

    The names are for who may see the queues; others read how many there are (ALL-1). One query
    where a switch goes, else none.
    """
    gone = [
        code
        for code, (was, becomes) in proposal.changes.items()
        if code in set(Switch) and becomes < was and not proposal.held.get(code, 0)
    ]
    if not gone:
        return
    found = list(_using(Queue.objects.filter(account=proposal.account)))
    for code in gone:
        if used := _uses(found, Switch(code), said=_named):
            text = _("In use: %(uses)s. Switch that off in these queues first.")
            yield Objection(
                product=code,
                text=text % {"uses": _uses(found, Switch(code), said=_counted)},
                named=text % {"uses": used},
                shown_to=Right.SEE_QUEUES,
                href=reverse("licensing:queues", args=[proposal.account.pk]),
                link=_("To the queues"),
                opened_by=Right.SEE_QUEUES,
            )


def _using(rows: QuerySet[Queue]) -> QuerySet[Queue]:
    on = Q(smart_routing=True) | Q(ai_topics=True) | Q(speech_to_text=True)
    return rows.filter(on | Q(ai_qa_form__isnull=False)).select_related("ai_qa_form")


def _uses(found: list[Queue], switch: Switch, *, said: Callable[[Feature, list[str]], str]) -> str:
    """What needs a switch in which queues: "Smart routing in Orders and AI topics in Sales"."""
    parts = []
    for feature in Feature:
        named = [queue.name for queue in found if settings_of(queue).has(feature)]
        if NEEDS[feature] is switch and named:
            parts.append(said(feature, named))
    return pgettext("between names", "; ").join(parts)


def _named(feature: Feature, names: list[str]) -> str:
    return _("%(feature)s in %(queues)s") % {"feature": NAMES[feature], "queues": listed(names)}


def _counted(feature: Feature, names: list[str]) -> str:
    words = ngettext(
        "%(feature)s in %(number)s queue", "%(feature)s in %(number)s queues", len(names)
    )
    return words % {"feature": NAMES[feature], "number": len(names)}


def _form(here: Standing, form_id: int | None) -> QaForm | None:
    if form_id is None:
        return None
    form = here.rows(QaForm.objects.filter(pk=form_id)).first()
    if form is None:
        raise FieldRefused(Feature.AI_QA, _("This form was deleted meanwhile. Choose another one."))
    return form
