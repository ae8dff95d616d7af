"""The addresses of pages about people."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.views import company, inbox, profile, visits

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("accounts/<int:account_id>/settings/company/", company.details, name="company"),
    path("me/profile/", profile.profile, name="profile"),
    path("me/language/", profile.language, name="language"),
    path("me/inbox/", inbox.messages_page, name="inbox"),
    path("me/inbox/read/", inbox.read_all, name="inbox_read_all"),
    path("me/inbox/<int:message_id>/open/", inbox.open_message, name="inbox_open"),
    path("me/visit/leave/", visits.leave, name="leave_visit"),
    path("me/visit/ended/", visits.ended, name="visit_ended"),
]
