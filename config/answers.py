"""Who answers what, by dotted path: an upper floor answers, a lower one asks."""

from __future__ import annotations

from config.environment import Environment

BILLING_CHANGE_RULES = [
    "billing.seat_rules.not_below_use",
    "billing.contacts.objections",
    "billing.trials.objections",
    "licensing.seat_answers.not_below_use",
    "licensing.queue_settings.objections",
    "licensing.licence_rules.not_below_use",
    "licensing.licence_rules.outbound_within_voice",
]
# What follows from a change of a member's status, and what members hold: asked by Team.
ACCOUNTS_CONSEQUENCES = [
    "billing.member_consequences.consequences",
    "licensing.holdings.consequences",
    "licensing.seat_answers.consequences",
    "licensing.recording.consequences",
]
# What follows from who is at work, written down with the deed.
ACCOUNTS_FOLLOWS = ["licensing.recording.follow"]
# What speaks against it.
ACCOUNTS_STATUS_RULES = ["licensing.availability.refusals"]
ACCOUNTS_HOLDINGS = [
    "licensing.holdings.words_by_member",
    "licensing.seat_answers.words_by_member",
]
# What members use as what, as the desk shows it beside each.
DESK_LEVELS = ["licensing.desk_answers.levels"]
# What is counted of an account, as a table of its page at the desk.
DESK_USAGE = "licensing.desk_limits.of_account"
# Where one sees what was bought, and by which right: by subscription, else Billing & upgrade.
BILLING_PAGES = {"licensing": ("licensing:licences", "access_licensing")}
# What Ctrl-K finds, group by group.
JUMP_FINDERS = [
    "config.portal.pages",
    "accounts.jump.members",
    "billing.finding.invoices",
    "accounts.jump.accounts",
]
# What stands above the pages of an account for a while.
PORTAL_BANNERS = [
    "billing.banners.blocked_or_closed",
    "accounts.banners.hand_over_waits",
    "accounts.banners.unclaimed",
]
# The function that says a message of the bell in words, by the message's name.
INBOX_MESSAGES = {
    "access_given": "accounts.role_messages.access_given",
    "company_changed": "accounts.company.told",
    "contacts_used": "billing.contact_notices.said",
    "contacts_upgraded": "billing.auto_upgrade_notices.said_upgraded",
    "contacts_not_upgraded": "billing.auto_upgrade_notices.said_failed",
    "auto_upgrade_ended": "billing.auto_upgrade_notices.said_ended",
    "methods_changed": "billing.method_deeds.told",
    "hand_over_asked": "accounts.role_messages.hand_over_asked",
    "hand_over_called_off": "accounts.role_messages.hand_over_called_off",
    "hand_over_declined": "accounts.role_messages.hand_over_declined",
    "hand_over_done": "accounts.role_messages.hand_over_done",
    "plan_cancelled": "billing.request_messages.plan_cancelled",
    "plan_kept": "billing.request_messages.plan_kept",
    "primary_appointed": "accounts.role_messages.primary_appointed",
    "purchase_permission": "accounts.role_messages.purchase_permission",
    "approval_asked": "accounts.team_messages.approval_asked",
    "approval_answered": "accounts.team_messages.approval_answered",
    "request": "billing.request_messages.request",
    "return_asked": "accounts.team_messages.return_asked",
    "returned": "accounts.team_messages.returned",
    "trial_granted": "billing.trial_notices.said_granted",
    "trial_ends": "billing.trial_notices.said_ends",
    "trial_ended": "billing.trial_notices.said_ended",
    "tax_id_invalid": "accounts.tax_id_states.told",
    "usage_limit": "licensing.usage_notices.said",
}
# Who is asked whether there is a tax ID, by the word that names it.
TAX_ID_CHECKS = {
    "offline": "accounts.tax_checks.offline.Offline",
    "vies": "accounts.tax_checks.vies.Vies",
}
MAIL_LETTERS = {
    "address_known": "accounts.sign_in_letters.address_known",
    "confirm_address": "accounts.sign_in_letters.confirm_address",
    "credit_again": "billing.documents.refund_letters.credit_again",
    "dispute": "billing.dispute_letters.support",
    "dispute_asked": "billing.dispute_letters.support",
    "hand_over": "accounts.role_letters.hand_over",
    "hand_over_done": "accounts.role_letters.hand_over_done",
    "inbox": "accounts.inbox.letter",
    "invitation": "accounts.sign_in_letters.invitation",
    "invoice": "billing.documents.letters.invoice",
    "order_called_off": "billing.documents.order_letters.called_off",
    "order_expired": "billing.documents.order_letters.expired",
    "order_repriced": "billing.documents.order_letters.repriced",
    "order_waits": "billing.documents.order_letters.waits",
    "refund": "billing.documents.refund_letters.refund",
    "plan_cancelled": "billing.cancel_letters.cancelled",
    "plan_cancelled_support": "billing.cancel_letters.cancelled_support",
    "plan_kept": "billing.cancel_letters.kept",
    "plan_kept_support": "billing.cancel_letters.kept_support",
    "request": "billing.request_letters.customer",
    "request_support": "billing.request_letters.support",
    "reset_password": "accounts.sign_in_letters.reset_password",
    **dict.fromkeys(
        (
            *("address_changed", "address_removed", "app_added", "app_removed", "codes_made"),
            *("key_added", "key_removed", "password_changed"),
        ),
        "accounts.sign_in_letters.notice",
    ),
}


def tax_id_check(env: Environment) -> str:
    """Who is asked about tax IDs, as the site's operator names it; nobody by default."""
    word = env.text("TAX_ID_CHECK", good="vies", default="offline").lower()
    if word not in TAX_ID_CHECKS:
        env.refuse("TAX_ID_CHECK", word, expected=" or ".join(TAX_ID_CHECKS), good="vies")
    return TAX_ID_CHECKS.get(word, TAX_ID_CHECKS["offline"])
