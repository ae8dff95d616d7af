"""The site as an app of its own: it holds the demo and what else puts the apps together."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "config"
    verbose_name = "Site"
