"""The functions of `scipy.special` that estimates need, without all else that this package loads.

The package loads NumPy whole, its f2py and its tests among it, to take arrays of other libraries: that takes 0.1 s. The
functions stand in one compiled module of it, which takes a tenth of that. SciPy does not promise this module; where it
cannot be had by itself, the package is imported.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType

PACKAGE = "scipy.special"


def functions(module: str = "_ufuncs") -> ModuleType:
    """Return a module of the package, which is not executed; or the package, if it is loaded or lacks the module."""
    spec = find_spec(PACKAGE)
    if spec is None or PACKAGE in sys.modules:
        return import_module(PACKAGE)
    sys.modules[PACKAGE] = module_from_spec(spec)  # says where its modules are
    try:
        return import_module(f"{PACKAGE}.{module}")
    except ImportError:
        pass
    finally:
        del sys.modules[PACKAGE]
    return import_module(PACKAGE)


_special = functions()
bdtr, bdtrc, fdtri, stdtrit = _special.bdtr, _special.bdtrc, _special.fdtri, _special.stdtrit
betaincinv = _special.betaincinv
