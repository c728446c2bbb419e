"""Names the content of one rule: its code with all that it calls, its values, word lists and sentences.

Comments, docstrings and the way lines are broken do not count: only what can change an answer or its words does.
"""

import ast
import functools
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.compliance.rules.canonical import sha256_of
from services.compliance.rules.core import Rule
from services.compliance.rules.law import Parameter, released_parameters
from services.compliance.rules.sentences import LANGUAGES, catalogue

ENGINE = "engine"
LENGTH = 16
_RULES = Path(__file__).parent
_PACKAGE = "services.compliance.rules."
# What every rule stands on; it has a name and a history of its own, so that not every rule changes with it.
_COMMON = ("core", "engine", "answer", "law", "keys", "canonical", "sentences", "stages", "shapes")
_LEXICON = re.compile(r'lexicon\("(\w+)"\)')


@dataclass(frozen=True)
class Module:
    """What stands at the top of a module: name → source, and what it takes from other modules of ours."""

    sources: Mapping[str, str]
    names: Mapping[str, frozenset[str]]
    imported: Mapping[str, tuple[str, str]]


def fingerprint(rule: Rule) -> str:
    """The name of the rule's content, in lower-case hexadecimal."""
    code = _code(rule)
    text = "".join(code.values())
    used = [p for name, p in released_parameters().items() if may_ask(rule, name)]
    content = {
        "code": code,
        "lexicons": {name: _read(f"lexicons/{name}.yaml") for name in sorted(set(_LEXICON.findall(text)))},
        "parameters": {parameter.name: _values(parameter) for parameter in used},
        "sentences": {language: catalogue(language)["rules"][rule.id] for language in LANGUAGES},
    }
    return sha256_of(content)[:LENGTH]


def may_ask(rule: Rule, parameter: str) -> bool:
    """Whether the rule may ask for the parameter: it bears the rule's name, or code that the rule reaches names it.

    Of a rule that is not of this package the code is not read; it may ask for anything.
    """
    foreign = not rule.check.__module__.startswith(_PACKAGE)
    return foreign or parameter.startswith(f"{rule.id}.") or parameter in _named(rule)


@functools.cache
def _code(rule: Rule) -> dict[str, str]:
    return dict(sorted(_closure(rule.check.__module__, rule.check.__name__)))


@functools.cache
def _named(rule: Rule) -> frozenset[str]:
    text = "".join(_code(rule).values())
    return frozenset(name for name in released_parameters() if f'"{name}"' in text)


def engine_fingerprint() -> str:
    """The name of what all rules stand on."""
    code = {name: module(_PACKAGE + name).sources for name in _COMMON}
    words = {language: catalogue(language)["common"] for language in LANGUAGES}
    return sha256_of({"code": code, "sentences": words})[:LENGTH]


def _closure(module_name: str, name: str) -> Iterator[tuple[str, str]]:
    """Everything of ours that is reached from a name: `module:name` and its source."""
    waiting, seen = [(module_name, name)], set()
    while waiting:
        place = waiting.pop()
        home = place[0].removeprefix(_PACKAGE)
        if place in seen or not place[0].startswith(_PACKAGE) or home in _COMMON or home.startswith("facts"):
            continue
        seen.add(place)
        found = module(place[0])
        if place[1] in found.imported:
            waiting.append(found.imported[place[1]])
        elif place[1] in found.sources:
            yield f"{home}:{place[1]}", found.sources[place[1]]
            waiting += [(place[0], each) for each in found.names[place[1]]]


@functools.cache
def module(name: str) -> Module:
    """A module of the rules, read and not run."""
    path = _RULES.joinpath(*name.removeprefix(_PACKAGE).split("."))
    return module_of((path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8"))


def module_of(source: str) -> Module:
    """The module of a source text."""
    lines = _without_comments(source)
    sources: dict[str, str] = {}
    names: dict[str, frozenset[str]] = {}
    imported: dict[str, tuple[str, str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_PACKAGE):
            imported |= {each.asname or each.name: (str(node.module), each.name) for each in node.names}
        for defined in _defined(node):
            sources[defined] = sources.get(defined, "") + _dense(node, lines)
            used = frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
            names[defined] = names.get(defined, frozenset()) | used
    return Module(sources, names, imported)


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def _without_comments(source: str) -> list[str]:
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            lines[line - 1] = lines[line - 1][:column]
    return lines


def _dense(node: ast.stmt, lines: list[str]) -> str:
    """The source of a statement without docstrings, white space, and the commas that only a broken line needs."""
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
    dropped = {line for inner in ast.walk(node) for line in _docstring_lines(inner)}
    kept = (lines[line - 1] for line in range(first, (node.end_lineno or first) + 1) if line not in dropped)
    dense = "".join("".join(kept).split())
    for closing in ")]}":
        dense = dense.replace(f",{closing}", closing)
    return dense


def _docstring_lines(node: ast.AST) -> range:
    documented = isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None
    if not documented or not isinstance(node, ast.FunctionDef | ast.ClassDef):
        return range(0)
    words = node.body[0]
    return range(words.lineno, (words.end_lineno or words.lineno) + 1)


def _values(parameter: Parameter) -> list[Any]:
    return [[str(value.since), value.value, value.source] for value in parameter.values]


def _read(name: str) -> str:
    return (_RULES / name).read_text("utf-8")
