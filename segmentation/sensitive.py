"""Criteria that may discriminate: age, gender, occupation, education, health and the like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from segmentation.grading import needs
from segmentation.scheme import ColumnSettings, Scheme
from segmentation.vocabulary import plain, vocabulary

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_LETTERS = re.compile(r"[^a-z]+")


def sensitive_columns(scheme: Scheme) -> list[str]:
    """The keys of the scheme's columns that a grading reads and that are sensitive."""
    read = {k: scheme.columns[k] for k in needs(scheme) if k in scheme.columns}
    return sensitive_keys(read)


def sensitive_keys(
    columns: Mapping[str, ColumnSettings], headers: Mapping[str, str] | None = None
) -> list[str]:
    """The sensitive ones of these columns: by key, names, ``headers``, or the header read."""
    found = headers or {}
    return [
        key
        for key, own in columns.items()
        if sensitive_column(key, own.name, (*own.headers, found.get(key, "")))
    ]


def sensitive_column(key: str, names: Mapping[str, str], headers: Iterable[str] = ()) -> bool:
    """Whether a column is sensitive: by key, names or headers."""
    return any(map(is_sensitive, (key, *names.values(), *headers)))


def is_sensitive(text: str) -> bool:
    """Whether a name speaks of something sensitive.

    ``customer_age`` does, ``image`` and ``account age`` do not: English words count whole,
    Chinese ones wherever they stand.
    """
    words, bare = vocabulary().sensitive, plain(text)
    if any(harmless in bare for harmless in words["harmless"]):
        return False
    spaced = _CAMEL.sub(" ", unicodedata.normalize("NFKC", text)).casefold()
    tokens = set(_NOT_LETTERS.split(spaced))
    return (
        not tokens.isdisjoint(words["words"])
        or bare in words["names"]
        or any(part in bare for part in words["inside"])
    )
