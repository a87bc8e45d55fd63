"""What each customer did: how often again, until when, watched for how long, for how much."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.lifetime.grouped import Grouped, Numbers, grouped

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Histories:
    """One entry a customer, shape (n,) each.

    ``x`` repeat orders, ``t_x`` days from the first order to the last, ``T`` days from the first
    order to the as-of date, ``mean`` the amount of a repeat order (of any order without one).
    """

    x: Numbers
    t_x: Numbers
    T: Numbers
    mean: Numbers

    def __len__(self) -> int:
        return len(self.x)

    @property
    def known(self) -> Flags:
        """Of whom there is a history: finite numbers with 0 <= t_x <= T and x >= 0."""
        finite = np.isfinite(self.x) & np.isfinite(self.t_x) & np.isfinite(self.T)
        with np.errstate(invalid="ignore"):
            found: Flags = finite & (self.x >= 0) & (self.t_x >= 0) & (self.t_x <= self.T)
        return found

    def some(self, rows: Flags) -> Histories:
        """The customers marked."""
        each = {f.name: getattr(self, f.name)[rows] for f in dataclasses.fields(self)}
        return Histories(**each)

    def grouped(self) -> Grouped:
        """Equal ones together."""
        return grouped(self.x, self.t_x, self.T)
