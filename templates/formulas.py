"""Native formulas, in functions that Excel 2016 and LibreOffice both have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from templates.grades import NUMBERS, Key, first_true, numbers_there, place, span
from templates.references import CUSTOMERS, MODEL, column, header_cell, literal, this_row
from templates.shape import Shape, Wording

__all__ = [
    "CUSTOMERS",
    "MEASURES",
    "MODEL",
    "ONE_DIGIT",
    "SCORES",
    "GroupFormulas",
    "NumberFormulas",
    "ScoreFormulas",
    "column",
    "header_cell",
    "heat_count",
    "literal",
    "this_row",
]

MEASURES = ("recency", "frequency", "monetary")
SCORES = ("r_score", "f_score", "m_score")
ONE_DIGIT = 9
# For a cut point whose line is gone: nobody is beyond it.
BEYOND = "9E+307"


@dataclass(frozen=True, kw_only=True)
class ScoreFormulas:
    """The formulas of the score and tier columns, over the numbers that grade."""

    words: Wording
    shape: Shape

    def by_key(self) -> dict[str, str]:
        """Formula by key of ``[header.FenjiCustomers]``."""
        grades = self.shape.grades
        found = {} if grades and not grades.scores else self._scores()
        if grades:
            return found | {key: f"={formula}" for key, formula in grades.formulas.items()}
        return found | {"score": self._weighted(), "tier": self._tier()}

    def keys(self) -> list[Key]:
        """The lines of the model that the formulas take, in the order of their places."""
        grades = self.shape.grades
        own = list(grades.keys) if grades else self._rfm_keys()
        return own if grades and not grades.scores else own + self._score_keys()

    def _rfm_keys(self) -> list[Key]:
        weights = [self._key("weight", measure) for measure in MEASURES]
        item = self.words("item.tier")
        tiers = self.shape.tiers[:-1]
        return weights + [
            Key(item=item, measure=name, number=number) for number, name in enumerate(tiers, 1)
        ]

    def _score_keys(self) -> list[Key]:
        found = [Key(item=self.words("item.closed"))]
        for measure, bins in zip(MEASURES, self.shape.bins, strict=True):
            found.append(self._key("bins", measure))
            found += [self._key("cut", measure, number) for number in range(1, bins)]
        return found

    def _key(self, item: str, measure: str, number: int | None = None) -> Key:
        return Key(
            item=self.words(f"item.{item}"),
            measure=self.words(f"measure.{measure}"),
            number=number,
        )

    @cached_property
    def _places(self) -> dict[Key, int]:
        return {key: place for place, key in enumerate(self.keys(), start=1)}

    def _cell(self, key: str) -> str:
        return this_row(CUSTOMERS, self.words(f"header.{CUSTOMERS}.{key}"))

    @property
    def _value(self) -> str:
        return self.words(f"header.{NUMBERS}.value")

    def _scores(self) -> dict[str, str]:
        pairs = zip(SCORES, MEASURES, self.shape.bins, strict=True)
        return {key: self._score(measure, bins) for key, measure, bins in pairs} | {
            "rfm": self._rfm()
        }

    def _score(self, measure: str, bins: int) -> str:
        first = self._places[self._key("bins", measure)]
        score = self._passed(first + 1, bins - 1, self._cell(measure)) if bins > 1 else "0"
        top = place(self._value, first)
        score = f"{top}-{score}" if measure == "recency" else f"1+{score}"
        there = numbers_there(self._value, first, first + bins - 1)
        if measure != MEASURES[0]:
            # The first score is blank unless all measures are numbers: one look is enough.
            return f'=IF(ISNUMBER({self._cell(SCORES[0])}),IF({there},{score},""),"")'
        values = ",".join(self._cell(key) for key in MEASURES)
        return f'=IF(AND(COUNT({values})=3,{there}),{score},"")'

    def _passed(self, first: int, count: int, value: str) -> str:
        # SUMPRODUCT, not COUNTIF: a criterion made of text would lose digits of the value.
        points = span(self._value, first, first + count - 1)
        above = place(self._value, self._places[Key(item=self.words("item.closed"))])
        reached, passed = (f"SUMPRODUCT(({points}{sign}{value})*1)" for sign in ("<=", "<"))
        return f"IF(N({above})=0,{passed},{reached})"

    def _when_graded(self, then: str) -> str:
        r, f, m = (self._cell(key) for key in SCORES)
        return f'=IF(COUNT({r},{f},{m})=3,{then},"")'

    def _rfm(self) -> str:
        r, f, m = (self._cell(key) for key in SCORES)
        if max(self.shape.bins) <= ONE_DIGIT:
            return self._when_graded(f"100*{r}+10*{f}+{m}")
        return self._when_graded(f'{r}&"-"&{f}&"-"&{m}')

    def _weighted(self) -> str:
        last = len(MEASURES)
        weights = [place(self._value, number) for number in range(1, last + 1)]
        score = "+".join(f"{w}*{self._cell(s)}" for w, s in zip(weights, SCORES, strict=True))
        total = f"SUM({span(self._value, 1, last)})"
        there = f"AND({numbers_there(self._value, 1, last)},{total}>0)"
        return self._when_graded(f'IF({there},ROUND(({score})/{total},6),"")')

    def _tier(self) -> str:
        score, first = self._cell("score"), len(MEASURES) + 1
        names = self.shape.tiers
        limits = [(f"{score}>={place(self._value, first + i)}", n) for i, n in enumerate(names)]
        chain = first_true(limits[:-1], names[-1])
        if len(names) == 1:
            return f'=IF(ISNUMBER({score}),{chain},"")'
        there = numbers_there(self._value, first, first + len(names) - 2)
        return f'=IF(AND(ISNUMBER({score}),{there}),{chain},"")'


@dataclass(frozen=True, kw_only=True)
class NumberFormulas:
    """The formulas of the table FenjiNumbers: where a line stands, and its value.

    Lines are found by their item, measure and number, whatever their order. What is no number
    where one belongs counts as nothing; so does text but in a line of ``texts`` (items).
    """

    words: Wording
    texts: tuple[str, ...] = ()

    def by_key(self) -> dict[str, str]:
        """Formula by key of ``[header.FenjiNumbers]``."""
        return {"line": self._line(), "value": self._value()}

    def _model(self, key: str) -> str:
        return column(MODEL, self.words(f"header.{MODEL}.{key}"))

    def _own(self, key: str) -> str:
        return this_row(NUMBERS, self.words(f"header.{NUMBERS}.{key}"))

    def _line(self) -> str:
        same = "*".join(
            f'({self._model(key)}=IF({self._own(key)}="","",{self._own(key)}))'
            for key in ("item", "measure", "number")
        )
        head = header_cell(MODEL, self.words(f"header.{MODEL}.item"))
        row = f"(ROW({self._model('item')})-ROW({head}))"
        return f"=IFERROR(SUMPRODUCT(MAX({same}*{row})),0)"

    def _value(self) -> str:
        found = f"INDEX({self._model('value')},MAX(1,{self._own('line')}))"
        other = '""'
        for item in self.texts:
            other = f'IF({self._own("item")}={literal(item)},IFERROR({found}&"",""),{other})'
        gone = f'IF({self._own("item")}={literal(self.words("item.cut"))},{BEYOND},"")'
        return f"=IF({self._own('line')}=0,{gone},IF(ISNUMBER({found}),{found},{other}))"


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
