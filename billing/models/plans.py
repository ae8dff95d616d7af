"""Plans: the products and levels in which they are sold, and the features of each (PLAN-2)."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords


class Named(models.Model):
    """Something with a name in every language, at its place among its like."""

    name_en = models.CharField("name (English)", max_length=100)
    name_it = models.CharField("name (Italian)", max_length=100)
    name_cs = models.CharField("name (Czech)", max_length=100)
    position = models.PositiveIntegerField(help_text="Its place among the others: low ones first.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en

    @property
    def names(self) -> dict[str, str]:
        """The name by language."""
        return {"en": self.name_en, "it": self.name_it, "cs": self.name_cs}


class PlanLine(Named):
    """What plans are sold of, whatever their level: Marketing, Sales, or a bundle of others."""

    family = models.CharField(max_length=40, help_text="As the family of its products.")
    code = models.SlugField(max_length=40, unique=True)
    bundles = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="bundled_in",
        help_text="The plan products that this one holds together. Their holders are offered it.",
    )

    history = HistoricalRecords(m2m_fields=[bundles])

    class Meta:
        ordering = ("position", "pk")
        verbose_name = "plan product"


class PlanLevel(Named):
    """How much of a plan one has: Starter, Plus, …; whichever stands later is higher."""

    family = models.CharField(max_length=40, help_text="As the family of its products.")
    code = models.SlugField(max_length=40, unique=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["family", "position"],
                name="levels_of_a_family_stand_above_each_other",
                violation_error_message="Another level of this family stands at this place. "
                "Choose another number.",
            ),
        )


class Feature(Named):
    """Something that a plan can do, on the levels that `LevelFeature` names.

    A bundle has what the plan products have that it bundles.
    """

    code = models.SlugField(max_length=40, unique=True)
    description_en = models.CharField("description (English)", max_length=200, blank=True)
    description_it = models.CharField("description (Italian)", max_length=200, blank=True)
    description_cs = models.CharField("description (Czech)", max_length=200, blank=True)
    lines = models.ManyToManyField(
        PlanLine,
        blank=True,
        related_name="features",
        verbose_name="plan products",
        help_text="The plan products that have it. None chosen: all of them.",
    )
    placeholder = models.BooleanField(
        default=False, help_text="It is an invented placeholder of the demo catalogue."
    )

    history = HistoricalRecords(m2m_fields=[lines])

    class Meta:
        ordering = ("position", "pk")

    @property
    def descriptions(self) -> dict[str, str]:
        """What it does in a sentence, by language; empty where its name says it all."""
        return {
            "en": self.description_en,
            "it": self.description_it,
            "cs": self.description_cs,
        }


class LevelFeature(models.Model):
    """A level that has a feature; ``times`` where it is counted by the plan's own number.

    12 for sends on Pro: 12 × the contact limit a month (PLAN-2).
    """

    feature = models.ForeignKey(Feature, models.CASCADE, related_name="levels")
    level = models.ForeignKey(PlanLevel, models.CASCADE, related_name="features")
    times = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Of a feature that is counted: how many times the contact limit, a month.",
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ("feature", "level__position")
        verbose_name = "level of a feature"
        verbose_name_plural = "levels of a feature"
        constraints = (
            models.UniqueConstraint(
                fields=["feature", "level"],
                name="a_level_has_a_feature_once",
                violation_error_message="This level has the feature already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.feature} · {self.level}"
