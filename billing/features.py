"""Features: what each plan can do, and what comes and goes between two plans. PLAN-2, PLAN-5."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from billing.models import Feature, LevelFeature, PlanLevel, PlanLine, Product


@dataclass(frozen=True, slots=True)
class Row:
    """A feature, and by the id of a level how the level has it: not at all where it is left out.

    The number is how many times the contact limit, of a feature that is counted; else None.
    """

    feature: Feature
    levels: Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class Shift:
    """A feature that comes or goes; of one that both plans have, how often each has it."""

    feature: Feature
    was: int | None = None
    becomes: int | None = None

    @property
    def counted(self) -> bool:
        """Whether both plans have it, one more often than the other."""
        return self.was is not None and self.becomes is not None


@dataclass(frozen=True, slots=True)
class Difference:
    """What one plan can do that another cannot, each in the order of the catalogue."""

    gained: tuple[Shift, ...]
    lost: tuple[Shift, ...]


class Features:
    """The features of all plans of a family. Reading it takes four queries, however many."""

    def __init__(self, family: str) -> None:
        self.levels: Sequence[PlanLevel] = list(PlanLevel.objects.filter(family=family))
        rows = LevelFeature.objects.filter(level__in=self.levels).select_related("feature")
        self._features: dict[int, Feature] = {}
        self._levels: dict[int, dict[int, int | None]] = defaultdict(dict)
        for row in rows:
            self._features[row.feature_id] = row.feature
            self._levels[row.feature_id][row.level_id] = row.times
        of_lines = Feature.lines.through.objects.filter(feature__in=self._features)
        self._lines: dict[int, set[int]] = defaultdict(set)
        for feature_id, line_id in of_lines.values_list("feature_id", "planline_id"):
            self._lines[feature_id].add(line_id)
        bundles = PlanLine.bundles.through.objects.filter(from_planline__family=family)
        self._parts: dict[int, set[int]] = defaultdict(set)
        for whole, part in bundles.values_list("from_planline_id", "to_planline_id"):
            self._parts[whole].add(part)

    def of_line(self, line_id: int) -> list[Row]:
        """What the plans of a plan product can do, level by level."""
        mine = {line_id, *self._parts[line_id]}
        found = [
            Row(feature, self._levels[key])
            for key, feature in self._features.items()
            if not self._lines[key] or not mine.isdisjoint(self._lines[key])
        ]
        return sorted(found, key=lambda row: (row.feature.position, row.feature.pk))

    def between(self, was: Product, becomes: Product) -> Difference:
        """What comes and goes when the plan ``becomes`` takes the place of ``was``."""
        before, after = self._of(was), self._of(becomes)
        every = {row.feature.pk: row.feature for row in (*before, *after)}
        old = {row.feature.pk: row.levels[was.level_id or 0] for row in before}
        new = {row.feature.pk: row.levels[becomes.level_id or 0] for row in after}
        shifts = [
            (key in new, key in old, Shift(feature, old.get(key), new.get(key)))
            for key, feature in sorted(every.items(), key=lambda one: (one[1].position, one[0]))
        ]
        return Difference(
            gained=tuple(one for has, had, one in shifts if has and (not had or _more(one))),
            lost=tuple(one for has, had, one in shifts if had and (not has or _fewer(one))),
        )

    def _of(self, plan: Product) -> list[Row]:
        rows = self.of_line(plan.line_id) if plan.line_id else []
        return [row for row in rows if plan.level_id in row.levels]


def _more(one: Shift) -> bool:
    return one.was is not None and one.becomes is not None and one.becomes > one.was


def _fewer(one: Shift) -> bool:
    return one.was is not None and one.becomes is not None and one.becomes < one.was
