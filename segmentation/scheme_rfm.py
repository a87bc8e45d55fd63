"""The ``[rfm]`` table and the segment rules of a scheme file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from segmentation.scheme import MEASURES, High, RfmSettings, SegmentRule
from segmentation.scheme_reader import KEYS, Reader, is_number
from segmentation.segments import MAPS, MOST_ONE_DIGIT, one_digit, segment_map


class RfmReader(Reader):
    """Reads the settings of method ``rfm``."""

    def rfm(self, table: Mapping[str, Any], listed: Any) -> RfmSettings:
        good = self.chosen(table, "rfm")
        cut = good.get("cut", "quantile")
        settings: dict[str, Any] = {k: good[k] for k in ("cut", "closed") if k in good}
        settings["offset"] = self.number(table, "offset", "rfm", 0, lambda _: True)
        if not isinstance(table.get("nested", False), bool):
            self.problem("rfm.nested", "choice", value=table["nested"], choices="true, false")
        settings["nested"] = table.get("nested", False) is True
        settings["weights"] = self._per_measure(table, "weights", 1.0, lambda v: v >= 0)
        if not any(settings["weights"].values()):
            self.problem("rfm.weights", "bad_number", value=0)
        cut_points = self._cut_points(table)
        bins = self._per_measure(table, "bins", 5, lambda v: 2 <= v <= 20 and v == int(v))
        settings["bins"] = {m: int(v) for m, v in bins.items()}
        if cut in ("mean", "median"):
            settings["bins"] = dict.fromkeys(MEASURES, 2)
        if cut == "fixed":
            for m in (m for m in MEASURES if m not in cut_points):
                self.problem(f"rfm.cut_points.{m}", "cut_points_missing", measure=m)
            settings["bins"] = {m: len(cut_points.get(m, ())) + 1 for m in MEASURES}
        settings["cut_points"] = cut_points
        settings["high"] = self._high(table.get("high", "mean"))
        settings["segments"] = self._segments(table.get("segments"), listed)
        if not one_digit(settings["bins"]):
            self._refuse_cells(settings["segments"], "segments" if listed else "rfm.segments")
        return RfmSettings(**settings)

    def _per_measure(
        self, table: Mapping[str, Any], key: str, default: float, ok: Callable[[float], bool]
    ) -> dict[str, float]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            return dict.fromkeys(MEASURES, self.number(table, key, "rfm", default, ok))
        self.known(value, MEASURES, f"rfm.{key}.")
        return {m: self.number(value, m, f"rfm.{key}", default, ok) for m in MEASURES}

    def _cut_points(self, table: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
        value = table.get("cut_points", {})
        if not isinstance(value, dict):
            self.problem("rfm.cut_points", "not_a_table")
            return {}
        self.known(value, MEASURES, "rfm.cut_points.")
        good = {}
        for measure in MEASURES:
            points = value.get(measure)
            if points is None:
                continue
            key = f"rfm.cut_points.{measure}"
            numbers = isinstance(points, list) and all(map(is_number, points))
            if not numbers or not points:
                self.problem(key, "bad_number", value=points)
            elif any(b <= a for a, b in itertools.pairwise(points)):
                self.problem(key, "not_ascending", value=", ".join(map(str, points)))
            else:
                good[measure] = tuple(float(p) for p in points)
        return good

    def _high(self, value: Any) -> High:
        of: Any = "score"
        at: Any = value
        if isinstance(value, dict):
            self.known(value, ("of", "at"), "rfm.high.")
            of, at = value.get("of", "score"), value.get("at", "mean")
        if of not in ("score", "measure") or not (is_number(at) or at in ("mean", "median")):
            self.problem("rfm.high", "choice", value=value, choices="mean, median")
            return High()
        return High(of=of, at=at)

    def _segments(self, named: Any, listed: Any) -> str | tuple[SegmentRule, ...] | None:
        key = "segments"
        if listed is None and isinstance(named, list):
            listed, key = named, "rfm.segments"
        if listed is not None:
            if not isinstance(listed, list) or not all(isinstance(r, dict) for r in listed):
                self.problem(key, "not_a_table")
                return None
            return tuple(self._rule(r, f"{key}[{i}]") for i, r in enumerate(listed))
        if named is None or named in (*MAPS, "none"):
            return None if named is None else str(named)
        self.problem("rfm.segments", "choice", value=named, choices=", ".join((*MAPS, "none")))
        return None

    def _refuse_cells(self, chosen: str | tuple[SegmentRule, ...] | None, key: str) -> None:
        """Cells such as 121 say nothing certain where a score may have two digits."""
        if chosen is None:
            return
        own = not isinstance(chosen, str)
        for i, rule in enumerate(segment_map(chosen)["rules"]):
            if "cells" in rule:
                where = f"{key}[{i}].cells" if own else key
                self.problem(where, "cells_ambiguous", most=MOST_ONE_DIGIT)
                if not own:
                    return

    def _rule(self, rule: Mapping[str, Any], where: str) -> SegmentRule:
        self.known(rule, KEYS["segments"], f"{where}.")
        ranges: dict[str, Any] = {}
        for measure in MEASURES:
            value = rule.get(measure)
            value = [value, value] if is_number(value) else value
            if value is None:
                continue
            pair = isinstance(value, list) and len(value) == 2
            whole = pair and all(is_number(v) and isinstance(v, int) for v in value)
            if not whole or value[0] > value[1]:
                self.problem(f"{where}.{measure}", "bad_range", value=value)
            else:
                ranges[measure] = (value[0], value[1])
        cells = rule.get("cells", [])
        if not isinstance(cells, list) or not all(isinstance(c, int) for c in cells):
            self.problem(f"{where}.cells", "bad_number", value=cells)
            cells = []
        name = self.words(rule.get("name", ""), f"{where}.name")
        if not any(name.values()):
            self.problem(f"{where}.name", "bad_text")
        return SegmentRule(name=name, cells=tuple(cells), **ranges)
