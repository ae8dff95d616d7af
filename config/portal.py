"""The shell around every page of the portal: where one can go, as whom, and what waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import access, banners, inbox, jump
from accounts.access import Standing
from accounts.models import User
from accounts.rights import Right
from accounts.statements import Statement
from config.addresses import address

Words = str | Promise
_MOST_ACCOUNTS: Final = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of an account that the navigation names, for who has the right."""

    label: Words
    page: str
    icon: str
    needs: Right


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading, or under none."""

    entries: tuple[Entry, ...]
    label: Words = ""


# A page takes its place here when its address is there: one line.
NAVIGATION: Final = (
    Group(
        (
            Entry(
                _("Conversations"),
                "licensing:conversations",
                "conversations",
                Right.SEE_CONVERSATIONS,
            ),
            Entry(_("Team"), "accounts:team", "team", Right.SEE_TEAM),
            Entry(_("Billing & upgrade"), "billing:overview", "billing", Right.SEE_BILLING),
        )
    ),
    Group(
        (
            Entry(_("Users"), "licensing:users", "users", Right.SEE_TEAM),
            Entry(_("Accesses"), "accounts:accesses", "accesses", Right.SEE_ACCESSES),
            Entry(_("Licensing"), "licensing:licences", "licensing", Right.SEE_LICENSING),
            Entry(_("Usage limits"), "licensing:limits", "licensing", Right.SEE_LICENSING),
            Entry(_("Queues"), "licensing:queues", "queues", Right.SEE_QUEUES),
        ),
        label=pgettext_lazy("navigation", "Manage"),
    ),
    Group(
        (
            Entry(_("Agency"), "agencies:workspaces", "agency", Right.SEE_AGENCY),
            Entry(_("Clients"), "agencies:clients", "clients", Right.SEE_CLIENTS),
        )
    ),
    Group(
        (
            Entry(_("Company"), "accounts:company", "settings", Right.SEE_COMPANY),
            Entry(_("QA forms"), "licensing:qa_forms", "qa", Right.SEE_QA_FORMS),
            Entry(_("API keys"), "accounts:api_keys", "api", Right.PRIMARY),
        ),
        label=_("Settings"),
    ),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """What the shell shows, read only where a page draws it: never in a fragment of a page."""
    person = getattr(request, "user", None)
    if getattr(request, "htmx", False) or not isinstance(person, User):
        return {}
    return {"shell": SimpleLazyObject(lambda: _shell(request, person))}


def _shell(request: HttpRequest, person: User) -> dict[str, Any]:
    # Pages of the person alone, and those of sign-in, are shown around the account they were in.
    here = access.standing_of(request) or access.reenter(request)
    [[unread]], entered = _READ.read(person_id=person.pk)
    shown = {
        "person": person,
        "home": address("home"),
        "personal": _personal(here),
        "bell": {"url": address("accounts:inbox"), "unread": unread},
        "jump": _jump(here),
        "support": _support(request),
        **_others(request, entered, here),
    }
    if here is None:
        return shown
    return shown | {
        "account": here.account,
        "through": here.through,
        "home": address("accounts:start", here.account.pk),
        "navigation": navigation(here, request.path),
        "banners": banners.banners(here, at=timezone.now()),
    }


def navigation(here: Standing, path: str) -> list[dict[str, Any]]:
    """The groups with what one may see; the entry that leads nearest to ``path`` is current."""
    groups: list[dict[str, Any]] = [
        {
            "label": group.label,
            "entries": [
                {
                    "label": entry.label,
                    "icon": entry.icon,
                    "url": address(entry.page, here.account.pk),
                }
                for entry in group.entries
                if entry.needs in here.rights
            ],
        }
        for group in NAVIGATION
    ]
    entries = [entry for group in groups for entry in group["entries"]]
    around = [entry for entry in entries if path.startswith(entry["url"])]
    for entry in sorted(around, key=lambda entry: len(entry["url"]))[-1:]:
        entry["current"] = "page" if path == entry["url"] else "true"
    return [group for group in groups if group["entries"]]


def pages(asked: jump.Asked) -> jump.Group:
    """For Ctrl-K: the pages that the navigation and the person's menu show here."""
    groups = navigation(asked.here, "") if asked.here else []
    found = [
        jump.Found(str(entry["label"]), entry["url"], note=str(group["label"]))
        for group in groups
        for entry in group["entries"]
    ]
    known = {one.link for one in found}
    found += [
        jump.Found(str(entry["label"]), entry["url"])
        for entry in _personal(asked.here)
        if entry["url"] not in known
    ]
    return jump.Group(_("Pages"), jump.nearest(found, asked.query))


def _jump(here: Standing | None) -> str:
    account = f"?account={here.account.pk}" if here else ""
    return f"{address('accounts:jump')}{account}"


def _personal(here: Standing | None) -> list[dict[str, Any]]:
    """What the menu under the person's name offers, beside signing out."""
    profile = address("accounts:profile")
    entries = [
        {"label": _("Profile"), "url": profile, "icon": "users"},
        {"label": _("Sign-in and security"), "url": address("mfa_index"), "icon": "accesses"},
        {"label": _("Language"), "url": f"{profile}#id_language", "icon": "language"},
    ]
    if here is not None and here.may(Right.SEE_BILLING):
        billing = address("billing:overview", here.account.pk)
        entries.insert(1, {"label": _("Billing & upgrade"), "url": billing, "icon": "billing"})
    return entries


def _shown_to(person_id: int) -> tuple[QuerySet[Any, Any], ...]:
    """How many messages are unread, and the accounts to switch to; one more than are shown."""
    entered = access.entered_by(person_id).order_by("name", "pk")
    return inbox.unread_rows(person_id), entered.values_list("pk", "name")[: _MOST_ACCOUNTS + 2]


_READ: Final = Statement(_shown_to)


def _others(
    request: HttpRequest, entered: Iterable[tuple[int, str]], here: Standing | None
) -> dict[str, Any]:
    """The accounts to switch to; who visits one as support leaves it first."""
    if access.visit_of(request) is not None:
        return {}
    others = [(pk, name) for pk, name in entered if here is None or pk != here.account.pk]
    return {
        "others": [
            {"label": name, "url": address("accounts:start", pk)}
            for pk, name in others[:_MOST_ACCOUNTS]
        ],
        "more": address("accounts:accounts") if len(others) > _MOST_ACCOUNTS else "",
    }


def _support(request: HttpRequest) -> dict[str, Any] | None:
    """The bar of a visit: on every page, whichever account or none is around it."""
    visit = access.visit_of(request)
    if visit is None:
        return None
    return {
        "text": gettext("You are in %(account)s as %(member)s")
        % {"account": visit.account, "member": visit.member},
        "reason": visit.reason,
        "until": visit.expires_at,
        "end": address("accounts:leave_visit"),
    }
