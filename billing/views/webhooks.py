"""Where payment providers ring: whoever signs what they send, and nobody by a session."""

from __future__ import annotations

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError as NoBroker

from accounts import doors
from accounts.doors import Audience
from billing import tasks, webhooks
from billing.gateways import gateway
from billing.gateways.base import BadSignature

logger = logging.getLogger(__name__)


@doors.opens_to(Audience.SIGNED)
@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep a provider's message, and have it handled; 403 for what they have not signed."""
    site = gateway()
    if provider != site.name:
        raise Http404(f"{provider} is not the gateway of this site.")
    at = timezone.now()
    try:
        told = site.read_webhook(request.body, request.headers, at=at)
    except BadSignature as wrong:
        logger.warning("webhook refused gateway=%s because=%s", provider, wrong)
        return HttpResponse("The signature is wrong.", "text/plain", 403)
    received = webhooks.receive(told, gateway=site.name, at=at)
    try:
        tasks.handle_webhook.delay(received.pk)
    except NoBroker as problem:
        # It is kept: beat handles what nobody was called to.
        logger.warning("webhook waits id=%s problem=%s", told.id, problem)
    return HttpResponse(status=204)
