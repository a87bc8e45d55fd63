"""What can go wrong when a template is filled."""

from __future__ import annotations


class TemplateError(Exception):
    """A template can't be filled. Carries a code and the facts, never a wording.

    ``code`` is one of ``not_a_workbook`` (path, reason), ``table_missing`` (tables, cells),
    ``cell_missing`` (cell), ``column_missing`` (table, columns), ``content_below``
    (table, sheet, cell), ``cell_in_table`` (cell, table), ``too_many_rows``
    (table, rows, limit), ``write_failed`` (path, reason), ``scores`` (limit, scores).
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
