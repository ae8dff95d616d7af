"""The addresses of pages about people."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.views import company, inbox, invitations, opening, profile, start, visits

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
    path("me/open-an-account/", opening.open_account, name="open"),
    path("accounts/", start.accounts, name="accounts"),
    path("accounts/<int:account_id>/", start.start, name="start"),
    path("accounts/<int:account_id>/team/invite/", invitations.invite, name="invite"),
    path(
        "accounts/<int:account_id>/team/<int:member_id>/invitation/send/",
        invitations.resend,
        name="invitation_resend",
    ),
    path(
        "accounts/<int:account_id>/team/<int:member_id>/invitation/withdraw/",
        invitations.withdraw,
        name="invitation_withdraw",
    ),
    path("invitations/<str:token>/", invitations.join, name="invitation"),
]
