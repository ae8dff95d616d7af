"""A process that sends refunds whose bank takes its time: it is there to be killed.

    python -m tests.concurrency.slow_refunds SECONDS

Each refund is given back by the sandbox's bank at once, and the answer comes so much later.
"""

from __future__ import annotations

import sys
import time

import django
from django.db import connections
from djmoney.money import Money

from billing.gateways.base import Refunded, RefundRefused, Unknown


def send(seconds: float) -> None:
    from django.utils import timezone

    from billing import refund_sweep
    from billing.gateways.sandbox import SandboxGateway

    class SlowGateway(SandboxGateway):
        """The sandbox behind a slow line."""

        def refund(
            self, key: str, reference: str, money: Money
        ) -> Refunded | RefundRefused | Unknown:
            answer = super().refund(key, reference, money)
            time.sleep(seconds)
            return answer

    refund_sweep.send_due(clock=timezone.now, gateway=SlowGateway())
    connections.close_all()


if __name__ == "__main__":
    django.setup()
    send(float(sys.argv[1]))
