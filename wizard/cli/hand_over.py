"""Files handed over in a talk: logs and checkpoints are looked at, a recipe only after an explicit yes."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

from wizard.cli.opening import looked, progress, request_for
from wizard.cli.options import Options
from wizard.cli.prompt import Prompt
from wizard.consultation.consultation import Entry, Looked
from wizard.consultation.session import Session
from wizard.errors import WizardError
from wizard.evidence.run import Request
from wizard.evidence.sandbox import RecipeSpec
from wizard.report.missing import failures
from wizard.report.wording import LONGEST_NOTICE, safe
from wizard.vocabulary import Inspected


def run_as_named(session: Session, options: Options, prompt: Prompt) -> tuple[Entry, ...]:
    """What looking at all that the command line named gives; the recipe is run if the person agrees."""
    request = options.request()
    if request.recipe is not None and not agreed(request.recipe, prompt):
        request = replace(request, recipe=None)
    return _look(request, session, prompt)


def hand_over(typed: str, session: Session, options: Options, prompt: Prompt) -> tuple[Entry, ...]:
    """What looking at the path that was TYPED gives; a bad path is told, and the talk goes on."""
    path = Path(typed.strip().strip("'\"")).expanduser()
    try:
        request = _request(path, session, options)
        if request.recipe is not None and not agreed(request.recipe, prompt):
            return ()
        return _look(request, session, prompt)
    except WizardError as error:
        prompt.say(safe(error.told(prompt.wording.language), LONGEST_NOTICE))
        return ()


def _look(request: Request, session: Session, prompt: Prompt) -> tuple[Entry, ...]:
    """The entries that looking adds; each finding is said as it comes."""
    after = looked(session, request, progress(prompt.wording, lambda line: prompt.say(line, "  - ")))
    entries = after.consultation.journal[len(session.consultation.journal) :]
    for entry in entries:
        if isinstance(entry, Looked):
            for notice in (*entry.inspected.unreadable, *entry.inspected.notes):
                prompt.say(prompt.wording.notice(notice), "  ")
            prompt.say(prompt.wording.text("Checks answered from it: {n}.", n=len(entry.inspected.findings)))
            _tell_why_not(entry.inspected, after, prompt)
    return entries


def _tell_why_not(inspected: Inspected, after: Session, prompt: Prompt) -> None:
    """What was found but answered nothing, or that nothing was found."""
    if not inspected.artifacts and not inspected.unreadable:
        message = "no log (a CSV file) and no checkpoint (of torch.save or safetensors) was found here."
        prompt.say(prompt.wording.text(message), "  ? ")
    for kind, reason in failures(after, prompt.wording).items():
        if kind in {file.kind for file in inspected.artifacts}:
            prompt.say(reason, "  ? ")


def _request(path: Path, session: Session, options: Options) -> Request:
    if path.suffix == ".py" and path.is_file():
        facts = tuple(session.consultation.facts.values())
        return Request(recipe=RecipeSpec(path), python=options.python, budget=options.budget, facts=facts)
    return request_for(path, session, options)


def agreed(recipe: RecipeSpec, prompt: Prompt) -> bool:
    """Show which files and functions would be run, and ask."""
    text = prompt.wording.text
    prompt.say(text("This would run your code, in a process of its own:"))
    for file in recipe.files:
        prompt.say(safe(file.resolve()), "  ")
        wanted = {name for part, name in recipe.parts().values() if Path(part) == file}
        for line, name in functions(file):
            if name in wanted:
                prompt.say(f"{safe(name)}(), {text('line {n}', n=line)}", "    ")
    return prompt.confirmed(text("Run it? Type yes to run it; anything else leaves it alone."))


def functions(file: Path) -> list[tuple[int, str]]:
    """Line and name of what FILE defines at the top, told without running it; empty if it cannot be parsed."""
    try:
        body = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError, RecursionError):
        return []
    defined = (ast.FunctionDef, ast.ClassDef)
    return [(node.lineno, node.name) for node in body if isinstance(node, defined)]
