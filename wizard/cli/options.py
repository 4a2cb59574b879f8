"""The flags that commands share, and what they amount to: a request, and entries of a consultation's journal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wizard.cli.speech import chosen_language, option
from wizard.consultation.facts import stated
from wizard.errors import UsageError
from wizard.report.phrases import mark
from wizard.vocabulary import Fact, KnowledgeBase, Language

if TYPE_CHECKING:  # both bring numpy
    from wizard.consultation.consultation import Entry
    from wizard.evidence.run import Request

NEAR = 60.0  # per cent of matching letters; below it a suggestion misleads
FILE = click.Path(path_type=Path)
NO_SYMPTOM = mark("there is no symptom '{name}'.")
NO_CHECK = mark("there is no check '{name}'.")
NO_OUTCOME = mark("there is no outcome '{name}'.")


@dataclass(frozen=True, slots=True)
class Options:
    """What was said on the command line about the run."""

    run: Path | None = None
    log: tuple[Path, ...] = ()
    checkpoint: tuple[Path, ...] = ()
    recipe: Path | None = None
    model: str | None = None
    data: str | None = None
    loss: str | None = None
    optimizer: str | None = None
    python: str | None = None
    symptom: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    fact: tuple[str, ...] = ()
    budget: float = 60.0
    rerun_minutes: float | None = None
    kb: Path | None = None
    lang: Language | None = None

    @property
    def language(self) -> Language:
        """The one named, else that of the environment."""
        return self.lang or chosen_language((), os.environ)

    @property
    def names_something(self) -> bool:
        """Whether anything was handed over or said."""
        handed_over = (self.run, self.log, self.checkpoint, self.recipe, self.model, self.data, self.loss)
        return any((*handed_over, self.optimizer, self.symptom, self.answer))

    def request(self, with_recipe: bool = True) -> Request:
        """What to examine."""
        from wizard.evidence.run import Request
        from wizard.evidence.sandbox import RecipeSpec

        spec = RecipeSpec(self.recipe, self.model, self.data, self.loss, self.optimizer)
        return Request(
            run=self.run,
            files={"log": self.log, "checkpoint": self.checkpoint},
            recipe=spec if with_recipe and spec != RecipeSpec() else None,
            python=self.python,
            budget=self.budget,
            facts=self.facts(),
        )

    def facts(self) -> tuple[Fact, ...]:
        """Facts as typed. Raises UsageError for names and values that cannot be meant."""
        return tuple(stated(*_pair(text, "--fact", "NAME=VALUE")) for text in self.fact)

    def entries(self, base: KnowledgeBase) -> tuple[Entry, ...]:
        """Complaints, facts and answers. Raises UsageError for what BASE does not know, naming the nearest."""
        from wizard.consultation.consultation import RERUN_MINUTES, Answered, Named, Told

        named = [Named(known(symptom, base.symptoms, NO_SYMPTOM, "--symptom")) for symptom in self.symptom]
        answers = []
        for text in self.answer:
            check, outcome = _pair(text, "--answer", "CHECK=OUTCOME")
            outcomes = base.checks[known(check, base.checks, NO_CHECK, "--answer")].outcomes
            answers.append(Answered(check, known(outcome, outcomes, NO_OUTCOME, f"--answer {check}"), overrule=True))
        rerun = [] if self.rerun_minutes is None else [Told(Fact(RERUN_MINUTES, self.rerun_minutes, unit="min"))]
        return (*named, *rerun, *(Told(fact) for fact in self.facts()), *answers)


def known(name: str, names: Iterable[str], complaint: str, where: str) -> str:
    """NAME if it is one of NAMES; else raises UsageError with COMPLAINT and the nearest of them, or a few."""
    listed = sorted(names)
    if name in listed:
        return name
    nearest = nearest_name(name, listed)
    if nearest is not None:
        raise UsageError(complaint, where, "Did you mean '{nearest}'?", name=name, nearest=nearest)
    some = ", ".join(listed[:12]) + (", ..." if len(listed) > 12 else "")
    raise UsageError(complaint, where, "There are: {some}.", name=name, some=some)


def nearest_name(name: str, names: Sequence[str]) -> str | None:
    """The most similar of NAMES, None if none is."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(name[:200], names, scorer=fuzz.ratio, score_cutoff=NEAR)
    return found[0] if found else None


def _pair(text: str, where: str, form: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.strip() and value.strip()):
        raise UsageError("'{text}' has not the form {form}.", where, "Write {form}.", text=text, form=form)
    return name.strip(), value.strip()


language_option = option("--lang", type=click.Choice(["en", "zh"]), help="Language of everything that is shown.")
knowledge_option = option("--kb", type=FILE, metavar="DIR", help="Use the knowledge base in DIR.")
SHARED = (
    click.argument("run", type=FILE, required=False),
    option("--log", type=FILE, multiple=True, metavar="FILE", help="A training log. Repeatable."),
    option("--checkpoint", type=FILE, multiple=True, metavar="FILE", help="A checkpoint. Repeatable."),
    option("--recipe", type=FILE, metavar="FILE.py", help="Python file with make_model() and the like. It is run."),
    option("--model", metavar="FILE.py:NAME", help="The function that makes the model, if it lies elsewhere."),
    option("--data", metavar="FILE.py:NAME", help="The function that makes the data loaders."),
    option("--loss", metavar="FILE.py:NAME", help="The function that makes the loss."),
    option("--optimizer", metavar="FILE.py:NAME", help="The function that makes the optimizer."),
    option("--python", metavar="PATH", help="The Python that runs the recipe; it needs torch."),
    option("--symptom", multiple=True, metavar="ID", help="What you see. Repeatable."),
    option("--answer", multiple=True, metavar="CHECK=OUTCOME", help="Your answer to a check; it counts. Repeatable."),
    option("--fact", multiple=True, metavar="NAME=VALUE", help="What you know, such as num_classes=10. Repeatable."),
    option("--budget", type=click.FloatRange(min=0), default=60.0, metavar="SECONDS", help="For experiments; 60."),
    option("--rerun-minutes", type=click.FloatRange(min=0), metavar="N", help="How long it takes to run again."),
    knowledge_option,
    language_option,
)


def shared(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give FUNCTION the shared flags; it takes them as one `options`."""

    @wraps(function)
    def called(**values: Any) -> Any:
        mine = {field.name: values.pop(field.name) for field in fields(Options)}
        return function(options=Options(**mine), **values)

    for add in reversed(SHARED):
        called = add(called)
    return called
