"""The help as a page for the browser."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

from addin.words import Words

_STEPS = ("first", "second", "third")
_BUTTONS = ("grade", "check", "template", "compare", "explain", "stop")
_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/1.6 "Segoe UI", "Microsoft YaHei", "PingFang SC", sans-serif;
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ border-bottom: 1px solid #ddd; padding: .3rem .6rem; text-align: left;
  vertical-align: top; }}
code {{ background: #f3f5f7; padding: 0 .2rem; }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


def page_text(text: Words, folder: Path, own: Mapping[str, str]) -> str:
    """The help: three steps, the buttons, the functions, and where things lie.

    ``own`` are the sentences that differ by program, as under ``excel.help``, and what is to
    be said of a button in the place of its own help.
    """
    parts = [_heading(own["start"])]
    steps = "".join(f"<li>{html.escape(own[step])}</li>" for step in _STEPS)
    parts.append(f"<ol>{steps}</ol>")
    parts.append(_heading(own["buttons"]))
    rows = "".join(
        f"<tr><th>{html.escape(text(f'ribbon.{b}.label'))}</th>"
        f"<td>{html.escape(own.get(b) or text(f'ribbon.{b}.help'))}</td></tr>"
        for b in _BUTTONS
    )
    parts.append(f"<table>{rows}</table>")
    parts.append(_heading(own["functions"]))
    parts += [_paragraph(own["functions_how"]), _functions(text)]
    parts.append(_heading(own["places"]))
    parts.append(_paragraph(own["configuration"].format(folder=folder)))
    title = own["title"]
    return _PAGE.format(lang=text.lang, title=html.escape(title), body="\n".join(parts))


def _functions(text: Words) -> str:
    from addin.functions.define import FUNCTIONS  # noqa: PLC0415 (late: only this page asks)

    parts = []
    for name, made in sorted(FUNCTIONS.items()):
        shown = ", ".join(f"[{a.name}]" if a.optional else a.name for a in made.arguments)
        parts.append(f"<h3><code>{name}({shown})</code></h3>{_paragraph(made.help(text))}")
        rows = "".join(
            f"<tr><th>{a.name}</th><td>{html.escape(made.argument_help(a.name, text))}</td></tr>"
            for a in made.arguments
        )
        parts.append(f"<table>{rows}</table>")
    return "".join(parts)


def _heading(text: str) -> str:
    return f"<h2>{html.escape(text)}</h2>"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"
