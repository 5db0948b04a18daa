"""The functions are SciPy's own, loaded alone or not, and SciPy stays as whole as it was."""

import subprocess
import sys

import pytest

ALONE = """
import sys
from sim.statistics import special
assert "scipy.special" not in sys.modules and "numpy.f2py" not in sys.modules
"""
LOADED_BEFORE = """
import scipy.special
from sim.statistics import special
assert special.functions() is scipy.special
"""
WHOLE_AFTER = """
import scipy.special, scipy.stats
for name in ("bdtr", "bdtrc", "fdtri", "stdtrit", "betaincinv"):
    assert getattr(special, name) is getattr(scipy.special, name), name
assert scipy.special.gammainc(1.0, 2.0) and scipy.special._ufuncs.stdtrit is special.stdtrit
assert scipy.stats.t.ppf(0.975, 99) == special.stdtrit(99, 0.975)
"""


@pytest.mark.parametrize("first", [ALONE, LOADED_BEFORE])
def test_scipy_can_be_used_as_ever_and_has_the_same_functions(first):
    subprocess.run([sys.executable, "-c", first + WHOLE_AFTER], check=True)


def test_without_the_module_the_package_is_imported():
    absent = "assert special.functions('_none') is sys.modules['scipy.special']\n"
    subprocess.run([sys.executable, "-c", ALONE + absent + WHOLE_AFTER], check=True)
