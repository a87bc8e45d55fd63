"""BG/NBD (Fader, Hardie & Lee 2005): who has ordered again can leave after each repeat order.

Whoever ordered once is certainly still a customer by it, which no business would believe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segmentation.lifetime.beta_geometric import BetaGeometric
from segmentation.lifetime.grouped import Grouped
from segmentation.lifetime.maximising import Maximum


@dataclass(frozen=True, kw_only=True)
class BgNbd(BetaGeometric):
    """See `BetaGeometric`."""

    FIRST_TOO: ClassVar[int] = 0


def fit(histories: Grouped) -> tuple[BgNbd, Maximum]:
    """The likeliest model of these histories."""
    return BgNbd.fitted(histories)
