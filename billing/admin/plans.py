"""The desk's pages about plans: their products, their levels, and which features each level has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import AllValuesCheckboxFilter
from unfold.decorators import display

from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import AuditedAdmin, Rows
from billing.admin import figures
from billing.models import Feature, LevelFeature, PlanLevel, PlanLine

_STAFF: Final = Staff(
    view=EVERYBODY,
    add=frozenset({Role.CATALOGUE}),
    change=frozenset({Role.CATALOGUE}),
    delete=frozenset({Role.CATALOGUE}),
)
_MOMENT: Final = timedelta(microseconds=1)
_NAMES: Final = ("Names", {"fields": ("name_en", "name_it", "name_cs")})


class _PlansAdmin(AuditedAdmin):
    """What the three pages have in common."""

    staff = _STAFF
    ordering = ("position", "pk")
    sortable_by = ()
    search_fields = ("code__startswith", "name_en__istartswith")
    search_help_text = "How its code or English name begins."

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Addresses and imports name it by its code.
        return (*super().get_readonly_fields(request, obj), *(("code",) if obj else ()))


@admin.register(PlanLine)
class PlanLineAdmin(_PlansAdmin):
    """What plans are sold of."""

    list_display = ("name_en", "code", "family", "position")
    list_filter = (("family", AllValuesCheckboxFilter),)
    autocomplete_fields = ("bundles",)
    fieldsets = ((None, {"fields": ("code", "family", "position", "bundles")}), _NAMES)


class FeaturesOfLevel(Rows):
    """The features that a level has."""

    model = LevelFeature
    fields = ("feature", "times")
    autocomplete_fields = ("feature",)
    verbose_name_plural = "features"


@admin.register(PlanLevel)
class PlanLevelAdmin(_PlansAdmin):
    """The levels of plans, from the lowest up, with the features of each."""

    list_display = ("name_en", "code", "family", "position", "counted")
    list_filter = (("family", AllValuesCheckboxFilter),)
    fieldsets = ((None, {"fields": ("code", "family", "position")}), _NAMES)
    inlines = (FeaturesOfLevel,)
    history_list_display = ("features",)

    def features(self, record: Any) -> str:
        """The features that the level had until the next change: a column of the audit log."""
        then = _as_stood(record).filter(level=record.id)
        return _said((one.feature, one.times) for one in then) or "none"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(counted=Count("features"))

    @display(description="Features")
    def counted(self, level: Any) -> str:
        return figures.number(level.counted)


class LevelsOfFeature(Rows):
    """The levels that have a feature."""

    model = LevelFeature
    fields = ("level", "times")
    autocomplete_fields = ("level",)
    verbose_name_plural = "levels"


@admin.register(Feature)
class FeatureAdmin(_PlansAdmin):
    """What plans can do, and on which levels."""

    list_display = ("name_en", "code", "position", "invented")
    autocomplete_fields = ("lines",)
    fieldsets = (
        (None, {"fields": ("code", "position", "lines", "placeholder")}),
        _NAMES,
        ("Descriptions", {"fields": ("description_en", "description_it", "description_cs")}),
    )
    inlines = (LevelsOfFeature,)
    history_list_display = ("levels",)

    def levels(self, record: Any) -> str:
        """The levels that had the feature until the next change: a column of the audit log."""
        then = _as_stood(record).filter(feature=record.id)
        return _said((one.level, one.times) for one in then) or "none"

    @display(description="Names", label={True: "warning", False: "success"})
    def invented(self, feature: Feature) -> tuple[bool, str]:
        return feature.placeholder, "Placeholder" if feature.placeholder else "As listed"


def _as_stood(record: Any) -> Any:
    """Which level had which feature, as it stood until the entry of the log that follows."""
    following = record.next_record
    until = following.history_date - _MOMENT if following else timezone.now()
    return LevelFeature.history.as_of(until).select_related("feature", "level")


def _said(rows: Iterable[tuple[object, int | None]]) -> str:
    said = (f"{name} ({times} ×)" if times else str(name) for name, times in rows)
    return " · ".join(sorted(said))
