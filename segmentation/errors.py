"""What can go wrong, as codes with parameters; the hosts put it into the user's language."""

from __future__ import annotations


class FenjiError(Exception):
    """A problem that the user can do something about.

    ``code`` names the sentence ``error.<code>`` of the language files, ``params`` fill it.
    ``exit_code`` is what the command line ends with.
    """

    exit_code = 3

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class UsageError(FenjiError):
    """The request itself is wrong: an option, a role, a scheme key."""

    exit_code = 2


class DataError(FenjiError):
    """These data can't be graded as they are."""

    exit_code = 3


class FileError(FenjiError):
    """A file can't be read or written."""

    exit_code = 4


class SchemeError(UsageError):
    """A scheme file has problems; ``problems`` lists all of them."""

    def __init__(self, source: str, problems: list[tuple[int | None, str, dict[str, object]]]):
        super().__init__("scheme", source=source)
        self.source = source
        self.problems = problems
