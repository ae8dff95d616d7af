"""Which address leads to which page."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from accounts.views.home import home
from config import views
from config.api import site as api

# The desk has no sign-in of its own: second factors and rate limits hold for it too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth says

urlpatterns = [
    # First, because programs ask most often.
    path("api/v1/openapi.json", views.api_document, name="api_document"),
    path("api/v1/docs", views.api_docs, name="api_docs"),
    path("api/v1/", api.addresses()),
    path("", home, name="home"),
    path("auth/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("billing.urls")),
    path("", include("licensing.urls")),
    path("", include("agencies.urls")),
    path("style/", views.style, name="style"),
    path("style/dialog/", views.style_dialog, name="style_dialog"),
    path("admin/", admin.site.urls),
]

handler403 = "config.problems.forbidden"
