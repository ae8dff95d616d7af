"""Pages of the desk that are no forms: drawn in the admin's frame, for those who may view them."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from accounts.admin.desk import DeskAdmin


def found(page: DeskAdmin, request: HttpRequest, object_id: str) -> Any:
    """The row that the address names, of those this person may see. 403 or 404 otherwise.

    Such a page is read: sending something to it is refused.
    """
    if not page.has_view_permission(request) or request.method not in {"GET", "HEAD"}:
        raise PermissionDenied
    row = page.get_object(request, unquote(object_id))
    if row is None:
        raise Http404(f"There is no {page.model._meta.verbose_name} {object_id}.")
    return row


def drawn(
    page: DeskAdmin, request: HttpRequest, template: str, row: Model, **context: Any
) -> TemplateResponse:
    """A page about one row, in the frame of the admin."""
    request.current_app = page.admin_site.name
    return TemplateResponse(
        request,
        template,
        {
            **page.admin_site.each_context(request),
            "title": str(row),
            "opts": page.model._meta,
            "original": row,
            "inline_admin_formsets": (),
            "media": page.media,
            **context,
        },
    )
