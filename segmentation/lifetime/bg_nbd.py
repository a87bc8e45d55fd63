"""BG/NBD: customers can leave after each repeat order.

P. Fader, B. Hardie and K. L. Lee, "Counting Your Customers the Easy Way: An Alternative to the
Pareto/NBD Model", Marketing Science 24(2), 2005. Who has ordered only once has had no occasion to
leave and is a customer for certain, after however long a silence; `mbg_nbd` mends that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segmentation.lifetime.beta_geometric import BetaGeometric
from segmentation.lifetime.grouped import Grouped
from segmentation.lifetime.maximising import Maximum


@dataclass(frozen=True, kw_only=True)
class BgNbd(BetaGeometric):
    """Parameters and predictions as in ``BetaGeometric``; P(alive) is 1 for x = 0."""

    FIRST_TOO: ClassVar[int] = 0


def fit(histories: Grouped) -> tuple[BgNbd, Maximum]:
    """The most likely model of the histories, as ``BetaGeometric.fitted`` has it."""
    return BgNbd.fitted(histories)
