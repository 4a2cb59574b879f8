"""Lets the inspectors of pasted code look at a text, as examine_told does."""

from __future__ import annotations

import textwrap

from wizard.evidence import Finding, Inspector, Unanswered
from wizard.evidence.artifacts.source_code import read_code
from wizard.evidence.inspection import answer, find_inspectors


def code_inspectors() -> list[Inspector]:
    """All inspectors that take pasted code."""
    return [one for one in find_inspectors("told") if one.judge.__module__.split(".")[-1].startswith("code_")]


def judged(text: str) -> dict[str, Finding | Unanswered]:
    """What each inspector says of TEXT; nothing if it is no code."""
    code = read_code(textwrap.dedent(text))
    return {} if code is None else {one.check: answer(one, code, {}, {}) for one in code_inspectors()}


def outcome(check: str, text: str) -> str:
    """The outcome of CHECK, or the reason why there is none."""
    result = judged(text)[check]
    return result.outcome if isinstance(result, Finding) else result.reason


def line(check: str, text: str) -> int | None:
    """The line that the finding of CHECK points to."""
    result = judged(text)[check]
    return result.where.line if isinstance(result, Finding) and result.where else None
