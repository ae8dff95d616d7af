"""The pages of django-celery-beat in the desk's dress: what starts by itself, and when."""

from __future__ import annotations

from django.contrib import admin
from django_celery_beat import admin as beat
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from accounts.access import Staff
from accounts.admin.desk import DeskAdmin, Rows

for model in (ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule):
    admin.site.unregister(model)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(beat.PeriodicTaskAdmin, DeskAdmin):
    """Tasks that start by the clock. Superusers only."""

    staff = Staff()
    list_filter = ()


class TasksOfSchedule(beat.PeriodicTaskInline, Rows):
    """The tasks that start so: to read."""


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(beat.CrontabScheduleAdmin, DeskAdmin):
    staff = Staff()
    inlines = (TasksOfSchedule,)
    list_filter = ()


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(DeskAdmin):
    staff = Staff()
