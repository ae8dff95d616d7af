"""The pages of the bell: each person's own messages."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts import access, doors, inbox
from accounts.models import InboxMessage

PER_PAGE = 50


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_safe
def messages_page(request: HttpRequest) -> HttpResponse:
    """What one was told, the newest first, what is unread marked."""
    access.reenter(request)
    person = access.person_of(request)
    paginator = Paginator(inbox.messages_of(person), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pages": paginator.get_elided_page_range(page.number),
        "shown": inbox.shown(list(page), reader=person),
        "unread": inbox.unread_count(person),
    }
    return render(request, "accounts/inbox.html", context)


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_POST
def open_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Mark a message as read and go where it leads."""
    person = access.person_of(request)
    message = get_object_or_404(InboxMessage, pk=message_id, person=person)
    inbox.mark_read(person=person, at=timezone.now(), message_id=message.pk)
    (one,) = inbox.shown([message], reader=person)
    return redirect(one.link or "accounts:inbox")


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    inbox.mark_read(person=access.person_of(request), at=timezone.now())
    messages.success(request, gettext("All messages are marked as read."))
    return redirect("accounts:inbox")
