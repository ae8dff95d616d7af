"""What beat starts exists, and a task that dies is given to another worker."""

from config.celery import app


def test_every_task_of_the_schedule_exists():
    app.loader.import_default_modules()

    wanted = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert wanted <= set(app.tasks)


def test_a_task_is_acknowledged_when_it_is_done():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
