"""Forks of a process that has loaded the site are processes as any other."""

import os
import signal
import sys
from contextlib import suppress

import pytest

from tests.concurrency.processes import Process, killed_at_the_end, ran, wait_until

ENVIRONMENT = {**os.environ, "PYTHONUNBUFFERED": "1"}


@pytest.mark.parametrize(
    ("code", "ends", "complains"),
    [
        ("pass", 0, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('No.')", 1, "No.\n"),
        ("import os; os.kill(os.getpid(), 15)", -signal.SIGTERM, ""),
        ("import atexit; atexit.register(lambda: print('last'))", 0, ""),
    ],
)
def test_a_fork_ends_as_a_python_does(code, ends, complains):
    done = ran("-c", f"print('said', end=' '); {code}", environment=ENVIRONMENT)

    assert (done.returncode, done.stderr) == (ends, complains)
    assert done.stdout.split() == ["said", "last"][: 2 if "last" in code else 1]


def test_a_fork_that_fails_says_where():
    done = ran("-c", "1 / 0", environment=ENVIRONMENT)

    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr


def test_a_fork_reads_its_words_and_what_it_is_told():
    code = "import sys; print(sys.argv[1:], sys.stdin.read())"

    assert ran("-c", code, "one", environment=ENVIRONMENT, told="two").stdout == "['one'] two\n"


def test_forks_are_apart():
    """Neither chance nor a session is shared, and nothing that the other forks hold is open."""
    code = "import os, random; print(random.random(), os.getsid(0), *os.listdir('/proc/self/fd'))"
    processes = [Process("-c", code, environment=ENVIRONMENT) for _ in range(2)]

    with killed_at_the_end(*processes):
        one, other = (process.finish().split() for process in processes)

    assert one[0] != other[0]
    assert {int(one[1]), int(other[1])} == {process.fork.pid for process in processes}
    assert os.getsid(0) not in {int(one[1]), int(other[1])}
    # Input, output, errors, and the folder that is listed.
    assert one[2:] == other[2:] == ["0", "1", "2", "3"]


def test_a_killed_fork_takes_its_children_along():
    code = "import os, time; os.fork(); print(os.getpid()); time.sleep(600)"
    process = Process("-c", code, environment=ENVIRONMENT)
    numbers: list[int] = []

    def both_have_begun() -> bool:
        process.said.seek(0)
        numbers[:] = map(int, process.said.read().split())
        return len(numbers) == 2

    with killed_at_the_end(process):
        wait_until(both_have_begun)
        assert not process.ended

    assert process.fork.code == -signal.SIGKILL
    wait_until(lambda: not any(map(lives, numbers)))


def lives(pid: int) -> bool:
    """One that is dead and not yet waited for has no command line any more."""
    with suppress(OSError), open(f"/proc/{pid}/cmdline", encoding="utf-8") as command:
        return bool(command.read())
    return False


def test_a_module_and_a_command_run_as_they_do_alone():
    module = ran("-m", "calendar", "2026", "3", environment=ENVIRONMENT)
    command = ran("manage.py", "version", environment=ENVIRONMENT)

    assert "March 2026" in module.stdout
    assert command.stdout.startswith("5.")
    assert sys.argv[0] != "manage.py"
