"""Problems and results as sentences in the user's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from addin.hosts.file.errors import TemplateError
from addin.setup.errors import SetupError
from addin.words import Words
from segmentation.errors import FenjiError, SchemeError, UsageError

# Sheet, row number (or the name of a cell or table), and what is wrong, in words.
SettingsProblem = tuple[str, int | str, str]

# argparse's own sentences (their wording differs a little between versions of Python).
_USAGE = {
    "unknown": r"unrecognized arguments: (?P<given>.+)",
    "missing": r"the following arguments are required: (?P<given>.+)",
    "choice": r"argument .+?: invalid choice: (?P<given>.+?) \(choose from (?P<choices>.+)\)",
    "value": r"argument (?P<option>.+?): expected .+",
    "no_value": r"argument (?P<option>.+?): ignored explicit argument .+",
}


class SettingsError(UsageError):
    """The sheet Settings of a workbook has problems; ``problems`` lists all of them."""

    def __init__(self, file: str, problems: list[SettingsProblem]) -> None:
        super().__init__("settings", file=file)
        self.file = file
        self.problems = problems


def explain_error(error: FenjiError, words: Words) -> str:
    """One clear sentence; a scheme's problems follow one per line."""
    if isinstance(error, SchemeError):
        head = words("error.scheme", source=error.source)
        return "\n".join([head, *(f"  {scheme_problem(p, words)}" for p in error.problems)])
    if isinstance(error, SetupError):
        return words(f"setup_error.{error.code}", **error.params)
    if isinstance(error, SettingsError):
        head = words("error.settings", file=error.file)
        return "\n".join([head, *(f"  {_settings_problem(p, words)}" for p in error.problems)])
    params: dict[str, Any] = dict(error.params)
    if "role" in params and words.has(f"role.{params['role']}"):
        params["role_name"] = words(f"role.{params['role']}")
    if error.code == "measure_absent":
        return _absent(params, words)
    if "measure" in params:
        params["measure"] = _measure(str(params["measure"]), words)
    if isinstance(params.get("counts"), dict):
        params["counts"] = reasons(params["counts"], words)
    if error.code == "usage":
        params["detail"] = usage_detail(params["detail"], words)
    return words(f"error.{error.code}", **params)


def _absent(params: Mapping[str, Any], words: Words) -> str:
    """The measures that a grading lacks; columns of the user's own can be pointed out."""
    key = str(params["measure"])
    missing: Mapping[str, Mapping[str, str]] = params.get("measures", {key: {}})
    names = [own.get(words.lang) or _measure(k, words) for k, own in missing.items()]
    said = words("error.measure_absent_and").join(names)
    own_keys = [k for k, own in missing.items() if own]
    if not own_keys:
        return words("error.measure_absent_derived", measure=said)
    options = [words("error.measure_absent_option", key=k) for k in own_keys]
    return words("error.measure_absent", measure=said, options=" ".join(options))


def _measure(key: str, words: Words) -> str:
    """What a measure is called; a column of the user's own goes by its key."""
    named = [k for k in (f"measure.{key}", f"measure_name.{key}") if words.has(k)]
    return words(named[0]) if named else key


def usage_detail(message: str, words: Words) -> str:
    """What argparse says in English, in the user's language."""
    for kind, pattern in _USAGE.items():
        found = re.fullmatch(pattern, message)
        if found:
            parts = {k: v.replace("'", "") for k, v in found.groupdict().items()}
            return words(f"usage_error.{kind}", **parts)
    return message


def _settings_problem(problem: SettingsProblem, words: Words) -> str:
    sheet, place, text = problem
    how = "row" if isinstance(place, int) else "cell"
    return words(f"settings_error.{how}", sheet=sheet, place=place, text=text)


class _Told(dict[str, object]):
    """What fills a sentence; what is not known is left open rather than an error."""

    def __missing__(self, key: str) -> str:
        return "…"


def scheme_problem(problem: tuple[int | None, str, Mapping[str, object]], words: Words) -> str:
    """One problem as a sentence; one that nobody has put into words is told with its key."""
    line, code, params = problem
    sentences = words.section("scheme_error")
    text = sentences.get(code, sentences["other"]).format_map(_Told(params))
    return text if line is None else words("scheme_error.line", line=line, text=text)


def reasons(counts: Mapping[str, int], words: Words) -> str:
    """``Cancelled 12, Unreadable date 3``."""
    parts = [f"{words(f'reason.{k}')} {n:,}" for k, n in counts.items()]
    return words("cli.list").join(parts)


def template_problem(error: TemplateError, words: Words) -> str:
    """What keeps a template from being filled, as part of a sentence."""
    params: dict[str, Any] = {
        k: ", ".join(map(str, v)) if isinstance(v, list) else v for k, v in error.params.items()
    }
    return words(f"template_error.{error.code}", **params)
