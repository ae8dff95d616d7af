"""What every test may rely on: which tests run where, clean databases, nothing skipped silently.

A test that commits (threads, processes, the `readonly` alias) says
`@pytest.mark.django_db(transaction=True, databases=["default", "readonly"])`; others are rolled
back and see only `default`. A test about races carries `@pytest.mark.postgres`.
"""

import gc
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# What is loaded stays until the end, and looking through it for garbage again and again is a
# quarter of all time: nothing is looked through while tests are collected, nor any of it later.
gc.disable()

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
# Pages asked by a test's client: on SQLite the smoke in a browser opens each of them.
PAGES = re.compile(r"tests/admin/|tests/(?!browser/).*_pages?\.py$")
SKIPPED: list[str] = []


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if not pluginmanager.hasplugin("django"):
        parser.addini("DJANGO_SETTINGS_MODULE", "not used without pytest-django")
    parser.addoption(
        "--only",
        choices=["all", "database"],
        default="all",
        help="database: only tests that use one, for the second of two databases",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.pluginmanager.hasplugin("django"):
        from tests.hypothesis_profile import load_profile

        load_profile()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each test begins as a request does: in English and UTC, whatever the one before it read."""
    if not item.config.pluginmanager.hasplugin("django"):
        return
    from django.utils import timezone, translation

    from tests import lasting

    translation.activate("en")
    timezone.deactivate()
    lasting.end_what_is_not_for(item)


def uses_database(item: pytest.Item) -> bool:
    wanted = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or wanted & DATABASE_FIXTURES)


def pytest_itemcollected(item: pytest.Item) -> None:
    if PAGES.search(item.path.as_posix()):
        item.add_marker("once")


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what does not belong to this run; pytest says how many."""
    only = config.getoption("--only")
    on_postgres = os.environ.get("TEST_DATABASE_URL", "").startswith("postgres")
    deep = os.environ.get("HYPOTHESIS_PROFILE") == "proof"
    stays: list[pytest.Item] = []
    goes: list[pytest.Item] = []
    for item in items:
        fits = only == "all" or uses_database(item)
        on_postgres_alone = ("postgres",) if deep else ("postgres", "once")
        fits = fits and (on_postgres or not any(map(item.get_closest_marker, on_postgres_alone)))
        fits = fits and (deep or not item.get_closest_marker("proof"))
        (stays if fits else goes).append(item)
    config.hook.pytest_deselected(items=goes)
    items[:] = stays


# A skipped test proves nothing, so it fails the run.


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        SKIPPED.append(f"{report.nodeid}: {report.longrepr}")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        SKIPPED.append(f"{report.nodeid}: {report.longrepr}")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a worker has skipped while it collected, it alone has heard of."""
    told = getattr(node, "workeroutput", {}).get("skipped", ())
    SKIPPED.extend(one for one in told if one not in SKIPPED)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["skipped"] = SKIPPED
    if SKIPPED and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if SKIPPED:
        terminalreporter.section("skipped, which counts as failed")
        for line in SKIPPED:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker, broker_process) -> Iterator[Any]:
    """The migrated database; the value is what restores it between tests."""
    from tests.databases import restored_between_tests

    with django_db_blocker.unblock(), restored_between_tests() as restoring:
        yield restoring


@pytest.fixture(scope="module")
def lasting_db(django_db_setup: Any, django_db_blocker) -> Iterator[None]:
    """For the committing tests of one module that only look at what was written once for all."""
    with django_db_blocker.unblock(), django_db_setup.once():
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> None:
    """What a module's tests begin with is written before the transaction of a test begins."""
    if fixturedef.argname == "_django_db_helper":
        from tests import lasting

        request.getfixturevalue("django_db_setup")
        blocker = request.getfixturevalue("django_db_blocker")
        lasting.begin_what_is_for(request.node, unblock=blocker.unblock)


@pytest.fixture(scope="session")
def broker_process() -> Iterator[str]:
    """The address of a broker that takes messages: the given Redis, or the embedded one."""
    from django.conf import settings

    from config import broker

    if os.environ.get("TEST_REDIS_URL"):
        yield settings.REDIS_URL
        return
    listening = Path(settings.REDIS_URL.partition("://")[2])
    listening.parent.mkdir(mode=0o700)
    process = subprocess.Popen(
        broker.command(listening=listening, keeps_in=listening.parent), stdout=subprocess.DEVNULL
    )
    broker.wait_for(process, listening=listening)
    yield settings.REDIS_URL
    process.terminate()
    process.wait(timeout=10)
    shutil.rmtree(listening.parent)


@pytest.fixture
def broker(broker_process: str) -> str:
    """The broker's address, with nothing waiting in it."""
    import redis

    address = broker_process.replace("redis+socket://", "unix://")
    with redis.Redis.from_url(address) as connection:
        connection.flushdb()
    return broker_process


@pytest.fixture
def process_environment(transactional_db: None, broker: str) -> dict[str, str]:
    """The environment for real processes (manage.py, a worker) on the test's database."""
    from tests.databases import environment_of_processes

    return environment_of_processes()


@pytest.fixture(scope="session")
def kills() -> int:
    """How often a test kills a real process: `KILLS`, 3 unless `make proof` asks for more."""
    return int(os.environ.get("KILLS", "3"))
