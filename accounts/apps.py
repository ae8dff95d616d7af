"""The accounts app, as Django knows it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    # As the desk's navigation calls them.
    verbose_name = "Customers"
