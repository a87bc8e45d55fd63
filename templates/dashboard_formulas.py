"""The formulas of the sheet Dashboard over the table of customers."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.at_risk import CLASSES
from templates.formulas import CUSTOMERS, column, literal, this_row
from templates.shape import Wording

NONE = "–"


@dataclass(frozen=True, kw_only=True)
class RiskFormulas:
    """How many customers are about to be lost, and what they brought; a dash where no stage is
    known. ``stage`` is what the stage of customers about to be lost is called."""

    stage: str
    words: Wording

    def count(self) -> str:
        """The customers."""
        return self._known("+".join(f"COUNTIFS({self._criteria(name)})" for name in CLASSES))

    def amount(self) -> str:
        """The sum of their amounts."""
        money = self._of("monetary")
        return self._known("+".join(f"SUMIFS({money},{self._criteria(name)})" for name in CLASSES))

    def _known(self, then: str) -> str:
        return f"=IF(COUNTA({self._of('stage')})=0,{literal(NONE)},{then})"

    def _criteria(self, name: str) -> str:
        return f"{self._of('stage')},{literal('=' + self.stage)},{self._of('abc')},{literal(name)}"

    def _of(self, key: str) -> str:
        return column(CUSTOMERS, self.words(f"header.{CUSTOMERS}.{key}"))


def tier_of(*, table: str, words: Wording) -> str:
    """The tier that the table of customers has now for the customer of the row."""
    customer = this_row(table, words(f"header.{table}.customer"))
    everyone, tiers = (
        column(CUSTOMERS, words(f"header.{CUSTOMERS}.{key}")) for key in ("customer", "tier")
    )
    # Not MATCH: it takes capitals for small letters, and * and ? for any.
    found = f"LOOKUP(2,1/EXACT({everyone},{customer}),{tiers})"
    return f'=IF({customer}="","",IFERROR({found},""))'


def heat_mean(*, words: Wording, frequency: int) -> str:
    """What customers with the row's recency score and this frequency score bought for on average;
    blank where there are none."""
    row = this_row("FenjiHeatAmount", words("header.FenjiHeatAmount.r_score"))
    r_all, f_all, money = (
        column(CUSTOMERS, words(f"header.{CUSTOMERS}.{key}"))
        for key in ("r_score", "f_score", "monetary")
    )
    return f'=IFERROR(AVERAGEIFS({money},{r_all},{row},{f_all},{frequency}),"")'
