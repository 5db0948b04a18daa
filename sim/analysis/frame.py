"""Columns as a pandas DataFrame, where pandas is installed."""

import importlib
from collections.abc import Mapping
from typing import Any

from sim.errors import UsageError


def frame(columns: Mapping[str, Any]) -> Any:
    """Return columns as a pandas DataFrame. Raise UsageError E010 if pandas is not installed."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        note = "install it beside sim, such as by pip install '.[frames]'"
        raise UsageError("E010", "`.to_frame()` needs pandas, which is not installed", note) from None
    return pandas.DataFrame(dict(columns))
