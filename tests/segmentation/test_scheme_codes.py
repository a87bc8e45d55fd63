"""Every problem that the core can find in a scheme file has its sentence in both languages."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator

import pytest

from addin.messages import explain_error
from addin.words import LANGUAGES, words
from segmentation.errors import SchemeError
from segmentation.scheme_problems import _BY_TYPE
from segmentation.scheme_reader import _UNSAID
from tests.conftest import ROOT

MODULES = sorted((ROOT / "segmentation").rglob("*.py"))
Use = tuple[str, str, frozenset[str]]
# What pydantic's own problems bring along (see ``problems_of``).
OF_PYDANTIC = {
    "unknown_key": {"value", "choices"},
    "choice": {"value", "choices"},
    "bad_number": {"value", "allowed"},
    "bad_length": {"value", "allowed"},
}


def uses(source: str, name: str) -> Iterator[Use]:
    """Where, code, parameters of every problem that a module makes."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        assigned = [
            (node.lineno, target.id, node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        ]
        for node in ast.walk(function):
            line = getattr(node, "lineno", 0)
            known = {given: value for at, given, value in sorted(assigned, key=_line) if at <= line}
            where = f"{name}:{line}"
            if isinstance(node, ast.Tuple) and len(node.elts) == 3 and is_text(node.elts[1]):
                given = names(node.elts[2], known)
                if given is not None:
                    yield where, ast.literal_eval(node.elts[1]), given
            elif isinstance(node, ast.Return) and ("problems" in name or "methods" in name):
                pair = node.value.elts if isinstance(node.value, ast.Tuple) else []
                if len(pair) == 2 and is_text(pair[0]) and ast.literal_eval(pair[0]):
                    given = names(pair[1], known)
                    if given is not None:
                        yield where, ast.literal_eval(pair[0]), given
            elif isinstance(node, ast.Call):
                called = ast.unparse(node.func).rsplit(".", 1)[-1]
                place = {"refused": 0, "problem": 1}.get(called)
                if place is not None and len(node.args) > place and is_text(node.args[place]):
                    given = frozenset[str]().union(
                        *({k.arg} if k.arg else names(k.value, known) or () for k in node.keywords)
                    )
                    if called == "refused":
                        given |= {"value"}
                    yield where, ast.literal_eval(node.args[place]), given


def _line(assigned: tuple[int, str, ast.expr]) -> int:
    return assigned[0]


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def names(node: ast.expr, known: dict[str, ast.expr]) -> frozenset[str] | None:
    """The keys of a dict that stands there, or was given a name above."""
    if isinstance(node, ast.Name) and node.id in known:
        return names(known[node.id], known)
    if not isinstance(node, ast.Dict):
        return None
    found: set[str] = set()
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            found |= names(value, known) or set()
        else:
            found.add(str(ast.literal_eval(key)))
    return frozenset(found)


def all_uses() -> list[Use]:
    made = [
        u
        for m in MODULES
        for u in uses(m.read_text(encoding="utf-8"), m.relative_to(ROOT).as_posix())
    ]
    codes = [*_BY_TYPE.values(), "other"]
    return [
        *made,
        *(("pydantic", c, frozenset(OF_PYDANTIC.get(c, {"value"}))) for c in dict.fromkeys(codes)),
    ]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def wrong(found: list[Use], sentences: dict[str, str]) -> list[str]:
    """Codes without a sentence, and sentences that ask for what a problem does not tell."""
    complaints = []
    for where, code, given in found:
        told = given | {"key"} | set(_UNSAID.get(code, {}))
        if code not in sentences:
            complaints.append(f"{where}: {code} {sorted(given)} has no sentence")
        elif lacking := placeholders(sentences[code]) - told:
            complaints.append(f"{where}: {code} does not tell {sorted(lacking)}")
    return complaints


def idle(found: list[Use], sentences: dict[str, str]) -> list[str]:
    """What problems tell and their sentence does not say; a value may stay unsaid."""
    return [
        f"{where}: {code} {sorted(unsaid)}"
        for where, code, given in found
        if code in sentences
        and (unsaid := given - placeholders(sentences[code]) - {"key", "value", "choices"})
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_problem_has_its_sentence(lang: str) -> None:
    found = all_uses()
    assert {"overlap", "gap", "not_ascending", "unknown_key", "no_strategy"} <= {
        code for _, code, _ in found
    }
    sentences = words(lang).section("scheme_error")
    assert wrong(found, sentences) == []
    assert idle(found, sentences) == []


def test_the_rule_can_fail() -> None:
    source = """
def problems(part):
    shown = {"value": 1}
    found = [("a", "known", {**shown, "tier": 2}), ("b", "lost", {})]
    reader.problem(path, "half", **shown)
"""
    found = sorted(uses(source, "x"))
    assert [(c, sorted(g)) for _, c, g in found] == [
        ("known", ["tier", "value"]),
        ("lost", []),
        ("half", ["value"]),
    ]
    sentences = {"known": "{key} {value}", "half": "{key} {value} {allowed}"}
    assert wrong(found, sentences) == [
        "x:4: lost [] has no sentence",
        "x:5: half does not tell ['allowed']",
    ]
    assert idle(found, sentences) == ["x:4: known ['tier']"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", ["never_heard_of", "unknown_key", "limit_missing"])
def test_a_problem_without_its_words_is_told_all_the_same(lang: str, code: str) -> None:
    """Whatever a method says of a scheme, the user gets a sentence with the key and the line."""
    problem = (7, code, {"key": "tiers[1].share", "value": "0.5"})
    said = explain_error(SchemeError("my.toml", [problem]), words(lang)).splitlines()
    assert len(said) == 2
    assert "7" in said[1]
    assert "{" not in said[1]
    if code in ("never_heard_of", "unknown_key"):
        assert "tiers[1].share" in said[1]
