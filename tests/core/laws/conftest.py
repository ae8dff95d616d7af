"""The laws run without pytest-django too, so they load their profile themselves."""

from tests.hypothesis_profile import load_profile

load_profile()
