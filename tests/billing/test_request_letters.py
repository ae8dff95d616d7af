"""The letters and the bell about requests and a cancelled plan, in each language."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import override

from accounts import inbox
from accounts import mail as outbox
from accounts.access import Standing
from accounts.models import InboxMessage, Letter
from billing import cancelling, requests
from billing.models import RequestMessage
from tests.billing.requesting import NOW, applied, asked, catalogue, customer, opened, support
from tests.billing.running import clock
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

_catalogue = lasting(catalogue, autouse=True)
here = lasting(customer)

LANGUAGES = pytest.mark.parametrize("language", ["en", "it", "cs"])
# What no letter and no message of the bell may show: a gap, or a word that was left out.
GAPS = re.compile(r"%\(|\{\{|\bNone\b")


def every_step(here: Standing) -> None:
    """Take each step once that a request can take."""
    simon = support()
    level = opened(here, "level", "marketing-plus", reason="We are fewer", wanted_on=NOW.date())
    requests.take(request_id=level.pk, by=simon, at=NOW)
    requests.ask(request_id=level.pk, text="From when on?", by=simon, at=NOW)
    requests.say(here=here, request_id=level.pk, text="At once.", at=NOW)
    applied(level, by=simon)
    seats = opened(here, "seats", "seats", 6)
    requests.describe(request_id=seats.pk, asked=asked("seats", "seats", 5), by=simon, at=NOW)
    requests.decline(request_id=seats.pk, reason="They are in use.", by=simon, at=NOW)
    question = opened(here, "question", notes="How do we pay by the year?")
    requests.answer(request_id=question.pk, text="Write to us in March.", by=simon, at=NOW)
    requests.withdraw(here=here, request_id=opened(here, "other", notes="x").pk, at=NOW)


def of_support(mailoutbox: list[EmailMessage]) -> list[EmailMessage]:
    return [sent for sent in mailoutbox if settings.SUPPORT_EMAIL in sent.to]


@LANGUAGES
def test_each_step_is_told_in_the_language_of_who_reads_it(language, mailoutbox):  # PLAN-9
    here = customer(language=language)
    here.person.language = language
    here.person.save()

    every_step(here)

    deeds = RequestMessage.objects.values_list("deed", flat=True)
    assert set(deeds) == set(RequestMessage.Deed.values)
    outbox.deliver_due(clock=clock(NOW + timedelta(minutes=1)))
    assert set(Letter.objects.values_list("state", flat=True)) == {Letter.State.SENT}
    to_customer = [sent for sent in mailoutbox if here.person.email in sent.to]
    # Jana has asked and is the primary account admin: one letter a step.
    assert len(to_customer) == RequestMessage.objects.count()
    assert len({sent.subject for sent in to_customer}) == len(to_customer)
    for sent in to_customer:
        assert GAPS.search(sent.subject + str(sent.body)) is None
    assert len(of_support(mailoutbox)) == len(to_customer)


@LANGUAGES
def test_the_bell_says_each_step_of_support(here, language):  # PLAN-9
    every_step(here)

    with override(language):
        said = [inbox.say(message).text for message in InboxMessage.objects.order_by("pk")]

    # What Jana did herself is not told to her: four requests, an answer to support, a withdrawal.
    assert len(said) == len(set(said)) == RequestMessage.objects.count() - 6
    assert not any(GAPS.search(text) for text in said)


@pytest.mark.parametrize(
    ("language", "subjects"),
    [
        ("en", ("ends on", "goes on")),
        ("it", ("termina il", "prosegue")),
        ("cs", ("končí", "pokračuje")),
    ],
)
def test_a_plan_that_is_cancelled_and_kept_is_told_to_both(language, subjects, mailoutbox):
    here = customer(language=language)  # PLAN-13
    here.person.language = language
    here.person.save()
    ends = cancelling.ending(here, at=NOW)
    assert ends is not None
    cancelling.cancel(here=here, why="price", text="", seen=ends.on, at=NOW)
    cancelling.keep(here=here, at=NOW)

    outbox.deliver_due(clock=clock(NOW + timedelta(minutes=1)))

    told = [sent.subject for sent in mailoutbox if here.person.email in sent.to]
    assert len(told) == 2
    assert all(part in subject for part, subject in zip(subjects, told, strict=True))
    assert [sent.subject for sent in of_support(mailoutbox)] == [
        "Nováková Design · plan cancelled, ends on 28 February 2026",
        "Nováková Design · plan kept after all",
    ]
