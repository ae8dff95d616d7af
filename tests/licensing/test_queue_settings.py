"""What AI does in a queue: chosen, refused with a reason, on record, and in the way of switches."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from billing import carts
from billing.models import Item, Product
from billing.objections import Proposal, objections
from licensing import qa_forms, queue_settings, queues
from licensing.models import QaForm, Queue
from licensing.queue_settings import Chosen
from tests.factories import (
    AccessFactory,
    AccountFactory,
    MemberFactory,
    QueueFactory,
    SellerFactory,
)
from tests.lasting import lasting
from tests.licensing.pages import signed_in
from tests.licensing.usage_book import NOW, licensed
from tests.standing import chief, stands

pytestmark = [pytest.mark.django_db]


@lasting
def here():
    return chief(licensed(), name="Jana")


@pytest.fixture
def account(here):
    return here.account


def choose(here, queue, **chosen):
    return queue_settings.choose(
        here=here, queue_id=queue.pk, chosen=Chosen(**chosen), at=NOW + timedelta(hours=1)
    )


def allowed(account, name="Review") -> QaForm:
    return QaForm.objects.create(account=account, name=name, allowed_for_ai=True)


def test_what_is_chosen_is_on_and_on_record(here, account):  # LIC-9, LIC-10
    queue = QueueFactory(account=account, name="Sales", number=7)
    form = allowed(account)

    choose(here, queue, ai_topics=True, form_id=form.pk, speech_to_text=True, speech_language="cs")

    saved = Queue.objects.get()
    assert (saved.ai_topics, saved.ai_qa_form, saved.speech_language) == (True, form, "cs")
    deed = AccountEvent.objects.get(kind="queue_changed")
    assert deed.was == "7 · Sales · Voice"
    assert deed.becomes == ("7 · Sales · Voice · AI topics · AI QA: Review · Speech-to-text: Czech")


@pytest.mark.parametrize(
    ("channel", "chosen", "field", "says"),
    [
        ("chat", {"smart_routing": True}, "smart_routing", "Only e-mail queues"),
        ("voice", {"ai_topics": True}, "ai_topics", "switch speech-to-text on, too"),
        ("email", {"speech_to_text": True, "speech_language": "en"}, "speech_to_text",
         "of voice queues"),
        ("voice", {"speech_to_text": True}, "speech_language", "Choose the language"),
    ],
)  # fmt: skip
def test_what_a_queue_cannot_have_is_refused_beside_its_field(
    here, channel, chosen, field, says
):  # LIC-9, ALL-4
    queue = QueueFactory(account=here.account, channel=channel)

    with pytest.raises(FieldRefused, match=says) as refused:
        choose(here, queue, **chosen)

    assert refused.value.field == field
    assert not AccountEvent.objects.filter(kind="queue_changed").exists()


def test_nothing_is_on_without_its_switch(here, account):  # LIC-9
    Item.objects.filter(product__code="power-packs").update(quantity=0)
    queue = QueueFactory(account=account, channel="email")

    with pytest.raises(FieldRefused, match="The Power pack is switched off"):
        choose(here, queue, smart_routing=True)


def test_only_an_allowed_form_of_the_account_reviews(here, account):  # LIC-9, ALL-1
    queue = QueueFactory(account=account, channel="chat")
    closed = QaForm.objects.create(account=account, name="Closed")
    theirs = allowed(AccountFactory())

    with pytest.raises(FieldRefused, match="not allowed for AI QA"):
        choose(here, queue, form_id=closed.pk)
    with pytest.raises(FieldRefused, match="deleted meanwhile"):
        choose(here, queue, form_id=theirs.pk)


def test_a_form_that_reviews_stays_allowed_and_is_not_deleted(here, account):  # LIC-9
    form = allowed(account)
    for name in ("Sales", "Chat"):
        choose(here, QueueFactory(account=account, name=name, channel="chat"), form_id=form.pk)
    said = "AI QA reviews by it in Sales and Chat. Choose another form there first."

    with pytest.raises(FieldRefused, match=said) as refused:
        qa_forms.change_form(
            here=here, form_id=form.pk, name=form.name, allowed_for_ai=False, at=NOW
        )
    with pytest.raises(ChangeRefused, match=said):
        qa_forms.delete_form(here=here, form_id=form.pk, at=NOW)

    assert refused.value.field == "allowed_for_ai"
    assert QaForm.objects.get().allowed_for_ai


def test_another_channel_that_has_not_what_is_on_is_refused(here, account):  # LIC-9
    queue = QueueFactory(account=account, channel="email")
    choose(here, queue, smart_routing=True, ai_topics=True)
    details = {"name": queue.name, "number": queue.number, "outbound": False, "active": True}

    with pytest.raises(FieldRefused, match="Smart routing: not in queues") as refused:
        queues.change_queue(here=here, queue_id=queue.pk, channel="chat", at=NOW, **details)

    assert refused.value.field == "channel"


def off(account, code, *, names: bool = True) -> list[str]:
    products = {one.code: one for one in Product.objects.all()}
    proposal = Proposal(
        account=account, at=NOW, changes={code: (1, 0)}, held={code: 0}, products=products
    )
    hidden = set() if names else {Right.SEE_QUEUES}
    return [one.said(sees=lambda right: right not in hidden) for one in objections(proposal)]


@pytest.mark.parametrize("names", [True, False])
def test_a_switch_that_queues_use_is_not_switched_off(here, account, names):  # LIC-9, ALL-1
    """They are named to who may see the queues, and counted for anybody else."""
    form = allowed(account)
    calls = QueueFactory(account=account, name="Calls")
    choose(here, calls, ai_topics=True, speech_to_text=True, speech_language="en")
    mail = QueueFactory(account=account, name="Orders", channel="email")
    choose(here, mail, smart_routing=True, ai_topics=True, form_id=form.pk)
    QueueFactory(account=account, name="Idle", channel="chat")

    in_mail, in_both, in_calls = (
        ("Orders", "Calls and Orders", "Calls") if names else ("1 queue", "2 queues", "1 queue")
    )
    assert off(account, "power-packs", names=names) == [
        f"In use: Smart routing in {in_mail}; AI topics in {in_both}; AI QA in {in_mail}. Switch "
        "that off in these queues first."
    ]
    assert off(account, "speech-to-text", names=names) == [
        f"In use: Speech-to-text in {in_calls}. Switch that off in these queues first."
    ]


@pytest.mark.parametrize("leads", [True, False])
def test_the_way_to_the_queues_is_for_those_who_may_open_them(here, account, leads):  # ALL-1
    SellerFactory()
    choose(here, QueueFactory(account=account, channel="email"), smart_routing=True)
    rights = [Right.SEE_LICENSING, Right.UPDATE_LICENSING, *([Right.SEE_QUEUES] if leads else [])]
    member = MemberFactory(
        account=account, signs_in=True, access=AccessFactory(account=account, rights=rights)
    )
    carts.put(here=stands(member), changes={"power-packs": 0}, at=timezone.now())
    browser = Client()
    browser.force_login(stands(member).person)

    page = browser.get(reverse("billing:cart", args=[account.pk])).content.decode()

    assert "Switch that off in these queues first." in page
    assert ("To the queues" in page) == leads


def test_a_switch_that_nothing_uses_goes(here, account):
    QueueFactory(account=account)

    assert off(account, "power-packs") == off(account, "speech-to-text") == []


def test_the_database_holds_the_rules_of_a_queue_by_itself(account):
    for wrong in (
        {"channel": "chat", "smart_routing": True},
        {"channel": "voice", "speech_to_text": True},
        {"channel": "email", "speech_to_text": True, "speech_language": "en"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            QueueFactory(account=account, **wrong)


# The page


def address(queue):
    return reverse("licensing:queue", args=[queue.account_id, queue.pk])


def test_the_page_says_beside_each_field_what_stands_in_its_way(account):  # LIC-9
    page = signed_in(account, Right.UPDATE_QUEUES).get(address(QueueFactory(account=account)))

    words = page.content.decode()
    assert "Only e-mail queues have smart routing." in words
    assert "switch speech-to-text on, too." in words


def test_settings_are_saved_from_the_page_and_a_refusal_loses_nothing(account):  # ALL-4
    browser, queue = signed_in(account, Right.UPDATE_QUEUES), QueueFactory(account=account)
    sent = {"part": "settings", "ai_topics": "on", "speech_language": "it"}

    refused = browser.post(address(queue), sent)
    saved = browser.post(address(queue), sent | {"speech_to_text": "on"})

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert 'value="it" selected' in refused.content.decode()
    queue.refresh_from_db()
    assert (queue.ai_topics, queue.speech_language) == (True, "it")


def test_an_account_without_the_module_has_no_such_settings():
    account = AccountFactory()

    page = signed_in(account).get(address(QueueFactory(account=account)))

    assert "What AI does here" not in page.content.decode()


def test_who_only_sees_queues_reads_what_is_on(here, account):
    queue = QueueFactory(account=account, channel="email")
    choose(here, queue, smart_routing=True)

    words = signed_in(account, Right.SEE_QUEUES).get(address(queue)).content.decode()

    assert "Smart routing" in words
    assert "Save what AI does" not in words
