"""Native formulas, in functions that Excel 2016 and LibreOffice both have.

All references are structured, in the form that files hold (double brackets, ``[#This Row]``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from templates.shape import Shape, Wording

CUSTOMERS = "FenjiCustomers"
MODEL = "FenjiModel"
MEASURES = ("recency", "frequency", "monetary")
SCORES = ("r_score", "f_score", "m_score")
ONE_DIGIT = 9


def column(table: str, header: str) -> str:
    """All data cells of a table's column."""
    return f"{table}[[{_escaped(header)}]]"


def this_row(table: str, header: str) -> str:
    """The cell of a table's column in the formula's own row."""
    return f"{table}[[#This Row],[{_escaped(header)}]]"


def header_cell(table: str, header: str) -> str:
    """The header cell of a table's column."""
    return f"{table}[[#Headers],[{_escaped(header)}]]"


def literal(text: str) -> str:
    """``text`` as a formula writes it."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _escaped(header: str) -> str:
    return "".join(f"'{char}" if char in "[]#'" else char for char in header)


@dataclass(frozen=True, kw_only=True)
class ScoreFormulas:
    """The formulas of the score and tier columns over the model table."""

    words: Wording
    shape: Shape

    def by_key(self) -> dict[str, str]:
        """Formula by key of ``[header.FenjiCustomers]``."""
        found = {
            score: self._score(measure) for score, measure in zip(SCORES, MEASURES, strict=True)
        }
        return found | {"rfm": self._rfm(), "score": self._weighted(), "tier": self._tier()}

    def _cell(self, key: str) -> str:
        return this_row(CUSTOMERS, self.words(f"header.{CUSTOMERS}.{key}"))

    def _model(self, key: str) -> str:
        return column(MODEL, self.words(f"header.{MODEL}.{key}"))

    def _item(self, key: str) -> str:
        return f"({self._model('item')}={literal(self.words(f'item.{key}'))})"

    def _measure(self, key: str) -> str:
        return f"({self._model('measure')}={literal(self.words(f'measure.{key}'))})"

    def _score(self, measure: str) -> str:
        # SUMPRODUCT, not COUNTIF: a criterion made of text would lose digits of the value.
        which, point, value = self._measure(measure), self._model("value"), self._cell(measure)
        reached = f"(({point}<{value})+({point}={value})*{self._closed()})"
        passed = f"SUMPRODUCT({self._item('cut')}*{which}*{reached})"
        bins = f"SUMPRODUCT({self._item('bins')}*{which},{self._model('value')})"
        score = f"{bins}-{passed}" if measure == "recency" else f"1+{passed}"
        if measure != MEASURES[0]:
            return self._when_graded(score)
        values = ",".join(self._cell(key) for key in MEASURES)
        return f'=IF(COUNT({values})=3,{score},"")'

    def _closed(self) -> str:
        # Found by MATCH because it is one number: an array over the whole model takes longer.
        item = literal(self.words("item.closed"))
        return f"IFERROR(INDEX({self._model('value')},MATCH({item},{self._model('item')},0)),0)"

    def _when_graded(self, then: str) -> str:
        # The first score is blank unless all measures are numbers: one look is enough.
        return f'=IF(ISNUMBER({self._cell(SCORES[0])}),{then},"")'

    def _rfm(self) -> str:
        r, f, m = (self._cell(key) for key in SCORES)
        if max(self.shape.bins) <= ONE_DIGIT:
            return self._when_graded(f"100*{r}+10*{f}+{m}")
        return self._when_graded(f'{r}&"-"&{f}&"-"&{m}')

    def _weighted(self) -> str:
        # The value column is an argument of its own because it may hold words in other rows.
        pairs = zip(MEASURES, SCORES, strict=True)
        score = "+".join(f"{self._measure(m)}*{self._cell(s)}" for m, s in pairs)
        weight, value = self._item("weight"), self._model("value")
        return self._when_graded(
            f"ROUND(SUMPRODUCT({weight}*({score}),{value})/SUMPRODUCT({weight}*1,{value}),6)"
        )

    def _tier(self) -> str:
        # The smallest number whose limit is reached, wherever its row stands in the model.
        last = len(self.shape.tiers)
        tier, number, value = self._item("tier"), self._model("number"), self._model("value")
        score = self._cell("score")
        reached = f"SUMPRODUCT(MAX({tier}*({value}<={score})*({last + 1}-{number})))"
        first = f"{last + 1}-MAX(1,{reached})"
        item = self.words(f"header.{MODEL}.item")
        row = f"(ROW({column(MODEL, item)})-ROW({header_cell(MODEL, item)}))"
        name = f"INDEX({self._model('measure')},SUMPRODUCT({tier}*({number}={first})*{row}))"
        return f'=IF(ISNUMBER({score}),{name},"")'


@dataclass(frozen=True, kw_only=True)
class GroupFormulas:
    """Formulas of a table with one row per group (tier, segment, stage) of the customers.

    ``key`` is the grouping column, both in the customers' table and in ``table``; ``names`` are
    the groups that will stand there.
    """

    table: str
    key: str
    names: tuple[str, ...]
    words: Wording

    def by_key(self) -> dict[str, str]:
        """Formula by key of the table's headers, for those that it has."""
        headers = self.words.section(f"header.{self.table}")
        count, amount = self._count(), self._sum("monetary")
        formulas = {
            "customers": f"={count}",
            "customer_share": self._share("customers", headers),
            "monetary": f"={amount}",
            "monetary_share": self._share("monetary", headers),
            "mean_monetary": self._mean("monetary"),
            "mean_recency": self._mean("recency"),
        }
        return {key: formula for key, formula in formulas.items() if key in headers}

    def _of_customers(self, key: str) -> str:
        return column(CUSTOMERS, self.words(f"header.{CUSTOMERS}.{key}"))

    def _criterion(self) -> str:
        cell = this_row(self.table, self.words(f"header.{self.table}.{self.key}"))
        # "=" in front keeps a name like ">5000" from being read as a comparison.
        if any(char in name for name in self.names for char in "*?~"):
            for char in "~*?":
                cell = f'SUBSTITUTE({cell},"{char}","~{char}")'
        return f'"="&{cell}'

    def _count(self) -> str:
        return f"COUNTIFS({self._of_customers(self.key)},{self._criterion()})"

    def _sum(self, key: str) -> str:
        what = self._of_customers(key)
        return f"SUMIFS({what},{self._of_customers(self.key)},{self._criterion()})"

    def _mean(self, key: str) -> str:
        what = self._of_customers(key)
        return f'=IFERROR(AVERAGEIFS({what},{self._of_customers(self.key)},{self._criterion()}),"")'

    def _share(self, key: str, headers: Mapping[str, str]) -> str:
        total = f"SUM({column(self.table, headers[key])})"
        # Part of a loss is no share, and sums of cents that cancel out may leave a tiny rest.
        part = this_row(self.table, headers[key])
        return f'=IF(ROUND({total},6)>0,{part}/{total},"")'


def heat_count(*, words: Wording, frequency: int) -> str:
    """How many customers have the row's recency score and this frequency score."""
    r_row = this_row("FenjiHeat", words("header.FenjiHeat.r_score"))
    r_all = column(CUSTOMERS, words(f"header.{CUSTOMERS}.r_score"))
    f_all = column(CUSTOMERS, words(f"header.{CUSTOMERS}.f_score"))
    return f"=COUNTIFS({r_all},{r_row},{f_all},{frequency})"
