"""A person is in one visit at a time: of several that nobody ended, the later ones ended them."""

from django.db import migrations, models


def end_those_before(apps, schema_editor):
    """End all but the latest of each person as beginning the next one does."""
    visits = apps.get_model("accounts", "SupportVisit").objects.filter(ended_at=None)
    next_began = {}
    for visit in visits.order_by("-began_at", "-pk"):
        if visit.person_id in next_began:
            visit.ended_at = min(next_began[visit.person_id], visit.expires_at)
            visit.save(update_fields=["ended_at"])
        next_began[visit.person_id] = visit.began_at


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_deeds_about_queues"),
    ]

    operations = [
        migrations.RunPython(end_those_before, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="supportvisit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("person",),
                name="a_person_is_in_one_visit_at_a_time",
            ),
        ),
    ]
