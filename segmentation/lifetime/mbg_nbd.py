"""MBG/NBD (Batislam, Denizel & Filiztekin 2007): after the first order, too, one can leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segmentation.lifetime.beta_geometric import BetaGeometric
from segmentation.lifetime.grouped import Grouped
from segmentation.lifetime.maximising import Maximum


@dataclass(frozen=True, kw_only=True)
class MbgNbd(BetaGeometric):
    """See `BetaGeometric`."""

    FIRST_TOO: ClassVar[int] = 1


def fit(histories: Grouped) -> tuple[MbgNbd, Maximum]:
    """The likeliest model of these histories."""
    return MbgNbd.fitted(histories)
