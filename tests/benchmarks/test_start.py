"""The profile of imports reads what Python says of them."""

import subprocess
import sys

from tests.benchmarks.start import groups, imports_in


def test_each_module_is_counted_once_in_its_group():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import sim.errors, json.decoder"], capture_output=True, text=True
    )
    found = imports_in(done.stderr)
    grouped = {name: (many, took) for name, many, took in groups(found)}

    assert {"sim", "sim.errors", "json", "json.decoder"} <= found.keys()
    assert grouped["json"][0] == sum(name.split(".")[0] == "json" for name in found)
    assert grouped["sim.errors"] == (1, found["sim.errors"])
    assert sum(many for many, _ in grouped.values()) == len(found)
