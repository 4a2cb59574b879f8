"""Pasted text as Python: fences, prompts and magics taken away, what does not parse left out, every line in its place.

Only parsed, never run. A text of no Python at all gives no statements.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

MOST_LINES_MENDED = 1500  # of one block: beyond, a broken one is left out whole
MOST_MENDS, MOST_MENDED_BLOCKS = 8, 20  # each mend parses the block again

FENCE = re.compile(r"^\s*(?:```+|~~~+)\s*([\w+{}-]*)")
PYTHON = {"", "python", "py", "python3", "pycon", "ipython", "ipython3", "jupyter", "pytorch", "{python}"}
PROMPT = re.compile(r"^\s*>>>(?: |$)")
DOCTEST = re.compile(r"^\s*(?:>>>|\.\.\.)(?: |$)")
CELL = re.compile(r"^\s*(?:In|Out)? ?\[[\d* ]*\]: ?")
CONTINUED = re.compile(r"^\s*\.\.\.+: ?")
MAGIC = re.compile(r"^(\s*)(?:%%?[a-zA-Z]|![a-zA-Z.]).*")
OLD_PRINT = re.compile(r"^(\s*)print\s+[^\s(=.,:\]\[].*")  # of Python 2
NUMBERED = re.compile(r"^\s*(\d+)(?:[|:.]? (.*)|[|:.]?\t(.*)|)$")
ELIDED = re.compile(
    r"#\s*(?:\.\.\.|…|\[\.\.\.]|.*\b(?:rest of|omitted|snip|same as|skipped)\b)|^\s*(?:\.\.\.|…)\s*$|#.*省略"
)
HEADER = re.compile(r"(?:async |class |def |for |while |if |with |try:|@)")
GOES_ON = re.compile(r"(?:[)\]}]|(?:else|elif|except|finally)\b)")


@dataclass(frozen=True, slots=True)
class Parsed:
    """Statements with the line numbers of the text, and the lines that were left out or stand for more."""

    statements: list[ast.stmt]
    gaps: frozenset[int]


def parse(text: str) -> Parsed:
    """What of TEXT is Python. Never raises."""
    text = re.sub("[\u200b\ufeff]", "", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " "))
    lines = [_spaced(line) for line in text.split("\n")]
    statements = _statements("\n".join(lines))
    if isinstance(statements, list):
        return Parsed(statements, _elided(lines))
    return max(map(_parsed, _readings(lines)), key=lambda way: sum(map(_height, way.statements)))


def _readings(lines: list[str]) -> Iterator[list[str]]:
    """The lines as one of the pages they may come from shows them; a fence or prompt may also stand in a docstring."""
    fenced = _unfenced(lines)
    for reading in [fenced] if fenced == lines else [fenced, lines]:
        yield _dedented(_without_numbers(list(_without_cells(reading))))
        if any(PROMPT.match(line) for line in reading):
            yield _dedented([DOCTEST.sub("", line) if DOCTEST.match(line) else "" for line in reading])


def _height(statement: ast.stmt) -> int:
    return (statement.end_lineno or statement.lineno) - statement.lineno + 1


def _elided(lines: list[str]) -> frozenset[int]:
    return frozenset(number for number, line in enumerate(lines, 1) if ELIDED.search(line))


def _parsed(lines: list[str]) -> Parsed:
    """All of LINES at once if they parse, else piece by piece."""
    plain = [MAGIC.sub(r"\1pass", OLD_PRINT.sub(r"\1pass", line)) for line in lines]
    for shape in (lines, plain, _first_line_moved(plain)):
        statements = _statements("\n".join(shape))
        if isinstance(statements, list):
            return Parsed(statements, _elided(lines))
    found: list[ast.stmt] = []
    left_out = set(_elided(lines))
    mendable = MOST_MENDED_BLOCKS
    for start, block in _blocks(plain):
        pieces, gaps = _mended(block, MOST_MENDS if mendable else 0)
        mendable -= bool(gaps and len(block) > 1 and mendable)
        found += [ast.increment_lineno(piece, start) for piece in pieces]
        left_out |= {start + gap for gap in gaps}
    return Parsed(found, frozenset(left_out))


def _spaced(line: str) -> str:
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].expandtabs(4) + body


def _unfenced(lines: list[str]) -> list[str]:
    fences = [number for number, line in enumerate(lines) if FENCE.match(line)]
    if len(fences) < 2:
        return ["" if number in fences else line for number, line in enumerate(lines)]
    kept, inside, python = [], False, False
    for line in lines:
        fence = FENCE.match(line)
        if fence:
            inside = not inside
            python = inside and fence[1].lower() in PYTHON
        kept.append(line if python and not fence else "")
    return kept


def _without_cells(lines: list[str]) -> Iterator[str]:
    """Without "In [3]:" and without what was printed after "Out[3]:"."""
    if not any(CELL.match(line) for line in lines):
        yield from lines
        return
    printed = False
    for line in lines:
        cell = CELL.match(line)
        printed = line.lstrip().startswith("Out") if cell else printed and bool(line.strip())
        yield "" if printed else CONTINUED.sub("", line[cell.end() :] if cell else line)


def _without_numbers(lines: list[str]) -> list[str]:
    """Line numbers before each line, as some pages show them, taken away."""
    matches = [NUMBERED.match(line) for line in lines if line.strip()]
    numbers = [int(match[1][:9]) for match in matches if match]
    if len(numbers) < 3 or len(numbers) < len(matches) or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return lines
    return [match[2] or match[3] or "" if (match := NUMBERED.match(line)) else "" for line in lines]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _dedented(lines: list[str]) -> list[str]:
    margin = min((_indent(line) for line in lines if line.strip() and not line.lstrip().startswith("#")), default=0)
    return [line[min(margin, _indent(line)) :] for line in lines]


def _first_line_moved(lines: list[str]) -> list[str]:
    """A selection that begins in the middle of its first line has lost that line's indentation."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    return [*lines[: first + 1], *_dedented(lines[first + 1 :])]


def _statements(text: str) -> list[ast.stmt] | int:
    """The statements, or the line that does not parse (0 if that is not known)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in the pasted strings
            return ast.parse(text).body
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):  # NUL or surrogates, nesting too deep for the parser
        return 0


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Index of the first line and lines of each piece that begins at the margin."""
    start = 0
    for number, line in enumerate(lines):
        begins = line.strip() and not line[0].isspace() and not GOES_ON.match(line)
        if begins and number > start and not lines[number - 1].startswith("@"):
            yield start, lines[start:number]
            start = number
    yield start, lines[start:]


def _mended(block: list[str], mends: int) -> tuple[list[ast.stmt], set[int]]:
    """The block's statements; lines (from 1) that do not parse become `pass`, or all of them are left out."""
    block, gaps = _dedented(block), set[int]()
    everything = {number for number, line in enumerate(block, 1) if line.strip()}
    worth = len(block) > 1 and len(block) <= MOST_LINES_MENDED and HEADER.match(block[0])
    for _ in range(1 + (mends if worth else 0)):
        found = _statements("\n".join(block))
        if isinstance(found, list):
            return found, gaps
        if found in gaps or not 1 < found <= len(block):
            break
        gaps.add(found)
        block[found - 1] = " " * _indent(block[found - 1]) + "pass"
    return [], everything
