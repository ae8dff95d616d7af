"""What every page of the desk has in common: its roles, its rows, its pages of 50."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final, NoReturn

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.formats import date_format
from django.utils.functional import cached_property
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from accounts import access
from accounts.admin.in_step import InStep, names_a_row

# How many rows a list counts at most: enough to turn pages, cheap in a table of millions.
COUNTED: Final = 2_000

# How many rows a table of a form holds at most: a page draws and judges so many in a second or two.
MOST_ROWS: Final = 200
TOO_MANY_ROWS: Final[dict[str, Any]] = {"too_many_forms": "At most %(num)d rows can be saved here."}

_DAYS: Final = (date(2000, 1, 1), date(2199, 12, 31))


def known_days() -> tuple[MinValueValidator, MaxValueValidator]:
    """Validators of a day from which something holds: slips of the year are told as such."""
    words = "Write a day from 2000 to 2199."
    return MinValueValidator(_DAYS[0], words), MaxValueValidator(_DAYS[1], words)


def said_in_utc(value: datetime) -> str:
    """An instant as the desk writes it: 12 Feb 2026, 15:04 UTC."""
    return f"{date_format(value.astimezone(UTC), 'j M Y, H:i')} UTC"


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


class _Offered:
    """What a value that cannot name a row is drawn as: no choice."""

    field: Any

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        widget: Any = super()
        known = [one for one in value if _read_as(self.field, one)]
        return widget.optgroups(name, known, attr)


class DeskAutocomplete(_Offered, AutocompleteSelect):
    """A choice among many rows. A value that cannot name a row is shown as no choice."""


class DeskAutocompleteMultiple(_Offered, AutocompleteSelectMultiple):
    """Some of many rows. A value that cannot name a row is shown as no choice."""


_Choices: Any = forms.ModelMultipleChoiceField  # generic in the stubs only


class DeskChoices(_Choices):
    """Some rows. A value that cannot name one is told as such before a database is asked for it."""

    def clean(self, value: Any) -> Any:
        rows: Any = self.queryset
        key = rows.model._meta.pk
        for one in value if isinstance(value, list | tuple) else ():
            if not _read_as(key, one):
                words = self.error_messages["invalid_choice"]
                raise ValidationError(words, code="invalid_choice", params={"value": one})
        return super().clean(value)


class _Choosing:
    """How the forms and tables of the desk choose among rows, and ask for what is missing."""

    admin_site: AdminSite
    get_autocomplete_fields: Callable[[HttpRequest], Sequence[str]]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        page: Any = super()
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", DeskAutocomplete(db_field, self.admin_site))
        return page.formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        page: Any = super()
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", DeskAutocompleteMultiple(db_field, self.admin_site))
        kwargs.setdefault("form_class", DeskChoices)
        return page.formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        page: Any = super()
        return asking(page.formfield_for_dbfield(db_field, request, **kwargs))


class DeskAdmin(_Choosing, ModelAdmin):
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

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        return [
            (
                title,
                {**options, "fields": [self._as_read(request, one) for one in options["fields"]]},
            )
            for title, options in found
        ]

    def _as_read(self, request: HttpRequest, name: Any) -> Any:
        """A field of a page that is only read: no link to a page that its reader may not open."""
        field = self._fields().get(name) if isinstance(name, str) else None
        if not isinstance(field, models.ForeignKey):
            return name
        page = self.admin_site._registry.get(field.related_model)
        return name if page is None or page.has_view_permission(request) else _name_of(field)

    def _fields(self) -> dict[str, Any]:
        return {field.name: field for field in self.opts.get_fields()}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address fills in; what its field cannot hold is left out."""
        given = super().get_changeform_initial_data(request)
        fields = self._fields()
        return {
            name: value
            for name, value in given.items()
            if name not in fields or _read_as(fields[name], value)
        }

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """What is ticked on a list; a value that cannot name a row ticks none."""
        given: Any = request.POST.copy()
        key = self.model._meta.pk
        ticked = given.getlist(ACTION_CHECKBOX_NAME)
        given.setlist(ACTION_CHECKBOX_NAME, [one for one in ticked if _read_as(key, one)])
        request.POST = given
        return super().response_action(request, queryset)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> NoReturn:
        """A wrong number is not found, on pages that are forms as on all others."""
        raise Http404(f"There is no {opts.verbose_name} {object_id}.")


class ReadOnlyAdmin(DeskAdmin):
    """A page of the log: to read, never to write in. Its instants name their zone."""

    def _as_read(self, request: HttpRequest, name: Any) -> Any:
        field = self._fields().get(name) if isinstance(name, str) else None
        if isinstance(field, models.DateTimeField):
            return _instant_of(field)
        return super()._as_read(request, name)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _name_of(field: Any) -> Callable[[models.Model], str]:
    """A column of rows of another table, each by its name alone."""

    @admin.display(description=field.verbose_name)
    def named(row: models.Model) -> str:
        value = getattr(row, field.name)
        return "–" if value is None else str(value)

    return named


def _instant_of(field: Any) -> Callable[[models.Model], str | None]:
    """A column of instants, each as the desk writes it."""

    @admin.display(description=field.verbose_name, empty_value="–")
    def said(row: models.Model) -> str | None:
        value = getattr(row, field.name)
        return said_in_utc(value) if value else None

    return said


class AuditedAdmin(SimpleHistoryAdmin, DeskAdmin):
    """A page whose changes are kept with who, when, before and after (STAFF-4).

    The log is read and never played back: a change goes through the form and its rules.
    """

    change_form_before_template = "admin/desk/_seen.html"
    object_history_list_template = "admin/desk/_history.html"

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # An entry of the log is shown as it stood, to those who may change the row too.

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and not _reads_log(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if _reads_log(request):
            return flatten_fieldsets(self.get_fieldsets(request, obj))
        return super().get_readonly_fields(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        made = super().get_form(request, obj, change=change or _reads_log(request), **kwargs)
        return type(made)(made.__name__, (InStep, made), {})

    def lock(self, row: Any) -> None:
        """Lets nobody else save this row until the transaction ends."""
        self.model._base_manager.select_for_update().get(pk=row.pk)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        self.lock(found)
        # As it stands now that nobody else writes it.
        return super().get_object(request, object_id, from_field)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        form = context["adminform"].form
        context["seen"] = form.seen() if form.instance.pk else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        if not names_a_row(object_id):
            raise Http404(f"There is no {self.opts.verbose_name} {object_id}.")
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> Any:
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        if not (names_a_row(object_id) and names_a_row(version_id)):
            raise Http404(f"There is no entry {version_id} of {object_id} in the log.")
        request.reads_log = True  # type: ignore[attr-defined]  # asked by _reads_log alone
        return super().history_form_view(request, object_id, version_id, extra_context)


def _reads_log(request: HttpRequest) -> bool:
    return getattr(request, "reads_log", False)


def asking(field: Any) -> Any:
    """The field, which says what to do where it is left empty, by its label. ALL-4."""
    bare = forms.Field.default_error_messages["required"]
    if field is not None and field.error_messages.get("required") == bare:
        label = str(field.label)
        if not (label.startswith("Tax ID") or label.split(maxsplit=1)[0].isupper()):
            label = f"{label[:1].lower()}{label[1:]}"
        chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
        field.error_messages["required"] = f"{'Choose' if chosen else 'Write'} the {label}."
    return field


def _read_as(field: Any, value: Any) -> bool:
    """Whether the field can hold this value, as an address or a form gives it."""
    values = value if isinstance(value, list) else [value]
    names = field.is_relation or field.primary_key
    read = field.target_field if field.is_relation else field
    try:
        for one in values:
            held = read.to_python(one)
            if names:
                read.run_validators(held)
    except ValidationError:
        return False
    return True


class Rows(_Choosing, TabularInline):
    """Rows edited on the page of what they belong to."""

    extra = 0
    max_num = MOST_ROWS
    hide_title = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made: Any = super().get_formset(request, obj, absolute_max=MOST_ROWS, **kwargs)
        made.default_error_messages = {**made.default_error_messages, **TOO_MANY_ROWS}
        return made


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
