"""How hard the laws are tried: Hypothesis profiles by the variable `HYPOTHESIS_PROFILE`."""

import os


def load_profile() -> None:
    """`default` tries the same 50 examples each time, `proof` a fresh 1,000."""
    from hypothesis import HealthCheck, settings

    slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    settings.register_profile(
        "default",
        max_examples=50,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=slow,
    )
    settings.register_profile(
        "proof", max_examples=1000, deadline=None, print_blob=True, suppress_health_check=slow
    )
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
