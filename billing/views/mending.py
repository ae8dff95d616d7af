"""What a page with a price says of the card that is charged: what it lacks, where to mend it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from billing import checkout
from billing.means import lack_words
from billing.quoting import Quoted


def mending(quoted: Quoted, *, back: str) -> dict[str, Any]:
    """For a page with a price: ``back`` is where one comes to once a card is there. CONV-3.

    ``blocked``: nothing can be confirmed before it is mended.
    """
    means = quoted.means
    methods = reverse("billing:methods", args=[means.payer_id])
    costs = checkout.costs(quoted)
    return {
        "method": means.method,
        "lack": lack_words(means.lack) if means.lack is not None and costs else "",
        "blocked": means.lack is not None and bool(quoted.to_pay),
        "mend": f"{methods}?next={back}" if back else methods,
    }
