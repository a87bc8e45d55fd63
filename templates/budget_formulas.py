"""The budget as native formulas: what ``segmentation.budget`` calculates, to the cent.

The level at which the tiers' parts add up to the amount is found without iteration: it lies
behind the largest of all points (where a tier leaves its floor, or reaches its ceiling) at which
the parts come to no more than the amount, and from there on the sum is a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass

from templates.formulas import column, header_cell, literal, this_row
from templates.sentences import money, percent, sentence
from templates.shape import Wording

TABLE, TIERS, STRATEGY = "FenjiBudget", "FenjiTiers", "FenjiStrategy"
WAYS = ("share", "value", "marginal")
EXPONENT, LEAST_EXPONENT, MOST_EXPONENT = 0.5, 0.1, 0.9
MOST = 1e11
# No floor or ceiling comes near it.
NEVER = "1E+300"
# Places of a tier among equal rests; there are never so many tiers.
PLACES = 1000


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Where the inputs and the steps stand that are not in the table, as absolute addresses."""

    amount: str
    way: str
    least: str
    exponent: str
    chosen: str
    total: str
    power: str
    basis: str
    state: str
    point: str
    slope: str
    level: str
    left: str


@dataclass(frozen=True, kw_only=True)
class BudgetFormulas:
    """The formulas of the table and of the steps beside it."""

    words: Wording
    cells: Cells

    def _all(self, key: str, table: str = TABLE) -> str:
        return column(table, self.words(f"header.{table}.{key}"))

    def _own(self, key: str) -> str:
        return this_row(TABLE, self.words(f"header.{TABLE}.{key}"))

    def by_key(self) -> dict[str, str]:
        """Formula by key of the table's headers, for all but the inputs."""
        return self._shown() | self._weights() | self._limits() | self._parts()

    def steps(self) -> dict[str, str]:
        """Formula of each step's cell, by its field of ``Cells``."""
        cells, find = self.cells, self._all
        chosen = "+".join(
            f"({cells.way}={literal(self.words(f'budget_way.{way}'))})*{number}"
            for number, way in enumerate(WAYS, start=1)
        )
        exponent = (
            f"IF(COUNT({cells.exponent})=1,IF(({cells.exponent}>={LEAST_EXPONENT})"
            f"*({cells.exponent}<={MOST_EXPONENT}),{cells.exponent},{EXPONENT}),{EXPONENT})"
        )
        growing = f"({find('from')}<={cells.point})*({find('to')}>{cells.point})"
        held = (
            f"SUMPRODUCT({find('low')}*({find('from')}>{cells.point})"
            f"+{find('high')}*({find('to')}<={cells.point}))"
        )
        reached = ",".join(
            f"({find(total)}<={cells.total})*{find(point)}"
            for total, point in (("sum_from", "from"), ("sum_to", "to"))
        )
        placed = f"IF({cells.slope}>0,{cells.total},SUM({find('part')}))"
        return {
            "chosen": f"={chosen}",
            "total": f"=IF({self._good_amount()}=1,ROUND(100*{cells.amount},0),0)",
            "power": f"=1/(1-{exponent})",
            "basis": self._basis(),
            "state": self._state(),
            "point": f"=SUMPRODUCT(MAX({reached}))",
            "slope": f"=SUMPRODUCT({find('weight')}*{growing})",
            "level": f"=IF({cells.slope}>0,({cells.total}-{held})/{cells.slope},{cells.point})",
            "left": f"={placed}-SUMPRODUCT(INT({find('part')}))",
        }

    def _good_amount(self) -> str:
        """1 where the amount can be spread, else 0."""
        amount = self.cells.amount
        return f"IF(COUNT({amount})=1,({amount}>=0)*({amount}<={MOST:.0f}),0)"

    def _basis(self) -> str:
        named = [literal(self.words(f"budget_basis.{way}")) for way in WAYS]
        chosen = self.cells.chosen
        by_way = f"IF({chosen}=1,{named[0]},IF({chosen}=2,{named[1]},{named[2]}))"
        customers = literal(self.words("budget_basis.customers"))
        return f"=IF(SUM({self._all('basis')})>0,{by_way},{customers})"

    def _state(self) -> str:
        """What keeps a budget from being spread, by number; 0 for nothing."""
        cells = self.cells
        over = f"SUMPRODUCT(({self._all('low')}>{self._all('high')})*1)>0"
        conditions = (
            f"COUNT({cells.amount})=0",
            f"{self._good_amount()}=0",
            f"{cells.chosen}=0",
            f"SUM({self._all('customers')})=0",
            over,
            f"SUM({self._all('low')})>{cells.total}",
        )
        nested = "0"
        for number, condition in reversed(list(enumerate(conditions, start=1))):
            nested = f"IF({condition},{number},{nested})"
        return f"={nested}"

    def check(self) -> str:
        """The sentence that says whether all adds up, or what is to be done."""
        cells, words = self.cells, self.words
        tiers = f"SUM({self._all('cents')})/100"
        left = f"({cells.total}-SUM({self._all('cents')}))/100"
        header = header_cell(TABLE, words(f"header.{TABLE}.low"))
        row = f"ROW({self._all('low')})-ROW({header})"
        over = f"({self._all('low')}>{self._all('high')})*({PLACES}-({row}))"
        first = f"{PLACES}-SUMPRODUCT(MAX({over}))"
        filled = {
            "amount": f"FIXED({cells.total}/100,2)",
            "tiers": f"FIXED({tiers},2)",
            "left": f"FIXED({left},2)",
            "floors": f"FIXED(SUM({self._all('low')})/100,2)",
            "most": literal(f"{MOST:,.0f}"),
            "tier": f"INDEX({self._all('tier')},{first})",
        }

        def said(key: str) -> str:
            return sentence(words(f"budget_state.{key}"), **filled)

        nested = f"IF({left}>0,{said('left')},{said('ok')})"
        keys = ("no_amount", "bad_amount", "bad_way", "nobody", "ceiling", "floors")
        for number, key in reversed(list(enumerate(keys, start=1))):
            nested = f"IF({cells.state}={number},{said(key)},{nested})"
        return f"={nested}"

    def _of_tier(self, table: str, key: str) -> str:
        # Not by MATCH, which takes a tier called "*" for any.
        same = f"({self._all('tier', table)}={self._own('tier')})*1"
        return f"=SUMPRODUCT({same},{self._all(key, table)})"

    def _shown(self) -> dict[str, str]:
        brought, cells = self._all("monetary"), self.cells
        good = f"{cells.state}=0"
        each = f"{self._own('allocated')}/{self._own('customers')}"
        return {
            "customers": self._of_tier(TIERS, "customers"),
            "monetary": self._of_tier(TIERS, "monetary"),
            "monetary_share": (
                f'=IF(ROUND(SUM({brought}),6)>0,{self._own("monetary")}/SUM({brought}),"")'
            ),
            "strategy_share": self._of_tier(STRATEGY, "budget_share"),
            "allocated": f'=IF({good},{self._own("cents")}/100,"")',
            "budget_share": (
                f'=IF(({good})*({cells.total}>0)=1,{self._own("cents")}/{cells.total},"")'
            ),
            "per_customer": f'=IF(({good})*({self._own("customers")}>0)=1,{each},"")',
            "why": self._why(),
        }

    def _why(self) -> str:
        cents, total = self._own("cents"), self.cells.total
        weight, customers = self._own("weight"), self._own("customers")
        unbound = f"{total}*{weight}"
        filled = {
            "weight": percent(weight),
            "way": self.cells.basis,
            "base": money(f"({unbound}/100)"),
        }

        def said(key: str) -> str:
            return sentence(self.words(f"budget_why.{key}"), **filled)

        raised = f"IF({cents}={self._own('low')},{said('raised')},{said('more')})"
        cut = f"IF({cents}={self._own('high')},{said('cut')},{said('less')})"
        bound = f"IF({cents}>{unbound},{raised},{cut})"
        near = f"ROUND(ABS({cents}-{unbound}),3)<=1"
        some = f"IF({near},{said('plain')},{bound})"
        nobody = f"IF({customers}+{cents}=0,{said('nobody')},{some})"
        return f'=IF({self.cells.state}=0,{nobody},"")'

    def _weights(self) -> dict[str, str]:
        cells, strength = self.cells, self._own("strength")
        response = f"IF(COUNT({self._own('response')})=1,MAX(0,{self._own('response')}),1)"
        most = f"MAX({self._all('strength')})"
        by_way = (
            f"IF({cells.chosen}=1,MAX(0,{self._own('strategy_share')}),"
            f"IF({cells.chosen}=2,MAX(0,{self._own('monetary')}),"
            f"IF({most}>0,({strength}/{most})^{cells.power},0)))"
        )
        basis, customers = self._all("basis"), self._all("customers")
        counted = f"IF(SUM({customers})>0,{self._own('customers')}/SUM({customers}),0)"
        return {
            "strength": (
                f"=({self._own('customers')}>0)*MAX(0,{self._own('monetary')})*{response}"
            ),
            "basis": f"=IF({self._own('customers')}>0,{by_way},0)",
            "weight": f"=IF(SUM({basis})>0,{self._own('basis')}/SUM({basis}),{counted})",
        }

    def _limits(self) -> dict[str, str]:
        least = f"ROUND(100*MAX(0,SUM({self.cells.least})),0)*{self._own('customers')}"
        ceiling, weight = self._own("ceiling"), self._own("weight")
        own = f"ROUND(100*MAX(0,SUM({self._own('floor')})),0)"
        bound = f"({weight}>0)*({self._own('high')}<{NEVER})=1"
        return {
            "low": f"=MAX({own},{least})",
            "high": f"=IF(COUNT({ceiling})=1,ROUND(100*MAX(0,{ceiling}),0),{NEVER})",
            "from": f"=IF({weight}>0,{self._own('low')}/{weight},{NEVER})",
            "to": f"=IF({bound},{self._own('high')}/{weight},{NEVER})",
            "sum_from": self._sum_at("from"),
            "sum_to": self._sum_at("to"),
        }

    def _sum_at(self, key: str) -> str:
        """What all parts come to at one of the row's points."""
        point, start, end = self._own(key), self._all("from"), self._all("to")
        parts = (
            f"{self._all('low')}*({point}<{start})+{self._all('high')}*({point}>={end})"
            f"+{point}*{self._all('weight')}*({point}>={start})*({point}<{end})"
        )
        return f"=IF({point}<{NEVER},SUMPRODUCT({parts}),{NEVER})"

    def _parts(self) -> dict[str, str]:
        cells, part, rest = self.cells, self._own("part"), self._own("rest")
        low, high = self._own("low"), self._own("high")
        grown = f"MIN({high},MAX({low},ROUND({cells.level}*{self._own('weight')},4)))"
        full = f"IF({self._own('to')}<={cells.point},{high},{grown})"
        header = header_cell(TABLE, self.words(f"header.{TABLE}.part"))
        return {
            "part": f"=IF({self._own('from')}>{cells.point},{low},{full})",
            # The largest rest first, and of equal ones the upper row.
            "rest": f"=ROUND(10000*({part}-INT({part})),0)*{PLACES}-(ROW()-ROW({header}))",
            "cents": (
                f"=IF({cells.state}=0,INT({part})"
                f"+(SUMPRODUCT(({self._all('rest')}>{rest})*1)<{cells.left}),0)"
            ),
        }
