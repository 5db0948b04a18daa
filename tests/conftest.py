"""How many examples Hypothesis tries: few by default, many with SIM_DEEP=1. The examples are the same each time."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("deep" if os.environ.get("SIM_DEEP") else "quick")
