"""How many samples there are, in all and in a batch. Does not judge whether they suffice for the model."""

from __future__ import annotations

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_sample import length

FEW_OF_A_CLASS = 50  # nets from scratch want hundreds to a thousand of each; transfer learning manages on fewer
FEW_SAMPLES = 500
MANY_TARGETS = 4  # classes a sample, from which on samples say little about how often each class is seen
TINY_BATCH = 8  # below this the gradient of a batch is mostly noise, and BatchNorm statistics with it
FEW_STEPS = 5  # an epoch: almost all data in one batch leaves the optimizer few steps


@inspector(version=2)
def training_set_size(recipe: Recipe) -> Finding | Unanswered:
    """Training samples for each class; in all where there are no classes, or where every sample holds many of them."""
    samples = number_of_samples(recipe)
    if samples is None:
        return Unanswered("absent", "The loader does not tell how many samples there are.")
    classes = recipe.num_classes
    per_class = samples / classes if classes is not None and classes > 1 else None
    small = samples < FEW_SAMPLES
    if per_class is not None:
        small = per_class < FEW_OF_A_CLASS and (small or not has_many_targets(recipe))
    return Finding("small" if small else "ample", {"samples": samples}, recipe.place("data"))


def number_of_samples(recipe: Recipe) -> int | None:
    """Of the data set behind the training loader, if that has a length."""
    return length(getattr(recipe.train_loader, "dataset", None))


def has_many_targets(recipe: Recipe) -> bool:
    """Whether a sample has a class in each of many places: the next tokens of a text, the pixels of an image."""
    call = recipe.known_loss
    return call is not None and call.target.numel() >= MANY_TARGETS * recipe.small_batches(1)[0].size


@inspector(version=1)
def batch_size_setting(recipe: Recipe) -> Finding | Unanswered:
    """The size of the first training batch, against the number of samples where it is known."""
    size = recipe.train_batches[0].size
    samples = number_of_samples(recipe)
    steps = float("inf") if samples is None else samples / size
    outcome = "tiny" if size < TINY_BATCH else "huge" if steps < FEW_STEPS else "usual"
    return Finding(outcome, {"size": size}, recipe.place("data"))
