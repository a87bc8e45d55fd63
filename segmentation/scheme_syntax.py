"""What keeps a scheme file from being TOML at all, as one of our problems."""

from __future__ import annotations

import re
import unicodedata

from segmentation.scheme_problems import Line

# What the parser says (its wording differs a little between versions), and what we call it.
_KINDS = {
    "toml_twice": r"Cannot (overwrite|declare|mutate)|Duplicate",
    "toml_bracket": r"Unclosed|Expected '\]+'",
    "toml_quote": r"Unterminated string|Illegal character '(\\n|\\r)",
    "toml_backslash": r"Unescaped '\\'",
    "toml_equals": r"Expected '=' after a key",
    "toml_key": r"Invalid (statement|initial)",
    "toml_value": r"Invalid value",
    "toml_end": r"Expected newline",
}
# Punctuation, symbols and blanks; outside of texts TOML has none but those of ASCII.
_SIGNS = "PSZ"
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]')
_PAIRS = {"]": "[", "}": "{"}


def syntax_problem(text: str, detail: str) -> Line:
    """Line, code and parameters (``detail``: the parser's own words; ``value``: the sign)."""
    named = re.search(r"line (\d+)", detail)
    lines = text.splitlines()
    number = int(named.group(1)) if named else None
    said: dict[str, object] = {"detail": re.sub(r" \(at [^()]*\)$", "", detail)}
    wide = _first_wide(lines[number - 1] if number and number <= len(lines) else "")
    if wide:
        return number, "toml_wide", {**said, "value": wide}
    open_at = _open_bracket(text)
    code = next((c for c, words in _KINDS.items() if re.search(words, detail)), "toml")
    before = open_at and (number is None or open_at < number)
    if before and code in ("toml_bracket", "toml_value"):
        return open_at, "toml_bracket", said
    if number is None:
        number = _last_line(lines)
    return number, code, said


def _first_wide(line: str) -> str:
    """The first full-width sign outside of texts and comments, or what stands in for a quote."""
    bare = _TEXT.sub("", line).partition("#")[0]
    return next((s for s in bare if not s.isascii() and unicodedata.category(s)[0] in _SIGNS), "")


def _open_bracket(text: str) -> int | None:
    """The line of the last bracket that nothing closes."""
    opened: list[tuple[str, int]] = []
    line = 1
    for match in _TOKEN.finditer(text):
        sign = match.group()
        line += sign == "\n"
        if sign in "[{":
            opened.append((sign, line))
        elif sign in _PAIRS and opened and opened[-1][0] == _PAIRS[sign]:
            opened.pop()
    return opened[-1][1] if opened else None


def _last_line(lines: list[str]) -> int | None:
    """Where the parser came to the end: the last line with anything on it."""
    found = [i for i, line in enumerate(lines, start=1) if line.strip()]
    return found[-1] if found else None
