"""Applying a request: what was shown to support holds, once, and is billed as it was shown."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.deeds import Doer
from accounts.models import User
from billing import checkout, frozen, ordering, requests, settling
from billing.catching_up import catch_up, refuse_while_due
from billing.models import ChangeRequest, RequestMessage
from billing.objections import everything, in_words
from billing.quoting import Quoted
from billing.refusals import ChangeRefused, QuoteChanged
from billing.requested import Wished, quoted_request
from billing.settling import Agreed, NotAsAgreed, frozen_lines

logger = logging.getLogger(__name__)


def apply(*, request_id: int, seen: str, by: User, at: datetime) -> ChangeRequest:
    """Let what a request asks for hold, as its page has shown it; ``seen`` is what it gave back.

    At once or at the renewal, as the prices say; what is due at once is billed in the same
    transaction, and collected like every invoice. Both sides are told. Of two people of support
    who apply it at once one does. Call it outside any transaction.

    `QuoteChanged` for anything else than what was shown, or too long after: show it again.
    `ChangeRefused` for a request that is done with, while the payer is paying something else, and
    where something is in the way, for example seats that are in use.
    """
    was = checkout.read(seen)
    catch_up(ChangeRequest.objects.get(pk=request_id).account.payer, at=at)
    with transaction.atomic():
        found = requests.lock(request_id)
        requests.refuse_done(found)
        if at > was.until:
            raise QuoteChanged(_("These amounts are too old. Look at them again, then confirm."))
        ordering.refuse_while_paying(found.account.payer)
        refuse_while_due(found.account.payer, at=at)
        wish, quoted = quoted_request(found, at=at)
        if quoted.fingerprint != was.fingerprint:
            raise QuoteChanged(
                _("The amounts have changed since they were shown. Look at them again.")
            )
        if quoted.objections:
            raise ChangeRefused(in_words(quoted.objections, sees=everything))
        return _apply(found, wish, quoted, by=by, at=at)


def steps_of(quoted: Quoted) -> dict[str, Any]:
    """What a message keeps of what was applied: each product, from what to what, from which day."""
    return {
        "steps": [
            [
                *(step.product.code, step.was, step.becomes),
                part.quote.next_invoice.on.isoformat() if step.waits else None,
            ]
            for part in quoted.parts
            for step in part.steps
        ]
    }


def _apply(
    found: ChangeRequest, wish: Wished, quoted: Quoted, *, by: User, at: datetime
) -> ChangeRequest:
    agreed = Agreed(
        account_id=found.account_id,
        payer=found.account.payer,
        at=quoted.at,
        changes=[[step.product.code, step.was, step.becomes] for step in quoted.steps],
        lines=frozen_lines(quoted.lines_now),
        replaces=wish.wanted.replaces,
        by=by,
        cause=requests.cause_of(found),
        foot=frozen.foot(quoted),
        conditions=quoted.conditions,
        credit=quoted.credit,
    )
    try:
        found.invoice = settling.settle(agreed, at=at, charging=True)
    except NotAsAgreed as other:
        raise QuoteChanged(
            _("The amounts have changed since they were shown. Look at them again.")
        ) from other
    if found.taken_by_id is None:
        found.taken_by = by
    found.state, found.since = ChangeRequest.State.APPLIED, at
    found.save(update_fields=["invoice", "taken_by", "state", "since"])
    requests.write(
        found,
        RequestMessage.Deed.APPLIED,
        at=at,
        by=Doer(by),
        details=steps_of(quoted),
        from_support=True,
    )
    logger.info("request applied request=%s account=%s", found.pk, found.account_id)
    return found
