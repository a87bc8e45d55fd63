"""The two language files say the same things, each in its language."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from addin.words import LANGUAGES
from segmentation.scheme_file import presets

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "addin" / "lang"
CJK = re.compile(r"[\u3400-\u9fff]")
CJK_OR_WIDE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# A text of at most two short words of Latin letters and signs (R, ABC, F{n}, CLV, xlsx) is the
# same in every language.
CODE = re.compile(r"[A-Z0-9][A-Za-z0-9]{0,5}([ \\/.:-]+[A-Z0-9]{1,5})?|[^A-Za-z]*")
# Names of things, the same in every language.
NAMES = {"template.font"}


def flat(node: Mapping[str, Any], at: str = "") -> dict[str, str]:
    """{"a.b": text} for every text of a language file; a list counts as texts a.0, a.1, …"""
    texts: dict[str, str] = {}
    for key, value in node.items():
        where = f"{at}.{key}" if at else key
        if isinstance(value, list):
            texts |= flat({str(number): each for number, each in enumerate(value)}, where)
        elif isinstance(value, Mapping):
            texts |= flat(value, where)
        else:
            texts[where] = str(value)
    return texts


def texts_of(lang: str) -> dict[str, str]:
    return flat(tomllib.loads((FOLDER / f"{lang}.toml").read_text(encoding="utf-8")))


def placeholders(text: str) -> set[str]:
    """The names of the {placeholders}; raises ValueError where braces do not pair."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def different_keys(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    return set(one) ^ set(other)


def different_placeholders(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    both = set(one) & set(other)
    return {key for key in both if placeholders(one[key]) != placeholders(other[key])}


# They join other texts, so that the blanks around them count.
SEPARATORS = re.compile(r"(cli\.list|.*[._]and)")


def empty(texts: Mapping[str, str]) -> set[str]:
    """The keys whose text is empty, or has blanks around it."""
    return {
        key
        for key, text in texts.items()
        if not text.strip() or (text != text.strip() and not SEPARATORS.fullmatch(key))
    }


def not_chinese(texts: Mapping[str, str]) -> set[str]:
    """The keys of Chinese texts without a Chinese character, codes aside."""
    bare = {key: re.sub(r"\{[^}]*\}", "", text).strip() for key, text in texts.items()}
    alike = {key for key, text in bare.items() if CODE.fullmatch(text)} | NAMES
    # A formula is the same in every language.
    alike |= {key for key, text in texts.items() if text.startswith("=")}
    return {key for key, text in bare.items() if not CJK.search(text)} - alike


def not_english(texts: Mapping[str, str]) -> set[str]:
    """The keys of English texts with a Chinese character or full-width sign."""
    return {key for key, text in texts.items() if CJK_OR_WIDE.search(text)}


INDUSTRY = re.compile(r"inputs\.header\.(?!general\.)")

# Texts in code, in their parts: what stands in it, and None for what is filled in.
Parts = tuple[str | None, ...]


def texts_in(source: str) -> set[Parts]:
    """Every text of a module; a whole one has one part."""
    found: set[Parts] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add((node.value,))
        elif isinstance(node, ast.JoinedStr):
            found.add(tuple(_part(value) for value in node.values))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "section":
            found |= {(*parts, ".", None) for parts in texts_in(ast.unparse(node.args[0]))}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            # A setting is looked up by the name of its field.
            found.add((node.target.id,))
        elif isinstance(node, ast.FunctionDef) and any(map(_registers, node.decorator_list)):
            # A function in cells is looked up by its name and those of its arguments.
            found |= {(node.name.upper(),), *((each.arg,) for each in node.args.args)}
    return found


def _registers(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "function"


def _part(value: ast.expr) -> str | None:
    return str(value.value) if isinstance(value, ast.Constant) else None


def unused(keys: Iterable[str], texts: set[Parts]) -> set[str]:
    """The keys that no text in code can be.

    A text with gaps counts only if it begins with the section, and if what fills its gaps stands
    in code too: ``f"error.{code}"`` uses ``error.exists`` where there is a text ``exists``.
    """
    whole = {parts[0] for parts in texts if len(parts) == 1 and parts[0] is not None} | {""}
    # A gap may be filled with a text that has a gap itself, such as missing_{role}_column.
    gapped = {p for p in texts if len(p) > 1 and p[0] and "." not in p[0]}
    prefixed = {p for p in texts if len(p) > 1 and p[0]}

    def fits(text: str, parts: Parts, *, deep: bool) -> bool:
        if not parts:
            return not text
        first, rest = parts[0], parts[1:]
        if first is not None:
            return text.startswith(first) and fits(text.removeprefix(first), rest, deep=deep)
        return any(
            fills(text[:end], deep=deep) and fits(text[end:], rest, deep=deep)
            for end in range(len(text) + 1)
        )

    def fills(text: str, *, deep: bool) -> bool:
        return text in whole or (deep and any(fits(text, p, deep=False) for p in gapped))

    return {
        key
        for key in keys
        if key not in whole
        and not any(
            str(parts[0]).split(".")[0] == key.split(".")[0] and fits(key, parts, deep=True)
            for parts in prefixed
        )
    }


def texts_in_excel(code: Iterable[str], ribbon: str) -> set[Parts]:
    """The words that the add-in's VBA and ribbon ask for."""
    found: set[Parts] = {(text,) for source in code for text in re.findall(r'"(vba\.\w+)"', source)}
    for rest in re.findall(r"<\w+(\s[^>]*)>", ribbon):
        ids = re.findall(r'\sid="(\w+)"', rest)
        asked = {"getLabel": "label", "getScreentip": "tip", "getSupertip": "help"}
        found |= {
            (f"ribbon.{name}.{word}",)
            for name in ids
            for callback, word in asked.items()
            if f" {callback}=" in rest
        }
    return found


def test_every_text_is_used() -> None:
    folders = ("addin", "segmentation", "templates")
    modules = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    texts = set[Parts]().union(*(texts_in(path.read_text(encoding="utf-8")) for path in modules))
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "addin" / "vba").iterdir()]
    ribbon = (ROOT / "addin" / "ribbon" / "customUI14.xml").read_text(encoding="utf-8")
    texts |= texts_in_excel(code, ribbon) | {(name,) for name in presets()}
    assert unused(texts_of("en"), texts) == set()


def test_both_languages_say_the_same() -> None:
    en, zh = texts_of("en"), texts_of("zh")
    assert set(LANGUAGES) == {"en", "zh"}
    # An industry says only what is called otherwise there than in general.
    differ = {key for key in different_keys(en, zh) if not INDUSTRY.match(key)}
    assert differ == set()
    assert different_placeholders(en, zh) == set()


def test_every_text_says_something_in_its_language() -> None:
    en, zh = texts_of("en"), texts_of("zh")
    assert empty(en) | empty(zh) == set()
    assert not_chinese(zh) == set()
    assert not_english(en) == set()


def test_a_text_that_nothing_uses_is_seen() -> None:
    source = """
words("a.used"); words(f"b.{code}"); Problem("known"); Problem(f"no_{role}_here"); "role"
words.section("c")["key"]; words.section(f"d.{table}"); "Table"; words(f"{any}.thing")
@function(cells="number")
def a_tier(words, cells): words(f"e.{name}.{argument}")
"""
    used = {"a.used", "b.known", "b.no_role_here", "c.key", "d.Table.key"}
    used |= {"e.A_TIER.cells"}
    loose = {
        "a.known",
        "b.unknown",
        "e.A_TIER.gone",
        "b.no_code_here",
        "c.other",
        "d.table.key",
        "d.Table.no",
    }
    assert unused(used | loose, texts_in(source)) == loose


def test_the_rules_can_fail() -> None:
    assert different_keys({"a": "x"}, {"b": "x"}) == {"a", "b"}
    assert different_placeholders({"a": "{n} rows"}, {"a": "{rows} 行"}) == {"a"}
    assert empty({"a": "", "b": "  ", "c": "x "}) == {"a", "b", "c"}
    assert not_chinese(
        {"a": "not translated", "b": "RFM", "c": "客户", "d": "R \\ F", "e": "=SUM(A1)"}
    ) == {"a"}
    assert not_english({"a": "客户", "b": "customers\uff0c", "c": "a – b"}) == {"a", "b"}
    assert flat({"a": {"b": "x", "c": ["y", "z"]}}) == {"a.b": "x", "a.c.0": "y", "a.c.1": "z"}
