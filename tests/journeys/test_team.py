"""Two months of a team, told in days: who comes, waits, goes, returns, and what it costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts import access, invitations, joining, returns, team
from accounts.access import Standing
from accounts.deeds import Doer
from accounts.foresight import Foreseen
from accounts.history import history_of
from accounts.inbox import say
from accounts.models import Account, InboxMessage, Invitation, Letter, Member, User
from accounts.team import Deed
from billing.auditing import audit
from billing.models import Invoice
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)

pytestmark = pytest.mark.django_db(databases=["default", "readonly"])


@pytest.fixture
def account() -> Account:
    """Two people at 24.00 a month, by the number of billable members, from 31 January."""
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="team", members=True, amount=Decimal("24.00"))
    made = AccountFactory(name="Hill Street Diner")
    MemberFactory(account=made, name="Jana", primary_admin=True, signs_in=True)
    MemberFactory(account=made, name="Petr", admin=True, signs_in=True)
    SubscriptionFactory(account=made, starts_on=date(2026, 1, 31), anchor_day=31, items={"team": 0})
    bill(at=instant("2026-01-31 06:00"))
    return made


def standing(account: Account, name: str) -> Standing:
    member = account.members.select_related("user").get(name=name)
    assert member.user is not None
    found = access.standing(member.user, account.pk)
    assert found is not None
    return found


def decides(here: Standing, deed: Deed, member: Member, *, on: str, why: str = "") -> Foreseen:
    """Reads what follows, confirms it, and it is done; what was read."""
    at = instant(on)
    members = team.members_in_order(here.account, [member.pk])
    shown = team.foresee(deed=deed, here=here, members=members, at=at)
    team.do(deed=deed, here=here, member_ids=[member.pk], at=at, seen=shown.seen, reason=why)
    return shown


def accepts(member: Member, *, on: str) -> User:
    token = invitations.token_of(Invitation.objects.get(member=member))
    joined = joining.accept_as_new(
        token=token, name=member.name, password="correct horse battery", at=instant(on)
    )
    assert joined.user is not None
    return joined.user


def bell(here: Standing) -> list[str]:
    found = InboxMessage.objects.filter(person=here.person).order_by("at", "pk")
    return [say(message).text for message in found]


def billed(account: Account, day: date) -> list[tuple[str, str, Decimal]]:
    invoice = Invoice.objects.get(payer=account, cycle_date=day)
    lines = [line for one in invoice.bills.all() for line in one.lines.order_by("position")]
    return [(line.kind, str(line.quantity), line.amount) for line in lines]


def test_the_first_two_months_of_ann(account):  # RSL-6, RSL-9
    jana, petr = standing(account, "Jana"), standing(account, "Petr")

    # 3 February: Petr may not approve, so Ann waits. Nothing goes out, and nothing costs.
    ann = invitations.invite(
        here=petr, name="Ann", email="ann@diner.example", at=instant("2026-02-03 09:00")
    )
    assert ann.status == Member.Status.AWAITING_APPROVAL
    assert bell(jana) == ["Petr added Ann. Approve or decline it."]
    assert not Letter.objects.filter(name="invitation").exists()

    # 4 February: Jana approves her, and Ann accepts the next day.
    # She reads what Ann will cost: 24 of February's 28 days if she joins at once.
    shown = decides(jana, Deed.APPROVE, ann, on="2026-02-04 10:00")
    assert [one.text for one in shown.consequences] == [
        "Joins by invitation: nothing is charged until then.",
        "Joining today costs €20.57 pro rata on the invoice of 28 February 2026, before taxes.",
        "Each month after that you pay €24.00 more, before taxes.",
    ]
    assert bell(petr) == ["Jana approved Ann."]
    ann_signs_in = accepts(ann, on="2026-02-05 08:00")

    # 12 February: suspended, she leaves the rest of what is paid to whoever comes next.
    shown = decides(jana, Deed.SUSPEND, ann, on="2026-02-12 17:00", why="on leave")
    assert "€24.00 a month less" in " ".join(one.text for one in shown.consequences)
    assert access.standing(ann_signs_in, account.pk) is None

    # 20 February: she asks to return, twice; it is heard once.
    for day in ("2026-02-20", "2026-02-21"):
        asked = returns.ask(member_id=ann.pk, at=instant(day), by=Doer(person=ann_signs_in))
        assert asked == instant("2026-02-20")
    assert bell(jana)[1:] == ["Ann is suspended and asks to be activated again."]

    # 28 February: two are billed for March, and Ann's place for 5 to 28 February, 23 days of 28.
    bill(at=instant("2026-02-28 06:00"))
    assert billed(account, date(2026, 2, 28)) == [
        ("proration", "1", Decimal("19.71")),
        ("members", "2", Decimal("48.00")),
    ]

    # 3 March: Jana reads the price before she activates her. 28 of 31 days are left.
    shown = decides(jana, Deed.ACTIVATE, ann, on="2026-03-03 09:00")
    assert shown.amount == "€24.00 a month"
    assert "€21.68 pro rata on the invoice of 31 March 2026" in shown.consequences[0].text
    assert access.standing(ann_signs_in, account.pk) is not None
    bill(at=instant("2026-03-31 06:00"))
    assert billed(account, date(2026, 3, 31)) == [
        ("proration", "1", Decimal("21.68")),
        ("members", "3", Decimal("72.00")),
    ]

    # The log says all of it, and agrees with what was billed.
    ann.refresh_from_db()
    told = [(one.becomes or one.what, one.who) for one in history_of(ann, here=jana) if one.was]
    assert told == [
        ("Active", "Jana"),
        ("Suspended", "Jana"),
        ("Active", "Ann"),
        ("Invited", "Jana"),
    ]
    assert list(audit()) == []
