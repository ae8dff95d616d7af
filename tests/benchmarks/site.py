"""The settings of the site that is measured: its own, and a bare page beside its pages."""

from config.settings import *  # noqa: F403  the settings of the site
from config.settings import MIDDLEWARE

ROOT_URLCONF = "tests.benchmarks.bare"
MIDDLEWARE = ["tests.benchmarks.bare.Counted", *MIDDLEWARE]
