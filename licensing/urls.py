"""The addresses of licensing's pages."""

from __future__ import annotations

from django.urls import path

from licensing.views import (
    conversations,
    licence_usage,
    licences,
    limits,
    qa_forms,
    queues,
    recording,
    releasing,
    users,
)

app_name = "licensing"
_MANAGE = "accounts/<int:account_id>/manage/"
_CONVERSATIONS = "accounts/<int:account_id>/conversations/"
urlpatterns = [
    path(_CONVERSATIONS, conversations.index, name="conversations"),
    path(
        f"{_CONVERSATIONS}people/<int:member_id>/",
        conversations.level,
        name="conversations_level",
    ),
    path(f"{_CONVERSATIONS}support/", conversations.email_support, name="email_support"),
    path(f"{_MANAGE}users/", users.index, name="users"),
    path(f"{_MANAGE}users/<int:member_id>/", users.user, name="user"),
    path(f"{_MANAGE}licensing/", licences.licences, name="licences"),
    path(f"{_MANAGE}licensing/limits/", limits.limits, name="limits"),
    path(f"{_MANAGE}licensing/recording/", recording.recording, name="recording"),
    path(f"{_MANAGE}licensing/usage/", licence_usage.index, name="usage"),
    path(f"{_MANAGE}licensing/usage.csv", licence_usage.as_csv, name="usage_csv"),
    path(f"{_MANAGE}licensing/release/<str:code>/", releasing.release, name="release"),
    path(f"{_MANAGE}queues/", queues.index, name="queues"),
    path(f"{_MANAGE}queues/new/", queues.new, name="queue_new"),
    path(f"{_MANAGE}queues/<int:queue_id>/", queues.queue, name="queue"),
    path(f"{_MANAGE}queues/<int:queue_id>/delete/", queues.delete, name="queue_delete"),
    path(f"{_MANAGE}settings/qa-forms/", qa_forms.index, name="qa_forms"),
    path(f"{_MANAGE}settings/qa-forms/new/", qa_forms.new, name="qa_form_new"),
    path(f"{_MANAGE}settings/qa-forms/<int:form_id>/", qa_forms.edit, name="qa_form"),
    path(
        f"{_MANAGE}settings/qa-forms/<int:form_id>/delete/", qa_forms.delete, name="qa_form_delete"
    ),
]
