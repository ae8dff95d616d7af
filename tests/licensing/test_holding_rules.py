"""Who holds which licence: the table of LIC-7, and what holds for everybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Member
from licensing.cards import Licence
from licensing.holding_rules import (
    BACK_OFFICE,
    CLOUDPHONE,
    CONTACT_CENTRE,
    Login,
    Through,
    Worker,
    holdings,
    in_use,
    lacks_channel,
)
from licensing.models import Queue

PASSIVE = "passive"
CALLS = Login("Sales calls", "voice", outbound=True)
HELP = Login("Helpline", "voice")
MAIL = Login("Orders", "email")
CHAT = Login("Web chat", "chat")


def told(worker: Worker) -> dict[str, list[str]]:
    """Licence → the queues, types and rights through which it is held."""
    return {
        str(one.licence): [reason.queue or reason.through.value for reason in one.reasons]
        for one in holdings(worker)
    }


@pytest.mark.parametrize(
    ("worker", "held"),
    [
        (Worker(PASSIVE), {}),
        (Worker(CONTACT_CENTRE), {}),
        (Worker(CONTACT_CENTRE, logins=(HELP,)), {"voice": ["Helpline"]}),
        (
            Worker(CONTACT_CENTRE, logins=(CALLS,)),
            {"voice": ["Sales calls"], "outbound": ["Sales calls"]},
        ),
        (
            Worker(CONTACT_CENTRE, logins=(HELP, CALLS)),
            {"voice": ["Helpline", "Sales calls"], "outbound": ["Sales calls"]},
        ),
        (
            Worker(CONTACT_CENTRE, logins=(CHAT, MAIL)),
            {"email": ["Orders"], "chat": ["Web chat"]},
        ),
        (Worker(BACK_OFFICE), {"back-office": ["type"]}),
        (
            Worker(BACK_OFFICE, calls_without_queue=True),
            {"back-office": ["type"], "cloudphone": ["right"]},
        ),
        (
            Worker(BACK_OFFICE, logins=(MAIL,)),
            {"email": ["Orders"], "back-office": ["type"]},
        ),
        (Worker(CLOUDPHONE), {"cloudphone": ["type"]}),
        (Worker(PASSIVE, logins=(HELP,)), {"voice": ["Helpline"]}),
    ],
    ids=lambda value: "" if isinstance(value, dict) else None,
)
def test_types_rights_and_queues_hold_licences(worker, held):  # LIC-7
    assert told(worker) == held


@pytest.mark.parametrize(
    ("worker", "lacks"),
    [
        (Worker(CONTACT_CENTRE), True),
        (Worker(CONTACT_CENTRE, logins=(MAIL,)), False),
        (Worker(CONTACT_CENTRE, working=False), False),
        (Worker(BACK_OFFICE), False),
        (Worker(CLOUDPHONE), False),
        (Worker(PASSIVE), False),
    ],
)
def test_the_contact_centre_needs_a_channel(worker, lacks):  # LIC-7
    assert lacks_channel(worker) is lacks


def test_a_team_uses_the_licences_of_each_of_its_people():
    team = [
        Worker(CONTACT_CENTRE, logins=(HELP, CALLS)),
        Worker(CONTACT_CENTRE, logins=(HELP,)),
        Worker(BACK_OFFICE, calls_without_queue=True),
        Worker(CONTACT_CENTRE, working=False, logins=(HELP, CALLS)),
    ]

    assert in_use(team) == {"voice": 2, "outbound": 1, "back-office": 1, "cloudphone": 1}


def test_the_rules_know_the_types_and_channels_there_are():
    assert {CONTACT_CENTRE, BACK_OFFICE, CLOUDPHONE, PASSIVE} == set(Member.Type.values)
    assert set(Queue.Channel.values) <= set(Licence)


logins = st.lists(
    st.builds(
        lambda name, channel, out: Login(name, channel, outbound=out and channel == "voice"),
        st.text("abc", min_size=1, max_size=3),
        st.sampled_from(Queue.Channel.values),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda login: login.queue,
)


@st.composite
def workers(draw, *, working=True):
    type_ = draw(st.sampled_from(Member.Type.values))
    calls = type_ == BACK_OFFICE and draw(st.booleans())
    return Worker(type_, working, calls, tuple(draw(logins)))


@given(workers())
def test_nobody_holds_two_licences_of_a_type(worker):  # LIC-7
    held = [one.licence for one in holdings(worker)]

    assert len(held) == len(set(held))
    assert all(one.reasons for one in holdings(worker))


@given(workers())
def test_nobody_holds_outbound_without_voice(worker):  # LIC-6
    held = {one.licence for one in holdings(worker)}

    assert Licence.OUTBOUND not in held or Licence.VOICE in held


@given(workers(working=False))
def test_who_does_not_work_holds_nothing(worker):  # LIC-7
    assert holdings(worker) == ()


@given(workers())
def test_every_login_gives_the_licence_of_its_channel(worker):  # LIC-7
    for login in worker.logins:
        one = next(one for one in holdings(worker) if one.licence == login.channel)
        assert login.queue in {reason.queue for reason in one.reasons}


@given(workers())
def test_the_last_release_frees_a_licence_and_none_before(worker):  # LIC-7
    kept = worker.logins
    for login in worker.logins:
        before = {one.licence for one in holdings(_with(worker, kept))}
        kept = tuple(other for other in kept if other != login)
        after = {one.licence for one in holdings(_with(worker, kept))}
        needed = {Licence(other.channel) for other in kept}
        needed |= {Licence.OUTBOUND for other in kept if other.outbound}
        by_login = {Licence(login.channel)} | ({Licence.OUTBOUND} if login.outbound else set())
        assert before - after == by_login - needed


def _with(worker, logins):
    return Worker(worker.type, worker.working, worker.calls_without_queue, logins)


@given(st.lists(workers(), max_size=5))
def test_a_team_uses_what_its_people_hold(team):
    assert in_use(team).total() == sum(len(holdings(one)) for one in team)
    assert all(number <= len(team) for number in in_use(team).values())


def test_a_reason_says_through_what():
    worker = Worker(BACK_OFFICE, calls_without_queue=True, logins=(HELP,))

    through = {str(one.licence): one.reasons[0].through for one in holdings(worker)}

    assert through == {
        "voice": Through.QUEUE,
        "back-office": Through.TYPE,
        "cloudphone": Through.RIGHT,
    }
