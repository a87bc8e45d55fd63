"""What the charts of the sheet Dashboard show."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation.standings import STEPS
from segmentation.trend import MONTHS
from templates import charts
from templates.charts import Axis, Cells, Plot, Series
from templates.dashboard_grid import LEFT, RIGHT, Grid
from templates.dashboard_tables import keys_of
from templates.looks import COUNT, DARK, MIDDLE, QUIET, SOFT

PERCENT = "0%"
# Beyond it a chart of columns beside other charts can't be read.
MANY_TIERS = 12
LABELLED_TIERS = 6
# The point of the curve that the sentences speak of: the best fifth.
FIFTH = STEPS // 5
LEFT_TABLES = ("FenjiTiers", "FenjiSegments", "FenjiPareto")


class Charts:
    """The plots, each over its table; ``first`` is the first data row of each table."""

    def __init__(self, grid: Grid, first: Mapping[str, int]) -> None:
        self._grid = grid
        self._first = first
        self._words = grid.book.words
        self._shape = grid.book.shape

    def tiers(self, *, bars: bool) -> Plot:
        """Tiers by their shares of customers and of the amount."""
        count = len(self._shape.tiers)
        return self._shares("Tiers", "tier_chart", count, bars=bars)

    def stages(self) -> Plot:
        """Stages likewise."""
        return self._shares("Stages", "stages_chart", len(self._shape.stages), bars=False)

    def _shares(self, key: str, title: str, count: int, *, bars: bool) -> Plot:
        table = f"Fenji{key}"
        pairs = zip(("customer_share", "monetary_share"), charts.PAIR, strict=True)
        return Plot(
            key=key,
            title=self._words(f"dashboard.{title}"),
            categories=self._column(table, count),
            series=[
                Series(
                    name=self._header(table, share),
                    values=self._column(table, count, share),
                    kind="bar" if bars else "column",
                    colour=colour,
                    labelled=count <= LABELLED_TIERS,
                )
                for share, colour in pairs
            ],
            axis=Axis(title=self._words("dashboard.share"), number=PERCENT),
        )

    def segments(self) -> Plot:
        """Segments by their customers."""
        count = len(self._shape.segments)
        return Plot(
            key="Segments",
            title=self._words("dashboard.segments_chart"),
            categories=self._column("FenjiSegments", count),
            series=[
                Series(
                    name=self._header("FenjiSegments", "customers"),
                    values=self._column("FenjiSegments", count, "customers"),
                    kind="bar",
                )
            ],
            axis=Axis(title=self._words("dashboard.customers"), number=COUNT),
        )

    def pareto(self) -> Plot:
        """What the best customers bring; a dashed line where all would bring the same."""
        points = STEPS + 1
        shares = self._column("FenjiPareto", points)
        money = self._column("FenjiPareto", points, "monetary_share")
        name = self._header("FenjiPareto", "monetary_share")
        return Plot(
            key="Pareto",
            title=self._words("dashboard.pareto_chart"),
            categories=shares,
            series=[
                Series(name=name, values=money, kind="area", colour=SOFT, labelled=False),
                Series(name=name, values=money, kind="line", colour=DARK, labelled=(FIFTH,)),
                Series(
                    name=self._header("FenjiPareto", "share"),
                    values=shares,
                    kind="line",
                    colour=QUIET,
                    labelled=False,
                    quiet=True,
                ),
            ],
            axis=Axis(title=self._words("dashboard.amount_share"), number=PERCENT, most=1),
            under=self._words("dashboard.best_share"),
            under_number=PERCENT,
            every=STEPS // 5,
            legend=False,
            edge=True,
        )

    def trend(self) -> Plot:
        """The last twelve months."""
        return Plot(
            key="Trend",
            title=self._words("dashboard.trend_chart"),
            categories=self._column("FenjiTrend", MONTHS),
            series=[
                Series(
                    name=self._header("FenjiTrend", "amount"),
                    values=self._column("FenjiTrend", MONTHS, "amount"),
                    colour=MIDDLE,
                    labelled=False,
                ),
                Series(
                    name=self._header("FenjiTrend", "customers"),
                    values=self._column("FenjiTrend", MONTHS, "customers"),
                    kind="line",
                    colour=DARK,
                    labelled=False,
                    second=True,
                ),
            ],
            axis=Axis(
                title=self._words("header.FenjiTrend.amount"),
                number=COUNT,
                least=None if self._shape.losses else 0,
            ),
            second=Axis(title=self._words("dashboard.buyers"), number=COUNT),
            under=self._words("dashboard.month"),
        )

    def _column(self, table: str, rows: int, key: str | None = None) -> Cells:
        """The data cells of a table's column, by default those of its first."""
        first, column = self._first[table], self._at(table, key)
        return first, column, first + rows - 1, column

    def _header(self, table: str, key: str) -> tuple[int, int]:
        return self._first[table] - 1, self._at(table, key)

    def _at(self, table: str, key: str | None) -> int:
        left = LEFT if table in LEFT_TABLES else RIGHT
        return left + (keys_of(self._grid, table).index(key) if key else 0)
