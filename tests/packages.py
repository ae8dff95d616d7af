"""Debian packages that tests need: installed where that is allowed, named where it is not."""

import os
import shutil
import subprocess
import sys
from typing import NoReturn


def give_up(message: str) -> NoReturn:
    sys.exit(f"tests: {message}")


def is_root() -> bool:
    return os.geteuid() == 0


def may_install() -> bool:
    return is_root() and shutil.which("apt-get") is not None


def install(*packages: str, missing: str, instead: str) -> None:
    """Installs them with apt-get, or ends with what is missing and what else would do."""
    named = " ".join(packages)
    if not may_install():
        give_up(f"{missing} Install it (apt-get install {named}), or {instead}")
    print(f"tests: installing {named} ...", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", *packages]):
        done = subprocess.run(
            ["apt-get", *arguments], env=quiet, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            give_up(f"apt-get could not install {named}. Install it by hand.")
