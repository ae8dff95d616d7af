"""What every page of the desk has in common: its roles, its rows, its pages of 50."""

from __future__ import annotations

from typing import Any, ClassVar, Final, NoReturn

from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from accounts import access

# How many rows a list counts at most: enough to turn pages, cheap in a table of millions.
COUNTED: Final = 2_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Pages over the first rows of a list alone, so that no page counts a table of millions.

    Behind them one searches or filters: nobody reads page 41.
    """

    template_name = "admin/desk/_pagination.html"
    counted = COUNTED

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[: COUNTED + 1].count()
        return len(rows)

    @property
    def more_than_counted(self) -> bool:
        return self.count > COUNTED


class DeskList(ChangeList):
    """A list that says how many rows it has found once, below, and offers no page with all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count


class DeskAdmin(ModelAdmin):
    """A page of the desk. ``staff`` says which roles may use it; the rows come through access."""

    staff: ClassVar[access.Staff]
    list_per_page = 50
    list_max_show_all = 0
    paginator: Any = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_filter_submit = True
    list_fullwidth = True
    warn_unsaved_form = True

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return access.rows(request.user, super().get_queryset(request))

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> NoReturn:
        """A wrong number is not found, on pages that are forms as on all others."""
        raise Http404(f"There is no {opts.verbose_name} {object_id}.")


class ReadOnlyAdmin(DeskAdmin):
    """A page of the log: to read, never to write in."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AuditedAdmin(SimpleHistoryAdmin, DeskAdmin):
    """A page whose changes are kept with who, when, before and after (STAFF-4).

    The log is read and never played back: a change goes through the form and its rules.
    """

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> Any:
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)


class Rows(TabularInline):
    """Rows edited on the page of what they belong to."""

    extra = 0
    hide_title = True


def declared_by(site: AdminSite) -> dict[type[models.Model], access.Staff]:
    """The roles that each page of the site declares, and each of its inline tables with it.

    ImproperlyConfigured names a page without a declaration.
    """
    found: dict[type[models.Model], access.Staff] = {}
    for model, page in site._registry.items():
        staff = getattr(page, "staff", None)
        if not isinstance(staff, access.Staff):
            raise ImproperlyConfigured(
                f"{type(page).__module__}.{type(page).__name__} declares no roles. "
                "Set its `staff`, for example staff = Staff(view=EVERYBODY)."
            )
        found[model] = staff
        for inline in page.inlines:
            found.setdefault(inline.model, staff)
    return found
