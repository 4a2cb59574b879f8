"""How outputs and loss fit together."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def judged(look: Any, check: str, recipe: Any) -> str:
    """The outcome, or why there is none."""
    found = look(check, recipe)
    return str(getattr(found, "outcome", None) or found.reason)


def ends(make: Any, last: nn.Module, outputs: int = 4) -> Any:
    """A model with LAST at its end."""
    return lambda: nn.Sequential(*make.net(outputs=outputs), last)


def test_raw_scores_are_scores(look: Any, make: Any) -> None:
    """Also log-probabilities, which a second log-softmax leaves as they are, and scores that happen to be small."""
    clamped = ends(make, nn.Hardtanh(0, 1))

    assert judged(look, "outputs_are_probabilities", make.sound()) == "scores"
    assert judged(look, "outputs_are_probabilities", make.sound(model=ends(make, nn.LogSoftmax(1)))) == "scores"
    assert judged(look, "outputs_are_probabilities", make.sound(model=clamped)) == "scores"


def logistic(make: Any, last: nn.Module, loss: Any) -> Any:
    """A recipe of two classes with one output."""
    inputs = make.numbers()
    return make.sound(train=make.loader(inputs, (inputs[:, :1] > 0).float()), model=ends(make, last, 1), loss=loss)


def test_sigmoid_before_the_loss_that_wants_it_is_not_judged(look: Any, make: Any) -> None:
    """BCELoss takes probabilities, MSELoss takes anything."""
    assert judged(look, "outputs_are_probabilities", logistic(make, nn.Sigmoid(), nn.BCELoss)) == "inapplicable"
    assert judged(look, "outputs_are_probabilities", make.regression()) == "inapplicable"


def test_small_positive_outputs_before_bce_with_logits_are_scores(look: Any, make: Any) -> None:
    """In 0..1, but not out of a sigmoid."""
    recipe = logistic(make, nn.Hardtanh(0, 1), nn.BCEWithLogitsLoss)

    assert judged(look, "outputs_are_probabilities", recipe) == "scores"


def test_softmax_before_cross_entropy_gives_probabilities(look: Any, make: Any) -> None:
    """As a module or hidden in the user's own loss."""
    found = look("outputs_are_probabilities", make.sound(model=ends(make, nn.Softmax(1))))

    def hidden(output: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(torch.softmax(output, 1), target)

    assert (found.outcome, found.measured["loss"]) == ("probabilities", "cross_entropy")
    assert judged(look, "outputs_are_probabilities", make.sound(loss=lambda: hidden)) == "probabilities"


def test_sigmoid_before_bce_with_logits_gives_probabilities(look: Any, make: Any) -> None:
    """Also when the output is squeezed afterwards."""
    recipe = logistic(make, nn.Sequential(nn.Sigmoid(), nn.Flatten()), nn.BCEWithLogitsLoss)

    assert judged(look, "outputs_are_probabilities", recipe) == "probabilities"


def test_equal_shapes_match(look: Any, make: Any) -> None:
    """(n, 1) with (n, 1), (n,) with (n,), and a single sample, where nothing can go wrong."""
    flat = make.numbers()[:, 0]
    single = make.loader(make.numbers(), flat, batch=1)

    assert judged(look, "output_target_shapes", make.regression()) == "match"
    assert judged(look, "output_target_shapes", make.regression(flat, model=ends(make, nn.Flatten(0), 1))) == "match"
    assert judged(look, "output_target_shapes", make.regression(train=single)) == "match"


def test_cross_entropy_does_not_broadcast(look: Any, make: Any) -> None:
    """Scores and class numbers differ in shape by design."""
    assert judged(look, "output_target_shapes", make.sound()) == "inapplicable"


def test_column_against_row_is_broadcast(look: Any, make: Any) -> None:
    """For the losses of torch and for a difference squared by hand."""
    flat = make.numbers()[:, 0]
    found = look("output_target_shapes", make.regression(flat))

    def by_hand(output: Tensor, target: Tensor) -> Tensor:
        return ((target - output) ** 2).mean()

    assert found.outcome == "broadcast"
    assert found.measured == {"output_shape": "(32, 1)", "target_shape": "(32,)"}
    assert judged(look, "output_target_shapes", make.regression(flat, loss=nn.HuberLoss)) == "broadcast"
    assert judged(look, "output_target_shapes", make.regression(flat, loss=lambda: by_hand)) == "broadcast"


def test_squares_inside_the_model_are_no_loss(look: Any, make: Any) -> None:
    """A hand-written normalisation squares differences too, but not to the targets."""

    class Normalises(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = make.net(outputs=1)

        def forward(self, values: Tensor) -> Tensor:
            spread = ((values - values.mean(1, keepdim=True)) ** 2).mean(1, keepdim=True)
            result: Tensor = self.net(values / (spread + 0.1).sqrt())
            return result

    assert judged(look, "output_target_shapes", make.regression(model=Normalises)) == "match"
