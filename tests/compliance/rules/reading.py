"""Reads the rules' source: which reason codes and which facts each rule can name."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from services.compliance.rules.core import Rule

# `short`, `late` and `mandatory` are what a rule calls a result that depends on the day or on an emergency.
_MAKERS = {"passed", "review", "fail", "not_applicable", "short", "late", "mandatory"}


def reason_codes(rule: Rule) -> set[str]:
    """Every reason code that the rule's functions write."""
    return {
        call.args[0].value
        for call in _calls(rule)
        if isinstance(call.func, ast.Name)
        and call.func.id in _MAKERS
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def has_computed_code(rule: Rule) -> bool:
    """Whether a reason code is computed, so that no reader can list it."""
    return any(
        isinstance(call.func, ast.Name) and call.func.id in _MAKERS and not isinstance(call.args[0], ast.Constant)
        for call in _calls(rule)
    )


def _calls(rule: Rule) -> Iterator[ast.Call]:
    module = inspect.getmodule(rule.check)
    assert isinstance(module, ModuleType)
    functions = _functions(module)
    waiting, seen = [rule.check.__name__], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Name):
                waiting.append(node.id)
            if isinstance(node, ast.Call) and node.args:
                yield node


@cache
def _functions(module: ModuleType) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
