"""What keeps a button from doing its work, apart from what the core refuses."""

from __future__ import annotations

from addin.words import Words


class ExcelProblem(Exception):  # noqa: N818 (it is told as a problem, not as an error)
    """Something in Excel that the user can put right.

    ``code`` names the sentence ``excel.problem.<code>`` of the language files, ``params`` fill it.
    """

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def told(self, words: Words) -> str:
        return words(f"excel.problem.{self.code}", **self.params)


class Stopped(Exception):  # noqa: N818 (the user wanted it)
    """The user pressed Stop."""


class Unfit(Exception):  # noqa: N818 (a way round it is known)
    """The results can't stand in this workbook; they go into one of their own."""
