"""`kb`: the knowledge base for those who write it."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wizard.cli.options import NO_SYMPTOM, Options, knowledge_option, known, language_option
from wizard.cli.speech import Group, option, spoken
from wizard.resources import KNOWLEDGE_BASE, PACKAGE
from wizard.vocabulary import Cause, Check, Language, Remedy, Text, Vignette

if TYPE_CHECKING:
    from wizard.vocabulary import KnowledgeBase

GIVEN_BY_PLACE = ("id", "family", "artifact")  # fields that no file states


@click.group(cls=Group, no_args_is_help=False, help="Check, count, draw and describe the knowledge base.")
def command() -> None:
    """`kb`."""


@command.command(help="Print every problem as file:line:column; exit code 1 if one is an error.")
@knowledge_option
def lint(kb: Path | None) -> int:
    """Errors of single entries stop the rest: the whole cannot be judged then."""
    from wizard.errors import KnowledgeError
    from wizard.knowledge.lint import lint as problems_of
    from wizard.knowledge.load import load
    from wizard.knowledge.rows import compile_model

    try:
        base = load(kb or KNOWLEDGE_BASE)
    except KnowledgeError as error:
        click.echo("\n".join(error.lines))
        return 1
    inspected = frozenset(check for checks in inspectors().values() for check in checks)
    inspected = inspected & base.checks.keys() if kb else inspected  # inspectors belong to the built-in base
    problems = problems_of(base, compile_model(base), inspected)
    for problem in problems:
        click.echo(f"{problem.where}: {problem.severity}: {problem.what}. {problem.next}")
    errors = sum(problem.severity == "error" for problem in problems)
    counted = spoken("{errors} errors, {warnings} warnings")
    click.echo(counted.format(errors=errors, warnings=len(problems) - errors))
    return int(errors > 0)


@command.command(help="Count the entries, and what is answered without a person.")
@knowledge_option
def stats(kb: Path | None) -> None:
    """One line a number."""
    from wizard.knowledge.load import load
    from wizard.report.layout import padded, wrapped

    base = load(kb or KNOWLEDGE_BASE)
    lines: dict[str, object] = {
        spoken("causes"): len(base.causes),
        spoken("checks"): len(base.checks) - len(base.symptoms),
        spoken("symptoms"): len(base.symptoms),
        spoken("remedies"): len(base.remedies),
        spoken("vignettes"): len(base.vignettes),
        spoken("checklists"): len(base.checklists),
        spoken("words explained"): len(base.glossary),
        spoken("sources"): len(base.sources),
    }
    for artifact, checks in inspectors().items():
        name = spoken("checks answered by a {artifact}").format(artifact=artifact)
        lines[name] = sum(check in base.checks for check in checks)
    by_family = Counter(cause.family for cause in base.causes.values())
    lines[spoken("causes by family")] = ", ".join(f"{name} {count}" for name, count in sorted(by_family.items()))
    lines[spoken("languages complete")] = ", ".join(complete_languages(base))
    for name, value in lines.items():
        click.echo("\n".join(wrapped(str(value), padded(name, 34))))


@command.command(help="Print the graph, or the decision tree from a symptom.")
@option("--symptom", metavar="ID", help="The questions that would follow from this complaint.")
@option("--format", "form", type=click.Choice(["text", "mermaid", "json"]), help="Form; mermaid, a tree as text.")
@knowledge_option
@language_option
def graph(symptom: str | None, form: str | None, kb: Path | None, lang: Language | None) -> None:
    """Draw all of it, or what follows from one complaint."""
    if symptom is None:
        from wizard.knowledge.graph import build_graph, to_json, to_mermaid
        from wizard.knowledge.load import load

        whole = build_graph(load(kb or KNOWLEDGE_BASE, vignettes=False))
        click.echo(to_json(whole) if form == "json" else to_mermaid(whole), nl=False)
        return
    from wizard.consultation.consultation import Consultation, Named
    from wizard.consultation.session import Session
    from wizard.knowledge.cache import load_knowledge
    from wizard.report import tree
    from wizard.report.wording import Wording

    knowledge = load_knowledge(kb)
    known(symptom, knowledge.base.symptoms, NO_SYMPTOM, "--symptom")
    wording = Wording(knowledge.base, Options(lang=lang).language)
    root = tree.grow(Session(knowledge, Consultation()).after(Named(symptom)))
    if form == "json":
        click.echo(tree.as_json(root), nl=False)
    elif form == "mermaid":
        click.echo(tree.as_mermaid(root, wording), nl=False)
    else:
        click.echo("\n".join([wording.check(symptom), *tree.as_text(root, wording)]))


@command.command(help="Print the JSON Schema of the entries, for editors.")
@click.argument("kind", type=click.Choice(["check", "cause", "remedy", "vignette"]), required=False)
def schema(kind: str | None) -> None:
    """Of one kind, or of all by name."""
    schemas = {record.__name__.lower(): schema_of(record) for record in (Check, Cause, Remedy, Vignette)}
    click.echo(json.dumps(schemas[kind] if kind else schemas, indent=2))


def schema_of(record: type) -> dict[str, Any]:
    """What a file of this kind holds; fields that its place gives are left out."""
    from pydantic import TypeAdapter

    described = TypeAdapter(record).json_schema()
    for name in GIVEN_BY_PLACE:
        described["properties"].pop(name, None)
    described["required"] = [name for name in described["required"] if name not in GIVEN_BY_PLACE]
    return described | {"additionalProperties": False}


def inspectors() -> dict[str, tuple[str, ...]]:
    """The checks that have an inspector, by artifact, read from the source: importing a recipe's needs torch."""
    found: dict[str, tuple[str, ...]] = {}
    for folder in sorted(path for path in (PACKAGE / "plugins").iterdir() if (path / "__init__.py").exists()):
        bodies = (ast.parse(file.read_bytes()).body for file in sorted(folder.glob("*.py")))
        found[folder.name] = tuple(
            node.name for body in bodies for node in body if isinstance(node, ast.FunctionDef) and _inspects(node)
        )
    return found


def _inspects(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "inspector" for mark in function.decorator_list
    )


def complete_languages(base: KnowledgeBase) -> list[str]:
    """English, and Chinese if no sentence stands there in English."""
    copied = [text for text in texts(base) if text.zh == text.en and " " in text.en]
    return ["en"] if copied else ["en", "zh"]


def texts(value: object) -> Iterator[Text]:
    """Every text inside a record."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
