"""Documents as files that a browser saves."""

from __future__ import annotations

from django.http import HttpResponse


def download(xml: bytes, number: str) -> HttpResponse:
    """The e-invoice of this number, to be saved and not to be shown."""
    headers = {"Content-Disposition": f'attachment; filename="{number}.xml"'}
    return HttpResponse(xml, content_type="application/xml", headers=headers)
