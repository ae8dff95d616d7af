"""Background work: the Celery app, and what beat starts at which hour, and why then."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("seatledger")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # A cycle date is a local date, and somewhere on earth a day begins with every hour. Five
    # minutes past leaves the last events of the old day time to be written.
    "start the billing run that is due": {
        "task": "billing.tasks.start_due_run",
        "schedule": crontab(minute=5),
    },
    # A run whose worker was killed goes on as soon as the lease of its page has run out.
    "resume unfinished runs": {
        "task": "billing.tasks.resume_runs",
        "schedule": crontab(minute="*/5"),
    },
    # A payment is asked for when its invoice is issued; this finds those whose message was lost.
    "collect payments": {
        "task": "billing.tasks.collect_payments",
        "schedule": crontab(minute="*/5"),
    },
    # A refund is sent when it is asked for; this finds those whose answer never came.
    "send refunds": {
        "task": "billing.tasks.send_refunds",
        "schedule": crontab(minute="*/5"),
    },
    # Most are handled as they come in; this finds those whose message was lost, and those that came
    # before the provider had an answer.
    "handle webhooks": {
        "task": "billing.tasks.handle_webhooks",
        "schedule": crontab(),
    },
    # Nobody waits for it; a provider that did not answer is asked again an hour later.
    "forget removed payment methods": {
        "task": "billing.tasks.forget_methods",
        "schedule": crontab(minute=50),
    },
    # Providers ring within the minute, and so does the sandbox's bank.
    "deliver the sandbox's webhooks": {
        "task": "billing.tasks.deliver_sandbox_webhooks",
        "schedule": crontab(),
    },
    # A limit that is used up is raised when that happens; this finds those whose message was lost,
    # whose payment was answered late, and those that failed a day ago.
    "raise contact limits as agreed": {
        "task": "billing.tasks.upgrade_used_up",
        "schedule": crontab(minute="*/5"),
    },
    # A trial ends with a local day, before the run that charges what was bought in it; what ends in
    # 14 days is told in the same hour.
    "end trials and tell of those that end": {
        "task": "billing.tasks.end_trials",
        "schedule": crontab(minute=2),
    },
    # A cart is kept for seven days, to the hour.
    "forget carts that were left": {
        "task": "billing.tasks.expire_carts",
        "schedule": crontab(minute=35),
    },
    # Reports of use are kept for 90 days, to the day; at night, when fewer come in.
    "roll up old reports of use": {
        "task": "billing.tasks.forget_old_keys",
        "schedule": crontab(hour=2, minute=20),
    },
    # An order waits for its transfer for fourteen days, to the hour.
    "end orders whose transfer did not come": {
        "task": "billing.tasks.expire_orders",
        "schedule": crontab(minute=40),
    },
    # Lines are tried when their file is taken in; this finds those whose import died.
    "match bank lines": {
        "task": "billing.tasks.match_bank_lines",
        "schedule": crontab(minute="*/15"),
    },
    # Nobody should wait longer for a letter than it takes to look for it.
    "deliver letters": {
        "task": "accounts.tasks.deliver_mail",
        "schedule": crontab(),
    },
    # Half an hour before the next billing run: what was found invalid is taxed by it.
    "check tax IDs": {
        "task": "accounts.tasks.check_tax_ids",
        "schedule": crontab(minute=35),
    },
    # Who closes the browser leaves no visit: the log says that it ended soon after it did.
    "end visits that are over": {
        "task": "accounts.tasks.end_visits",
        "schedule": crontab(minute="*/5"),
    },
}
