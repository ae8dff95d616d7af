"""One full stop behind a name that ends in one, wherever a sentence is read."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe

from accounts import inbox, mail
from accounts.inbox import Topic
from accounts.models import InboxMessage
from accounts.stops import one_stop
from tests.factories import AccountFactory, MemberFactory, instant
from tests.mail_server import mail_server

AT = instant("2026-03-01 05:00")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("You have left Studio Lumen s.r.o..", "You have left Studio Lumen s.r.o."),
        ("Of Inc.. Ask them.", "Of Inc. Ask them."),
        ("<p>Of S.p.A..</p>", "<p>Of S.p.A.</p>"),
        ("Wait ...", "Wait ..."),
        ("1..5, ../up, https://a.example/..", "1..5, ../up, https://a.example/.."),
        ("Nothing.", "Nothing."),
    ],
)
def test_a_sentence_ends_once(written, read):
    assert one_stop(written) == read


@pytest.mark.parametrize(
    "source",
    [
        "{% load texts %}{% blocktranslate %}Of {{ name }}.{% endblocktranslate %}",
        "{% load texts %}{% blocktranslate asvar x %}Of {{ name }}.{% endblocktranslate %}{{ x }}",
        '{% load portal %}{% include "parts/banner.html" with text=told only %}',
    ],
)
def test_pages_say_it_so(source):
    context = {"name": "<b> s.r.o.", "told": "Of <b> s.r.o.."}

    drawn = Template(source).render(Context(context))

    assert "Of &lt;b&gt; s.r.o." in drawn
    assert ".." not in drawn


def test_what_is_marked_up_stays_so():
    drawn = Template("{% load portal %}{{ told|one_stop }}").render(
        Context({"told": mark_safe("<b>Inc.</b> of Inc..")})
    )

    assert drawn == "<b>Inc.</b> of Inc."


@pytest.mark.django_db
def test_messages_and_letters_say_it_so(settings):
    account = AccountFactory(name="Studio Lumen s.r.o.")
    person = MemberFactory(account=account, signs_in=True).user
    inbox.tell(
        name="returned",
        key="returned:1",
        account_id=account.pk,
        people=[person],
        details={},
        at=AT,
        topic=Topic.TEAM,
    )

    said = "You are active again in Studio Lumen s.r.o."
    assert inbox.say(InboxMessage.objects.get()).text == said

    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        mail.deliver_due(clock=lambda: AT)
    [letter] = server.letters
    assert letter["Subject"] == said
    assert "s.r.o.." not in letter.as_string()
