"""How many small defects in the rules their cases notice: `python3 sunfair.py bench mutants [--every N] [MODULE …]`.

Each mutant changes one thing in one function of `services/compliance/rules` (a comparison, a number, a word of logic,
a finding made milder, a finding left out) in a process of its own, and then the cases, the labelled texts and the other
tests of the rules are asked. A mutant that nothing notices is printed with its line; those that cannot be noticed,
because they mean the same, are listed with the reason in `bench/mutants.txt` and not counted.
"""

import argparse
import ast
import contextlib
import functools
import gc
import importlib
import os
import pkgutil
import signal
import sys
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.compliance import rules
from tests.compliance.rules import test_cases
from tests.compliance.rules.corpus_report import judgements

EXPLAINED = Path(__file__).with_name("mutants.txt")
TESTS = Path(rules.__file__).parents[3] / "tests" / "compliance" / "rules"
# Tests beside the cases and the corpus that know the rules in detail and take seconds, not minutes.
OTHER_TESTS = ("test_engine.py", "test_law.py", "test_rulebook.py", "test_scenarios.py", "text")
DESELECTED = ("test_any_facts_get_an_answer", "test_no_sentence_is_left_with_a_gap", "test_growth", "test_linear")
LONGEST_SECONDS = 60
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}
NAMES = {
    "fail": "review",
    "review": "passed",
    "passed": "review",
    "not_applicable": "passed",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
}


@dataclass(frozen=True)
class Mutant:
    """One change: the module, the function it stands in, the line, and what was changed into what."""

    module: str
    function: str
    line: int
    change: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The same from one run to the next as long as the line's text is the same."""
        return f"{self.module.removeprefix('services.compliance.rules.')}:{self.function} {self.change}"


def modules() -> list[str]:
    """Every module of the rules but the facts, which hold no reasoning."""
    found = [each.name for each in pkgutil.walk_packages(rules.__path__, "services.compliance.rules.")]
    return [name for name in found if ".facts" not in name and not name.endswith(("describing", "history", "__main__"))]


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    source = Path(importlib.import_module(module).__file__ or "").read_text("utf-8")
    lines = source.splitlines()
    count = sum(1 for _ in _places(ast.parse(source)))
    for number in range(count):
        tree = ast.parse(source)
        function, node, apply = next(place for index, place in enumerate(_places(tree)) if index == number)
        line = node.lineno
        what = apply()
        yield Mutant(module, function, line, f"[{what}] {lines[line - 1].strip()}", ast.fix_missing_locations(tree))


def _places(tree: ast.Module) -> Iterator[tuple[str, ast.expr | ast.stmt, functools.partial[str]]]:
    for function in [node for node in tree.body if isinstance(node, ast.FunctionDef)]:
        for node in ast.walk(ast.Module(function.body, [])):
            yield from ((function.name, node, change) for change in _changes(node))  # type: ignore[misc]  # Only expressions and statements have changes.


def _changes(node: ast.AST) -> Iterator[functools.partial[str]]:
    yield from _other_operators(node)
    yield from _other_words(node)


def _other_operators(node: ast.AST) -> Iterator[functools.partial[str]]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield functools.partial(_set, node, "ops", [COMPARISONS[type(op)]()], type(op).__name__)
        case ast.BoolOp(op=op):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield functools.partial(_set, node, "op", other, type(op).__name__)
        case ast.BinOp(op=op) if type(op) in ARITHMETIC:
            yield functools.partial(_set, node, "op", ARITHMETIC[type(op)](), type(op).__name__)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield functools.partial(_set, node, "operand", ast.UnaryOp(ast.Not(), operand), "not not")


def _other_words(node: ast.AST) -> Iterator[functools.partial[str]]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) if isinstance(test, ast.Name | ast.Call | ast.Attribute):
            yield functools.partial(_set, node, "test", ast.UnaryOp(ast.Not(), test), "if not")
        case ast.Constant(value=bool(value)):
            yield functools.partial(_set, node, "value", not value, str(value))
        case ast.Constant(value=int(value)):
            yield functools.partial(_set, node, "value", value + 1, f"{value}+1")
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield functools.partial(_set, node, "func", ast.Name(NAMES[name], ast.Load()), f"{name}→{NAMES[name]}")
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield functools.partial(_silence, node)


def _set(node: ast.AST, field: str, value: object, said: str) -> str:
    setattr(node, field, value)
    return said


def _silence(node: ast.Expr) -> str:
    """Leave out what is yielded; it stays a generator."""
    node.value = ast.YieldFrom(ast.Tuple([], ast.Load()))
    return "no yield"


def is_noticed(mutant: Mutant, own_rules: list[str]) -> bool:
    """Whether anything fails once the change is made; in a child process, which then is gone."""
    child = os.fork()
    if child == 0:
        with (
            Path(os.devnull).open("w") as nowhere,
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            os._exit(_asked(mutant, own_rules))
    waited = time.monotonic()
    while time.monotonic() - waited < LONGEST_SECONDS:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.01)
    # What never ends is noticed too.
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _asked(mutant: Mutant, own_rules: list[str]) -> int:
    try:
        _put_in_place(mutant)
        _ask_cases(own_rules)
        if ".text" in mutant.module or any(rule in own_rules for rule in ("adm.company_text", "notice.apportion")):
            return _asked_of_texts() or _asked_of_others()
    except BaseException:  # noqa: BLE001  Any failure at all is the mutant's end.
        return 1
    return _asked_of_others()


def _asked_of_texts() -> int:
    return int(any(judgement.given != judgement.expected for judgement in judgements("seen")))


def _asked_of_others() -> int:
    wanted = [str(TESTS / name) for name in OTHER_TESTS]
    expression = " and ".join(f"not {name}" for name in DESELECTED)
    return int(pytest.main([*wanted, "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", expression]))


def _ask_cases(own_rules: list[str]) -> None:
    """Every dated case, those of the mutated rules first."""
    everything = [tuple(each.values) for each in test_cases._all_cases()]
    for rule, case in sorted(everything, key=lambda each: each[0] not in own_rules):
        test_cases.test_the_rule_answers_its_case(rule, case)


def _put_in_place(mutant: Mutant) -> None:
    """Give the living function its changed code, and forget what was remembered before the change."""
    compiled = compile(mutant.tree, mutant.module, "exec")
    codes = {code.co_name: code for code in compiled.co_consts if isinstance(code, types.CodeType)}
    for living in gc.get_objects():
        if isinstance(living, types.FunctionType) and living.__module__ == mutant.module:
            if living.__qualname__ == mutant.function:
                living.__code__ = codes[mutant.function]
        elif isinstance(living, functools._lru_cache_wrapper):
            remembered = getattr(living, "__module__", "") or ""
            if remembered == mutant.module or remembered.endswith(("passages", "company_text", "notices", "wording")):
                living.cache_clear()


def rules_of(module: str) -> list[str]:
    """The rules that a module holds; those of the text library are read by all."""
    return [rule.id for rule in rules.RULEBOOK if rule.check.__module__ == module]


def main() -> None:
    """Print the survivors of each module and the share that was noticed."""
    parser = argparse.ArgumentParser(description="Mutation testing of the rules.")
    parser.add_argument("--every", type=int, default=1, help="take only every N-th mutant")
    parser.add_argument("modules", nargs="*", help="such as admission or text.apportion; default: all")
    arguments = parser.parse_args()
    explained = set(EXPLAINED.read_text("utf-8").splitlines()) if EXPLAINED.exists() else set()
    wanted = [f"services.compliance.rules.{name}" for name in arguments.modules] or modules()
    total = noticed = 0
    for module in wanted:
        found = [each for each in list(mutants(module))[:: arguments.every] if each.name not in explained]
        living = []
        for mutant in found:
            if not is_noticed(mutant, rules_of(module)):
                living.append(mutant)
                print(f"  survives: {mutant.name}  (line {mutant.line})", flush=True)
        total, noticed = total + len(found), noticed + len(found) - len(living)
        if found:
            print(
                f"{module.removeprefix('services.compliance.rules.'):<24}{len(found) - len(living):5} of {len(found)}"
            )
    print(f"noticed {noticed} of {total} mutants, {100 * noticed / max(total, 1):.1f} %")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
