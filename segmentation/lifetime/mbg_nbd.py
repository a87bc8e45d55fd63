"""MBG/NBD: customers can leave after each order, the first one included.

E. Batislam, M. Denizel and A. Filiztekin, "Empirical Validation and Comparison of Models for
Customer Base Analysis", International Journal of Research in Marketing 24(3), 2007; the same as
the CBG/NBD model of D. Hoppe and U. Wagner, Marketing ZFP 29(2), 2007. Unlike in `bg_nbd`, who has
ordered only once can have left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segmentation.lifetime.beta_geometric import BetaGeometric
from segmentation.lifetime.grouped import Grouped
from segmentation.lifetime.maximising import Maximum


@dataclass(frozen=True, kw_only=True)
class MbgNbd(BetaGeometric):
    """Parameters and predictions as in ``BetaGeometric``."""

    FIRST_TOO: ClassVar[int] = 1


def fit(histories: Grouped) -> tuple[MbgNbd, Maximum]:
    """The most likely model of the histories, as ``BetaGeometric.fitted`` has it."""
    return MbgNbd.fitted(histories)
