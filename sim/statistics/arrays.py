"""The arrays that statistics take, and the bounds within which a number is known to lie."""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Bounds: TypeAlias = tuple[float, float]
ANY: Bounds = (-math.inf, math.inf)
