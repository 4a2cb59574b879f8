"""What the recipe trains. Judges nothing: it is context for causes and checks that one task alone has."""

from __future__ import annotations

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe


@inspector(version=1)
def task(recipe: Recipe) -> Finding | Unanswered:
    """By the loss that the recipe calls, else by its targets."""
    if recipe.task is None:
        return Unanswered("absent", "Neither loss nor targets tell what is being learnt.")
    return Finding(recipe.task, {}, recipe.place("loss"))
