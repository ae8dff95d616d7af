"""The addresses of the pages about accounts below."""

from __future__ import annotations

from django.urls import path

from agencies import views

app_name = "agencies"
urlpatterns = [
    path("accounts/<int:account_id>/workspaces/", views.workspaces, name="workspaces"),
    path("accounts/<int:account_id>/clients/", views.clients, name="clients"),
]
