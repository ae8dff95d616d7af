"""The pages of *Manage → Queues*."""

import pytest
from django.urls import reverse

from accounts.rights import Right
from licensing.models import Queue, QueueLogin
from tests.factories import AccountFactory, MemberFactory, QueueFactory
from tests.lasting import lasting
from tests.licensing.pages import queries_of, signed_in

pytestmark = pytest.mark.django_db


@lasting
def account():
    return AccountFactory()


@pytest.fixture
def primary(account):
    return signed_in(account)


def address(name, account, *more):
    return reverse(f"licensing:{name}", args=[account.pk, *more])


def filled_in(**details):
    return {"name": "Sales calls", "number": "7", "channel": "voice", **details}


def test_the_list_finds_and_orders_queues(account, primary):
    for name, number in (("Helpline", 20), ("Sales calls", 10), ("Orders", 30)):
        QueueFactory(account=account, name=name, number=number)
    QueueFactory(name="Of somebody else")

    def names(**query):
        page = primary.get(address("queues", account), query).context["page"]
        return [queue.name for queue in page]

    assert names() == ["Sales calls", "Helpline", "Orders"]
    assert names(sort="-name") == ["Sales calls", "Orders", "Helpline"]
    assert names(sort="nonsense") == names()
    assert names(q="help") == names(q="20") == ["Helpline"]
    assert names(q="nothing") == []


def test_the_list_counts_who_is_logged_in(account, primary):
    queue = QueueFactory(account=account)
    for status in ("active", "suspended", "deleted"):
        QueueLogin.objects.create(queue=queue, member=MemberFactory(account=account, status=status))

    page = primary.get(address("queues", account)).context["page"]

    assert [one.people for one in page] == [2]


def test_an_empty_list_teaches_and_one_without_the_right_names_who_has_it(account):
    reader = signed_in(account, Right.SEE_QUEUES)
    MemberFactory(account=account, primary_admin=True, name="Jana")

    shown = reader.get(address("queues", account)).content.decode()

    assert "There is no queue yet." in shown
    assert "Jana (primary account admin) can change this." in shown
    assert "Add a queue" not in shown


def test_a_queue_is_added_with_the_number_that_is_suggested(account, primary):
    QueueFactory(account=account, number=6)

    suggested = primary.get(address("queue_new", account)).context["form"]["number"].value()
    answer = primary.post(
        address("queue_new", account), filled_in(number=suggested, outbound="on"), follow=True
    )

    queue = Queue.objects.get(name="Sales calls")
    assert (queue.number, queue.outbound, queue.active) == (7, True, True)
    assert answer.redirect_chain == [(address("queue", account, queue.pk), 302)]
    assert "Sales calls has the number 7. Nobody is logged in yet." in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"name": " "}, "name", "Write the name of the queue, for example Orders."),
        ({"name": "HELPLINE"}, "name", "There is a queue called HELPLINE"),
        ({"number": "0"}, "number", "Choose a number from 1 to"),
        ({"number": ""}, "number", "Choose a number from 1 to"),
        ({"number": "1"}, "number", "Helpline has the number 1. 2 is free."),
        ({"channel": "fax"}, "channel", "Choose one of the channels."),
        ({"channel": "chat", "outbound": "on"}, "outbound", "Only queues of the channel Voice"),
    ],
)
def test_wrong_input_is_told_beside_the_field_and_kept(  # ALL-4
    wrong, field, says, account, primary
):
    QueueFactory(account=account, name="Helpline", number=1)

    answer = primary.post(address("queue_new", account), filled_in(**wrong))

    form = answer.context["form"]
    assert answer.status_code == 422
    assert says in form.errors[field][0]
    assert form["name"].value() == wrong.get("name", "Sales calls")
    assert Queue.objects.count() == 1


def test_a_queue_is_changed_and_put_to_rest(account, primary):
    queue = QueueFactory(account=account, name="Helpline", number=1)

    primary.post(address("queue", account, queue.pk), filled_in())

    queue.refresh_from_db()
    assert (queue.name, queue.number, queue.active) == ("Sales calls", 7, False)


def test_another_channel_is_refused_beside_it_while_somebody_is_logged_in(account, primary):
    queue = QueueFactory(account=account, name="Helpline", number=1)
    ann = MemberFactory(account=account, name="Ann")
    QueueLogin.objects.create(queue=queue, member=ann)

    answer = primary.post(address("queue", account, queue.pk), filled_in(channel="chat"))

    assert answer.status_code == 422
    assert answer.context["form"].errors["channel"] == [
        "Ann is logged in to Helpline. Log them out first."
    ]
    assert reverse("licensing:user", args=[account.pk, ann.pk]) in answer.content.decode()


def test_deleting_asks_first_and_names_who_is_in_the_way(account, primary):
    queue = QueueFactory(account=account, name="Helpline")
    login = QueueLogin.objects.create(
        queue=queue, member=MemberFactory(account=account, name="Ann")
    )
    delete = address("queue_delete", account, queue.pk)

    shown, refused = primary.get(delete), primary.post(delete)
    login.delete()
    asked, done = primary.get(delete), primary.post(delete, follow=True)

    assert (shown.status_code, refused.status_code) == (200, 409)
    for answer in (shown, refused):
        assert "Ann is logged in to Helpline." in answer.content.decode()
    assert "Delete queue Helpline" in asked.content.decode()
    assert "Helpline is deleted." in done.content.decode()
    assert not Queue.objects.exists()


def test_a_dialog_is_a_part_of_the_page(account, primary):
    part = primary.get(address("queue_new", account), headers={"HX-Request": "true"})

    assert "<html" not in part.content.decode()
    assert "Add queue" in part.content.decode()


@pytest.mark.parametrize("name", ["queue", "queue_delete"])
def test_a_queue_of_somebody_else_is_not_found(name, account, primary):  # ALL-1
    foreign = QueueFactory()
    there = address(name, account, foreign.pk)

    assert primary.get(there).status_code == 404
    assert primary.post(there, filled_in()).status_code == 404
    assert Queue.objects.get() == foreign


def test_who_only_sees_queues_changes_none(account):  # LIC-2
    queue = QueueFactory(account=account, name="Helpline")
    reader = signed_in(account, Right.SEE_QUEUES)
    MemberFactory(account=account, primary_admin=True, name="Jana")

    shown = reader.get(address("queue", account, queue.pk))

    assert "Save queue" not in shown.content.decode()
    for name, more in (("queue", [queue.pk]), ("queue_delete", [queue.pk]), ("queue_new", [])):
        answer = reader.post(address(name, account, *more), filled_in())
        assert answer.status_code == 403, name
        assert "Jana" in answer.content.decode()
    queue.refresh_from_db()
    assert queue.name == "Helpline"


def test_the_list_costs_the_same_with_one_row_and_with_fifty(account, primary):
    def add():
        queue = QueueFactory(account=account)
        QueueLogin.objects.create(queue=queue, member=MemberFactory(account=account))

    add()
    one = queries_of(primary, address("queues", account))
    for _ in range(49):
        add()

    assert queries_of(primary, address("queues", account)) == one


def test_who_is_logged_in_costs_the_same_for_one_and_for_fifty(account, primary):
    queue = QueueFactory(account=account)
    QueueLogin.objects.create(queue=queue, member=MemberFactory(account=account))
    one = queries_of(primary, address("queue", account, queue.pk))
    for _ in range(49):
        QueueLogin.objects.create(queue=queue, member=MemberFactory(account=account))

    assert queries_of(primary, address("queue", account, queue.pk)) == one
