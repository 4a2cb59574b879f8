"""How many samples there are, in all and in a batch. Does not judge whether they suffice for the model."""

from __future__ import annotations

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe

FEW_OF_A_CLASS = 50  # nets from scratch want hundreds to a thousand of each; transfer learning manages on fewer
FEW_SAMPLES = 500
TINY_BATCH = 8  # below this the gradient of a batch is mostly noise, and BatchNorm statistics with it
FEW_STEPS = 5  # an epoch: almost all data in one batch leaves the optimizer few steps


@inspector(version=1)
def training_set_size(recipe: Recipe) -> Finding | Unanswered:
    """Training samples for each class, or in all where there are no classes."""
    facts = {fact.name: fact.value for fact in recipe.facts()}
    samples = facts.get("num_train_samples")
    if not isinstance(samples, int):
        return Unanswered("absent", "The loader does not tell how many samples there are.")
    classes = facts.get("num_classes")
    per_class = samples / classes if isinstance(classes, int) and classes > 1 else None
    small = samples < FEW_SAMPLES if per_class is None else per_class < FEW_OF_A_CLASS
    return Finding("small" if small else "ample", {"samples": samples}, recipe.place("data"))


@inspector(version=1)
def batch_size_setting(recipe: Recipe) -> Finding | Unanswered:
    """The size of the first training batch, against the number of samples where it is known."""
    size = recipe.train_batches[0].size
    facts = {fact.name: fact.value for fact in recipe.facts()}
    samples = facts.get("num_train_samples")
    steps = samples / size if isinstance(samples, int) else float("inf")
    outcome = "tiny" if size < TINY_BATCH else "huge" if steps < FEW_STEPS else "usual"
    return Finding(outcome, {"size": size}, recipe.place("data"))
