"""Who holds which licence in an account: read from its people, told to Team by the settings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account, Member
from accounts.questions import Consequence, Planned, Tone
from licensing.cards import Licence
from licensing.holding_rules import Login, Worker, holdings, in_use, lacks_channel
from licensing.models import QueueLogin
from licensing.owning import owning
from licensing.wording import Names, counted, held_words, licence_names


def workers(members: Sequence[Member]) -> list[Worker]:
    """What each of these members works as, in their order. One query."""
    # Who is yet to be added has no id, and no login.
    logins = _logins(QueueLogin.objects.filter(member__in=[one.pk for one in members if one.pk]))
    return [
        Worker(
            type=member.type,
            working=member.status == Member.Status.ACTIVE and not member.bot,
            calls_without_queue=member.calls_without_queue,
            logins=tuple(logins.get(member.pk, ())),
        )
        for member in members
    ]


def words_of(worker: Worker, names: Names) -> list[str]:
    """What somebody holds with the reasons, or that they need a channel licence."""
    held = [held_words(holding, names) for holding in holdings(worker)]
    if lacks_channel(worker):
        held.append(_("Needs a channel licence: log them in to a queue"))
    return held


def words_by_member(members: Sequence[Member]) -> dict[int, list[str]]:
    """What each member holds, in words; for ``ACCOUNTS_HOLDINGS``. Three queries.

    People of an account without the Licensing module hold nothing.
    """
    licensed = _licensed(member.account_id for member in members)
    people = [member for member in members if member.account_id in licensed]
    names = licence_names()
    return {
        member.pk: words_of(worker, names)
        for member, worker in zip(people, workers(people), strict=True)
    }


def consequences(planned: Planned) -> list[Consequence]:
    """Which licences a change of status sets free or takes; for ``ACCOUNTS_CONSEQUENCES``."""
    if not planned.account.licensing_enabled:
        return []
    people = workers([one for one in planned.members if not one.bot])
    if planned.becomes == Member.Status.ACTIVE:
        taken = in_use(_at_work(one) for one in people if not one.working)
        return _taken(planned, taken)
    return _released(in_use(people))


def used_in(account: Account) -> Counter[Licence]:
    """How many licences of each type the account's people hold. Two queries."""
    people = Member.objects.filter(account=account, status=Member.Status.ACTIVE, bot=False)
    logins = _logins(QueueLogin.objects.filter(member__in=people))
    return in_use(
        Worker(type_, calls_without_queue=calls, logins=tuple(logins.get(member_id, ())))
        for member_id, type_, calls in people.values_list("pk", "type", "calls_without_queue")
    )


def _logins(rows: QuerySet[QueueLogin]) -> dict[int, list[Login]]:
    """These logins by member, each in order of the queues' numbers."""
    found: defaultdict[int, list[Login]] = defaultdict(list)
    columns = ("member", "queue__name", "queue__channel", "queue__outbound")
    for member_id, name, channel, outbound in rows.values_list(*columns):
        found[member_id].append(Login(name, channel, outbound=outbound))
    return found


def _licensed(account_ids: Iterable[int]) -> set[int]:
    """Of these accounts those that have the Licensing module."""
    enabled = Account.objects.filter(pk__in=set(account_ids), licensing_enabled=True)
    return set(enabled.values_list("pk", flat=True))


def _at_work(worker: Worker) -> Worker:
    return replace(worker, working=True)


def _released(numbers: Counter[Licence]) -> list[Consequence]:
    if not numbers:
        return []
    words = _("Releases %(licences)s.") % {"licences": counted(numbers, licence_names())}
    return [Consequence(words, Tone.RELEASES)]


def _taken(planned: Planned, numbers: Counter[Licence]) -> list[Consequence]:
    """What people who come back take again, and of which type more are held then than owned."""
    if not numbers:
        return []
    names, used = licence_names(), used_in(planned.account) + numbers
    owns = owning(planned.account, at=planned.at)
    owned = {licence: one.given for licence, one in owns.items()}
    beyond = [
        _("%(licence)s: then %(used)s in use, %(owned)s owned.")
        % {"licence": names[licence], "used": used[licence], "owned": owned[licence]}
        for licence in numbers
        if used[licence] > owned[licence]
    ]
    words = _("Takes %(licences)s.") % {"licences": counted(numbers, names)}
    return [Consequence(words), *map(Consequence, beyond)]
