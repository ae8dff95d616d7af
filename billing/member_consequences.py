"""What a change of members' status means in money, in words: the answer of this floor to Team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language, gettext, ngettext

from accounts.models import Account, Member
from accounts.questions import Consequence, Planned, Tone
from billing.core.display import format_day, format_money
from billing.member_costs import MemberCost, costs
from billing.models import Item, Price, Subscription


def consequences(planned: Planned) -> list[Consequence]:
    """What the planned change does to what is paid for the account. RSL-6, RSL-7, RSL-9.

    Who is to be invited costs from the day on which they join: said as if they joined today.
    Where the parent pays its amounts are the parent's own (RSL-2): to who may not read them it is
    said without.
    """
    steps = [step for member in planned.members if (step := _step(planned, member))]
    found = list(_of_bots(planned))
    if not steps:
        return found or list(_of_who_never_costs(planned))
    counted = costs(account_id=planned.account.pk, steps=steps, at=planned.at)
    if not counted:
        text = gettext("This changes nothing in what the account pays.")
        return [*found, Consequence(text, nothing=True)]
    if _joins_later(planned):
        found.append(_said_of_invitations(len(steps)))
    if not planned.reads_amounts:
        return [*found, _said_without_amounts(planned.account, counted)]
    if _joins_later(planned):
        return [*found, *(one for cost in counted for one in _said_of_joining(cost))]
    return [*found, *(one for cost in counted for one in _said(cost, rising=sum(steps) > 0))]


def _joins_later(planned: Planned) -> bool:
    """Whether the members become active when they accept an invitation, and no sooner."""
    return planned.becomes == Member.Status.INVITED and planned.billing_role is None


def _step(planned: Planned, member: Member) -> int:
    """What the member's change does to the number of billable members."""
    before = member.takes_seat and member.status == Member.Status.ACTIVE
    role = member.billing_role if planned.billing_role is None else planned.billing_role
    takes_seat = not (member.bot or role)
    active = planned.becomes == Member.Status.ACTIVE or _joins_later(planned)
    return (takes_seat and active) - before


# ---- amounts ----


@dataclass(frozen=True, slots=True)
class _Words:
    """A cost's amounts and days, as the reader's language writes them."""

    pro_rata: str
    each: str
    on: str
    yearly: bool


def _said(cost: MemberCost, *, rising: bool) -> Iterator[Consequence]:
    words = _words(cost)
    if cost.pro_rata > 0:
        text = gettext("{amount} pro rata on the invoice of {day}, before taxes.")
        # A button says what it costs from now on; where no cycle follows, this is all.
        amount = "" if cost.each_cycle else words.pro_rata
        yield Consequence(text.format(amount=words.pro_rata, day=words.on), Tone.COSTS, amount)
    elif rising:
        text = gettext("Until {day} this costs nothing: a place paid for already is used again.")
        yield Consequence(text.format(day=words.on))
    elif cost.each_cycle:
        text = gettext("Until {day} the place stays paid and can be used again at no charge.")
        yield Consequence(text.format(day=words.on))
    if cost.each_cycle:
        yield _said_of_cycles(cost, words)


def _said_of_invitations(number: int) -> Consequence:
    return Consequence(
        ngettext(
            "Joins by invitation: nothing is charged until then.",
            "Join by invitation: nothing is charged until then.",
            number,
        )
    )


def _said_of_joining(cost: MemberCost) -> Iterator[Consequence]:
    """The same of somebody who is yet to join; a button that invites charges nothing itself."""
    words = _words(cost)
    if cost.pro_rata > 0:
        text = gettext(
            "Joining today costs {amount} pro rata on the invoice of {day}, before taxes."
        )
        yield Consequence(text.format(amount=words.pro_rata, day=words.on), Tone.COSTS)
    else:
        text = gettext(
            "Joining before {day} costs nothing until then: a place paid for already is used again."
        )
        yield Consequence(text.format(day=words.on))
    if (cost.each_cycle or 0) > 0:
        text = (
            gettext("Each year after that you pay {amount} more, before taxes.")
            if words.yearly
            else gettext("Each month after that you pay {amount} more, before taxes.")
        )
        yield Consequence(text.format(amount=words.each), Tone.COSTS)


def _said_of_cycles(cost: MemberCost, words: _Words) -> Consequence:
    more = (cost.each_cycle or 0) > 0
    if words.yearly:
        text = (
            gettext("From {day} you pay {amount} a year more, before taxes.")
            if more
            else gettext("From {day} you pay {amount} a year less, before taxes.")
        )
    else:
        text = (
            gettext("From {day} you pay {amount} a month more, before taxes.")
            if more
            else gettext("From {day} you pay {amount} a month less, before taxes.")
        )
    said = text.format(day=words.on, amount=words.each)
    if not more:
        return Consequence(said, Tone.SAVES)
    each = gettext("{amount} a year") if words.yearly else gettext("{amount} a month")
    return Consequence(said, Tone.COSTS, amount=each.format(amount=words.each))


def _words(cost: MemberCost) -> _Words:
    language = (get_language() or "en").partition("-")[0]

    def amount(value: Decimal) -> str:
        return format_money(abs(value), cost.currency, language)

    return _Words(
        pro_rata=amount(cost.pro_rata),
        each=amount(cost.each_cycle or Decimal(0)),
        on=format_day(cost.next_on, language),
        yearly=cost.interval == Subscription.Interval.YEAR,
    )


def _said_without_amounts(account: Account, counted: Sequence[MemberCost]) -> Consequence:
    """Who pays; that it costs them more is still so, and asks support for a reason.

    A workspace reads nothing of its agency, not its name either (AGY-3).
    """
    if account.role == Account.Role.WORKSPACE:
        text = gettext("Your agency pays for this account.")
    else:
        text = gettext("{payer} pays for this account, by the number of its people.")
    more = any(cost.pro_rata > 0 or (cost.each_cycle or 0) > 0 for cost in counted)
    return Consequence(text.format(payer=account.payer), Tone.COSTS if more else Tone.NOTE)


# ---- who never costs ----


def _of_who_never_costs(planned: Planned) -> Iterator[Consequence]:
    roles = [member for member in planned.members if member.billing_role and not member.bot]
    if roles and len(roles) == len(planned.members):
        yield Consequence(
            ngettext(
                "The billing role takes no seat: this costs nothing.",
                "The billing role takes no seat: these cost nothing.",
                len(roles),
            )
        )


def _of_bots(planned: Planned) -> Iterator[Consequence]:
    """Under pay-per-user a bot is free; under legacy seats it takes one of the chosen (RSL-7)."""
    bots = [member for member in planned.members if member.bot]
    if not bots:
        return
    for item in _people_items(planned.account):
        if item.price is not None and item.price.basis == Price.Basis.SET and item.quantity:
            yield Consequence(_seats_of_bots(planned, bots, item))
        elif item.price is not None and item.price.basis == Price.Basis.BILLABLE_MEMBERS:
            text = gettext("You pay by the user, and bots are no users: a bot never costs.")
            yield Consequence(text)


def _seats_of_bots(planned: Planned, bots: Sequence[Member], item: Item) -> str:
    active = planned.account.members.filter(bot=True, status=Member.Status.ACTIVE).count()
    was = sum(member.status == Member.Status.ACTIVE for member in bots)
    will = active - was + (len(bots) if planned.becomes == Member.Status.ACTIVE else 0)
    text = ngettext(
        "An active bot takes a seat: {count} of your {seats} seats will be held by a bot.",
        "An active bot takes a seat: {count} of your {seats} seats will be held by bots.",
        will,
    )
    return text.format(count=will, seats=item.quantity)


def _people_items(account: Account) -> list[Item]:
    """What the account holds of products that are sold by the seat or by the billable member."""
    counted = Price.objects.filter(basis=Price.Basis.BILLABLE_MEMBERS)
    items = Item.objects.filter(
        subscription__account=account, product__in=counted.values("product")
    )
    return list(items.select_related("price").order_by("pk"))
