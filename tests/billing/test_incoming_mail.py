"""Mail to support: entered by hand or piped in, it joins a thread; believed only if proven."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from email import message_from_string, policy
from email.message import EmailMessage

import pytest
from django.core.management import call_command

from accounts import mail as outbox
from accounts.models import Letter, Member
from billing import incoming_mail, requests
from billing.incoming_mail import Mail, NobodysMail
from billing.models import ChangeRequest, RequestMessage
from billing.refusals import ChangeRefused
from tests.billing.requesting import NOW, asked, catalogue, customer, opened, support
from tests.billing.running import clock
from tests.factories import AccountFactory, MemberFactory
from tests.lasting import lasting
from tests.mail_server import mail_server
from tests.standing import chief

pytestmark = pytest.mark.django_db

_catalogue = lasting(catalogue, autouse=True)
here = lasting(customer)


def by_hand(sender: str, text: str = "Six are enough.") -> Mail:
    return Mail(sender, "Seats", text, received_at=NOW - timedelta(hours=2))


def written(sender: str, *, text: str = "Six are enough.", **headers: str) -> EmailMessage:
    """A mail as a mail server pipes it in."""
    lines = {"From": f"Jana <{sender}>", "Subject": "Seats", "Message-ID": "<1@mail.example>"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    message = message_from_string(f"{head}\r\n{text}\r\n", policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


# ---- by hand ----


@pytest.mark.parametrize("verified", [True, False])
def test_only_the_primary_admins_address_is_verified(here, verified):  # PLAN-9
    simon = support()
    sender = here.person.email.upper() if verified else "petr@example.com"

    found = incoming_mail.open_by_mail(
        account_id=here.account.pk, mail=by_hand(sender), by=simon, at=NOW
    )

    assert (found.source, found.kind, found.verified) == ("email", "other", verified)
    [message] = found.messages.all()
    assert (message.email, message.verified, message.author) == (sender, verified, simon)
    assert (message.subject, message.received_at) == ("Seats", NOW - timedelta(hours=2))


def test_an_unverified_address_learns_nothing(here, settings):
    """Whoever writes in the customer's name does not get the answers."""
    found = incoming_mail.open_by_mail(
        account_id=here.account.pk, mail=by_hand("thief@example.com"), by=support(), at=NOW
    )
    requests.answer(request_id=found.pk, text="It costs 19.00.", by=support(), at=NOW)

    to = set(Letter.objects.filter(name__startswith="request").values_list("to", flat=True))
    assert to == {here.person.email, settings.SUPPORT_EMAIL}


def test_a_mail_joins_the_thread_it_is_about(here):  # PLAN-9
    simon = support()
    found = opened(here, "add_on", "extra")
    requests.ask(request_id=found.pk, text="From when?", by=simon, at=NOW)

    message = incoming_mail.add_mail(
        request_id=found.pk, mail=by_hand(here.person.email, "From March."), by=simon, at=NOW
    )

    found.refresh_from_db()
    assert found.state == ChangeRequest.State.IN_PROGRESS
    assert (message.deed, message.from_support, message.verified) == ("said", False, True)


def test_what_is_done_with_takes_no_mail(here):
    found = opened(here, "add_on", "extra")
    requests.withdraw(here=here, request_id=found.pk, at=NOW)

    with pytest.raises(ChangeRefused, match="is done with"):
        incoming_mail.add_mail(
            request_id=found.pk, mail=by_hand(here.person.email), by=support(), at=NOW
        )


# ---- piped in ----


def test_a_mail_opens_a_request_of_the_account_whose_primary_admin_writes(here):
    message = incoming_mail.take(message=written(here.person.email), at=NOW)

    assert message is not None
    assert message.request.account == here.account
    assert (message.text, message.subject, message.verified) == ("Six are enough.", "Seats", False)


def test_it_is_verified_only_where_the_trusted_server_says_so(here, settings):
    settings.MAIL_AUTHSERV_ID = "mx.example.com"
    sender = here.person.email
    passes = "mx.example.com; spf=pass smtp.mailfrom=x; dmarc=pass header.from=example.com"

    def verified(number: int, result: str, sender: str = sender) -> bool:
        message = written(
            sender, Message_ID=f"<{number}@mail.example>", Authentication_Results=result
        )
        taken = incoming_mail.take(message=message, at=NOW)
        assert taken is not None
        return taken.verified

    assert verified(1, passes)
    assert not verified(2, "mx.example.com; spf=pass; dmarc=fail")
    assert not verified(3, passes.replace("mx.", "forged."))
    assert not verified(4, "mx.example.com; spf=pass; dkim=pass")
    member = MemberFactory(account=here.account, signs_in=True)
    assert not verified(5, passes, sender=member.user.email)
    settings.MAIL_AUTHSERV_ID = ""
    assert not verified(6, passes)


def test_only_the_header_that_was_added_last_counts(settings):
    settings.MAIL_AUTHSERV_ID = "mx.example.com"
    message = written("a@b.example", Authentication_Results="mx.example.com; dmarc=fail")
    message["Authentication-Results"] = "mx.example.com; dmarc=pass"

    assert not incoming_mail.is_authenticated(message)


def test_the_answer_to_a_letter_joins_its_thread(here, settings):  # PLAN-9
    """Through a real mail server: the letter goes out, and its answer comes back."""
    simon = support()
    found = opened(here, "add_on", "extra")
    Letter.objects.update(state=Letter.State.SENT)
    requests.ask(request_id=found.pk, text="From when?", by=simon, at=NOW)
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        outbox.deliver_due(clock=clock(NOW))
    [letter] = [one for one in server.letters if one["To"] == here.person.email]
    assert (
        letter["Subject"] == f"Support asks you about request {found.pk}: Remove an add-on: Extra"
    )
    assert letter["Reply-To"] == settings.SUPPORT_EMAIL
    body = letter.get_body(preferencelist=("plain",))
    assert body is not None
    assert "From when?" in body.get_content()

    reply = written(here.person.email, text="March.", In_Reply_To=letter["Message-ID"])
    message = incoming_mail.take(message=reply, at=NOW)

    assert message is not None
    assert (message.request, message.deed) == (found, "said")
    found.refresh_from_db()
    assert found.state == ChangeRequest.State.IN_PROGRESS


def test_an_answer_to_what_is_done_with_opens_another_one(here):
    found = opened(here, "add_on", "extra")
    key = Letter.objects.get(name="request", to=here.person.email).key
    requests.withdraw(here=here, request_id=found.pk, at=NOW)

    reply = written(here.person.email, References=f"<x@y> {outbox.message_id(key)}")
    message = incoming_mail.take(message=reply, at=NOW)

    assert message is not None
    assert message.request != found
    assert message.request.account == here.account


def test_whoever_guesses_a_letters_id_does_not_come_into_the_thread(here):  # ALL-1
    opened(here, "add_on", "extra")
    key = Letter.objects.get(name="request", to=here.person.email).key
    stranger = chief(AccountFactory())

    reply = written(stranger.person.email, In_Reply_To=outbox.message_id(key))
    message = incoming_mail.take(message=reply, at=NOW)

    assert message is not None
    assert message.request.account == stranger.account


def test_the_same_mail_twice_is_one_message(here):
    first = incoming_mail.take(message=written(here.person.email), at=NOW)
    again = incoming_mail.take(message=written(here.person.email), at=NOW)

    assert first == again
    assert RequestMessage.objects.count() == 1


@pytest.mark.parametrize("word", ["auto-replied", "auto-generated; owner=x"])
def test_what_a_machine_answers_is_passed_over(here, word):
    assert (
        incoming_mail.take(message=written(here.person.email, Auto_Submitted=word), at=NOW) is None
    )
    assert not RequestMessage.objects.exists()


@pytest.mark.parametrize("sender", ["nobody@example.com", "", "no address"])
def test_a_mail_of_nobody_is_handed_back(sender):
    customer()

    with pytest.raises(NobodysMail, match="belongs to no account"):
        incoming_mail.take(message=written(sender), at=NOW)


def test_a_mail_of_somebody_with_two_accounts_is_handed_back(here):
    other = AccountFactory()
    Member.objects.filter(
        pk=MemberFactory(account=other, primary_admin=True, name="Jana").pk
    ).update(user=here.person)

    with pytest.raises(NobodysMail, match="belongs to 2 accounts"):
        incoming_mail.take(message=written(here.person.email), at=NOW)


def test_html_and_odd_letters_are_read_as_words(here):
    message = written(
        here.person.email,
        text="<p>Six <b>are</b> enough.</p>",
        MIME_Version="1.0",
        Content_Type="text/html; charset=made-up",
    )

    taken = incoming_mail.take(message=message, at=NOW)

    assert taken is not None
    assert " ".join(taken.text.split()) == "Six are enough."


@pytest.mark.parametrize("known", [True, False])
def test_the_command_reads_a_mail_from_its_pipe(here, monkeypatch, capsys, known):
    sender = here.person.email if known else "nobody@example.com"
    content = io.TextIOWrapper(io.BytesIO(written(sender).as_bytes()))
    monkeypatch.setattr(sys, "stdin", content)

    if known:
        call_command("take_mail")
        assert "unverified" in capsys.readouterr().out
        return
    with pytest.raises(SystemExit) as ended:
        call_command("take_mail")
    assert ended.value.code == 67
    assert "belongs to no account" in capsys.readouterr().err


def test_support_describes_and_applies_what_came_by_mail(here):  # PLAN-9
    simon = support()
    found = incoming_mail.open_by_mail(
        account_id=here.account.pk, mail=by_hand(here.person.email), by=simon, at=NOW
    )

    requests.describe(request_id=found.pk, asked=asked("seats", "seats", 6), by=simon, at=NOW)

    found.refresh_from_db()
    assert (found.kind, found.quantity) == ("seats", 6)
