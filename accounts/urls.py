"""The addresses of pages about people."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts.team import Deed
from accounts.views import (
    access_giving,
    accesses,
    api_keys,
    billing_role,
    company,
    hand_over,
    inbox,
    invitations,
    jump,
    member,
    opening,
    profile,
    start,
    suspended,
    team,
    team_deeds,
    visits,
)

app_name = "accounts"
_ACCESS = "accounts/<int:account_id>/accesses/<int:access_id>/"
_MEMBER = "accounts/<int:account_id>/team/<int:member_id>/"
_KEYS = "accounts/<int:account_id>/settings/api-keys/"
_HAND_OVER = "accounts/<int:account_id>/hand-over/"
urlpatterns: list[URLPattern] = [
    path("accounts/<int:account_id>/settings/company/", company.details, name="company"),
    path(_KEYS, api_keys.index, name="api_keys"),
    path(_KEYS + "new/", api_keys.new, name="api_key_new"),
    path(_KEYS + "<int:key_id>/revoke/", api_keys.revoke, name="api_key_revoke"),
    path("me/profile/", profile.profile, name="profile"),
    path("me/language/", profile.language, name="language"),
    path("me/inbox/", inbox.messages_page, name="inbox"),
    path("me/inbox/read/", inbox.read_all, name="inbox_read_all"),
    path("me/inbox/<int:message_id>/open/", inbox.open_message, name="inbox_open"),
    path("me/jump/", jump.jump, name="jump"),
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
    path("accounts/<int:account_id>/accesses/", accesses.index, name="accesses"),
    path("accounts/<int:account_id>/accesses/new/", accesses.new, name="access_new"),
    path(_ACCESS, accesses.general, name="access"),
    path(_ACCESS + "manage/", accesses.manage, name="access_manage"),
    path(_ACCESS + "clone/", accesses.clone, name="access_clone"),
    path(_ACCESS + "delete/", accesses.delete, name="access_delete"),
    path(_ACCESS + "give/", access_giving.give, name="access_give"),
    path(_MEMBER, member.page, name="member"),
    path(_MEMBER + "details/", member.details, name="member_details"),
    path(_MEMBER + "access/", member.give_access, name="member_access"),
    path(_MEMBER + "purchase/", member.purchase, name="member_purchase"),
    path(_MEMBER + "billing-role/", billing_role.billing_role, name="member_billing_role"),
    path(_HAND_OVER, hand_over.hand_over, name="hand_over"),
    path(_HAND_OVER + "to/<int:member_id>/", hand_over.hand_over_to, name="hand_over_to"),
    path(_HAND_OVER + "call-off/", hand_over.call_off, name="hand_over_call_off"),
    path(_HAND_OVER + "<int:hand_over_id>/", hand_over.hand_over_answer, name="hand_over_answer"),
    path("accounts/<int:account_id>/suspended/", suspended.page, name="suspended"),
    path("accounts/<int:account_id>/team/", team.page, name="team"),
    path("accounts/<int:account_id>/team/csv/", team.export, name="team_csv"),
    path("accounts/<int:account_id>/team/suspend/", team_deeds.many, name="members_suspend"),
    path("accounts/<int:account_id>/team/bots/add/", team_deeds.add_bot, name="bot_add"),
    *(
        path(_MEMBER + f"{deed}/", team_deeds.one, {"deed": deed.value}, name=f"member_{deed}")
        for deed in Deed
    ),
]
