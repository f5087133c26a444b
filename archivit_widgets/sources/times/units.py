"""What a moment is: whole seconds since 1970-01-01 UTC, or one of two numbers that are none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]

UNKNOWN = np.iinfo(np.int64).min  # a time that cannot be read
ABSENT = UNKNOWN + 1  # no time
MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
