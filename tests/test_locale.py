"""Every sentence of the program exists in Chinese, and the compiled catalogue is that of the sources."""

from __future__ import annotations

import ast
import gettext
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "assets/locale/zh/LC_MESSAGES/wizard.po"
# which arguments of a call hold message ids, by place
PLACES = {
    "text": (0,),
    "mark": (0,),
    "spoken": (0,),
    "Notice": (0, 3),
    "Missing": (0,),
    "Unanswered": (1,),
    "WizardError": (0, 2),
    "UsageError": (0, 2),
    "UnreadableError": (0, 2),
    "NothingAnsweredError": (0, 2),
    "RefusedError": (0,),
}
KEYWORDS = {"help", "next", "what", "detail"}
NOT_OURS = {"knowledge"}  # what authors of entries read stays in English
CLICK = (
    "Usage:",
    "Options",
    "Commands",
    "Show this message and exit.",
    "Show the version and exit.",
    "No such option {name!r}.",
    "No such command {name!r}.",
    "Invalid value for {param_hint}: {message}",
    "Invalid value: {message}",
    "Missing argument",
    "Missing option",
    "Missing command.",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
)


@cache
def modules() -> dict[Path, ast.Module]:
    files = [*(ROOT / "wizard").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    ours = [file for file in files if file.relative_to(ROOT).parts[1] not in NOT_OURS]
    return {file: ast.parse(file.read_text("utf-8")) for file in sorted(ours)}


@cache
def constants() -> dict[str, ast.expr]:
    """What module-level names in capitals stand for."""
    found: dict[str, ast.expr] = {}
    for tree in modules().values():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
                found[node.targets[0].id] = node.value
    return found


def literals(node: ast.expr | None) -> Iterator[str]:
    """The texts that an argument can be, as far as the source tells."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in constants():
            yield from literals(constants()[name])
        case ast.Subscript(value=ast.Name(id=name)) if isinstance(constants().get(name), ast.Dict):
            table = constants()[name]
            assert isinstance(table, ast.Dict)
            for value in table.values:
                yield from literals(value)
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)


def arguments(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    yield from (call.args[place] for place in PLACES.get(name, ()) if place < len(call.args))
    yield from (keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS)


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def is_sentence(text: str) -> bool:
    """Whether there is anything to translate beside slots; a language is called by its own name."""
    return any(letter.isascii() and letter.isalpha() for part, *_ in string.Formatter().parse(text) for letter in part)


def evidence_sentences() -> Iterator[tuple[str, Path]]:
    """Sentences that inspectors and artifacts keep as constants and hand on by name."""
    for file, tree in modules().items():
        if file.relative_to(ROOT).parts[:2] == ("wizard", "evidence") or "plugins" in file.parts:
            for node in tree.body:
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Dict):
                    values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
                    texts = (text for value in values for text in literals(value))
                    yield from ((text, file) for text in texts if text.endswith(".") and " " in text)


@cache
def message_ids() -> dict[str, str]:
    """Every message id with the file that uses it."""
    found: dict[str, str] = {}
    for file, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for argument in arguments(node):
                    for text in literals(argument):
                        if is_sentence(text):
                            found.setdefault(text, str(file.relative_to(ROOT)))
    for text, file in evidence_sentences():
        found.setdefault(text, str(file.relative_to(ROOT)))
    return found | dict.fromkeys(CLICK, "click")


@cache
def translations() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        # those with a plural are click's own
        return {
            message.id: str(message.string) for message in read_po(file) if message.id and isinstance(message.id, str)
        }


def test_the_sources_hold_messages() -> None:
    """The search itself works: it finds sentences of every face and of the inspectors."""
    files = set(message_ids().values())

    assert {"wizard/report/wording.py", "wizard/cli/auto.py", "wizard/evidence/discovery.py"} <= files
    assert any(file.startswith("plugins/") for file in files)


def test_every_message_is_translated() -> None:
    """A sentence without Chinese is named with its file."""
    missing = [f"{file}: {text}" for text, file in message_ids().items() if not translations().get(text)]

    assert missing == []


def test_translations_keep_the_slots() -> None:
    """A translation uses the slots of its message and no others."""
    wrong = [text for text, translated in translations().items() if translated and slots(text) != slots(translated)]

    assert wrong == []


def test_no_translation_is_left_over() -> None:
    """Every entry of the catalogue is still said somewhere."""
    unused = [text for text in translations() if text not in message_ids()]

    assert unused == []


def test_the_compiled_catalogue_is_current() -> None:
    """The .mo says what the .po says: run `make locale` after changing one."""
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    stale = [text for text, translated in translations().items() if compiled.gettext(text) != translated]

    assert stale == []


@pytest.mark.parametrize("text", ["", "a sentence nobody wrote"])
def test_unknown_messages_stay_as_they_are(text: str) -> None:
    """The empty message is not the catalogue's header."""
    from wizard.resources import fill

    assert fill(text, {}, "zh") == text
