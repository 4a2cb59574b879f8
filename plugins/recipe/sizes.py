"""How many samples there are, in all and in a batch. Does not judge whether they suffice for the model."""

from __future__ import annotations

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.evidence.artifacts.recipe_sample import length
from wizard.plugins.recipe.thresholds import MANY_TARGETS, size_of_batch, size_of_set


@inspector(version=2)
def training_set_size(recipe: Recipe) -> Finding | Unanswered:
    """Training samples for each class; in all where there are no classes, or where every sample holds many of them."""
    samples = number_of_samples(recipe)
    if samples is None:
        return Unanswered("absent", "The loader does not tell how many samples there are.")
    outcome = size_of_set(samples, recipe.num_classes, has_many_targets(recipe))
    return Finding(outcome, {"samples": samples}, recipe.place("data"))


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
    return Finding(size_of_batch(size, number_of_samples(recipe)), {"size": size}, recipe.place("data"))
