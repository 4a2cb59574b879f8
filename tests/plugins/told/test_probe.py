"""What the probe saw of model, loss and optimizer, from the snippet that was run to the finding."""

from __future__ import annotations

import math

import pytest
import torch
from probed import adam, inspected, loader_of, net, numbers, probe, results
from torch import Tensor, nn

from wizard.vocabulary import Fact


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


INPUTS = numbers()
LABELS = INPUTS[:, :4].argmax(1)
SLOPES = INPUTS[:, :1] + 0.5 * INPUTS[:, 1:2]
MODEL_CHECKS = (
    "task", "normalisation_layers", "outputs_are_probabilities", "initial_loss", "gradient_reaches_parameters",
    "optimizer_moves_parameters", "overfit_one_batch",
)  # fmt: skip


def test_a_sound_classifier_has_nothing_unusual() -> None:
    """Every check is answered as it should be, or makes no sense."""
    model = net()

    found = results(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model)))

    answered = [found[check] for check in MODEL_CHECKS]
    assert answered == ["classification", "other_or_none", "scores", "as_expected", "all", "all", "memorised"]
    assert (found["dropout_rate"], found["output_target_shapes"]) == ("inapplicable", "inapplicable")


def test_a_sound_regression_has_nothing_unusual() -> None:
    """The same for numbers."""
    model = net(outputs=1)

    found = results(probe(model, loader_of(INPUTS, SLOPES), nn.MSELoss(), adam(model)))

    checks = ("task", "output_target_shapes", "initial_loss", "gradient_reaches_parameters", "overfit_one_batch")
    assert [found[check] for check in checks] == ["regression", "match", "as_expected", "all", "memorised"]


def test_the_block_states_facts() -> None:
    """As if somebody had typed them."""
    model = net()

    seen = inspected(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model)))

    assert {fact.name: fact.value for fact in seen.facts} == {
        "task": "classification",
        "num_classes": 4,
        "batch_size": 32,
        "num_train_samples": 640,
        "loss_name": "CrossEntropyLoss",
        "optimizer": "Adam",
        "learning_rate": 0.003,
    }
    assert {fact.origin for fact in seen.facts} == {"told"}
    assert {finding.origin for finding in seen.findings} == {"told"}


def test_a_softmax_in_the_model_is_seen() -> None:
    """By the operation that made the outputs, behind a change of shape too."""
    plain = nn.Sequential(net(), nn.Softmax(dim=1))
    binary = nn.Sequential(net(outputs=1), nn.Sigmoid(), nn.Flatten(0))

    classes = results(probe(plain, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(plain)))
    sides = (INPUTS[:, 0] > 0).float()
    logistic = results(probe(binary, loader_of(INPUTS, sides), nn.BCEWithLogitsLoss(), adam(binary)))

    assert classes["outputs_are_probabilities"] == logistic["outputs_are_probabilities"] == "probabilities"


def test_a_log_softmax_does_no_harm() -> None:
    """CrossEntropyLoss takes it again without a change."""
    model = nn.Sequential(net(), nn.LogSoftmax(dim=1))

    found = results(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model)))

    assert found["outputs_are_probabilities"] == "scores"


def test_outputs_that_broadcast_are_seen() -> None:
    """(32, 1) against (32,)."""
    model = net(outputs=1)

    found = inspected(probe(model, loader_of(INPUTS, SLOPES[:, 0]), nn.MSELoss(), adam(model))).findings

    shapes = next(finding for finding in found if finding.check == "output_target_shapes")
    assert shapes.outcome == "broadcast"
    assert shapes.measured == {"output_shape": "(32, 1)", "target_shape": "(32,)"}


def test_a_frozen_half_is_seen_and_a_frozen_first_layer_is_not() -> None:
    """More than half of the tensors, as for a recipe."""
    half, mostly = net(), net()
    half[0].requires_grad_(False)
    mostly[0].requires_grad_(False)
    mostly[2].weight.requires_grad_(False)

    found = [
        results(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model)))[
            "gradient_reaches_parameters"
        ]
        for model in (half, mostly)
    ]

    assert found == ["all", "some"]


def test_a_head_without_an_optimizer_is_seen() -> None:
    """The part that gets a gradient and never moves is named."""
    model = net()

    found = inspected(
        probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), torch.optim.Adam(model[2].parameters()))
    ).findings

    moves = next(finding for finding in found if finding.check == "optimizer_moves_parameters")
    assert (moves.outcome, moves.measured["moved"], moves.measured["parameters"]) == ("some", 2, 4)
    assert "0.weight" in str(moves.measured["names"])


def test_a_rate_of_zero_moves_nothing() -> None:
    """And one batch is not learnt, while Adam at 0.001 would learn it."""
    model = net()

    found = inspected(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model, 0.0))).findings

    outcomes = {finding.check: finding for finding in found}
    assert outcomes["optimizer_moves_parameters"].outcome == "none"
    assert outcomes["overfit_one_batch"].outcome == "stuck"
    assert float(outcomes["overfit_one_batch"].measured["with_adam"]) < 0.3


class Detached(nn.Module):
    """Its outputs have no graph."""

    def __init__(self) -> None:
        super().__init__()
        self.body = net()

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x).detach()  # type: ignore[no-any-return]


def test_a_loss_without_a_graph_is_seen() -> None:
    """No gradient arrives anywhere; what cannot be run is told."""
    model = Detached()

    seen = inspected(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model)))

    assert [f.outcome for f in seen.findings if f.check == "gradient_reaches_parameters"] == ["none"]
    assert [notice.message for notice in seen.unreadable] == ["The probe could not train the model: {reason}."]


def test_a_first_loss_far_above_chance_is_seen() -> None:
    """Weights ten times too large; after training it would be no first loss."""
    model = net()
    for parameter in model.parameters():
        parameter.data.mul_(30)
    stepped = adam(model, 1e-6)
    first = results(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), stepped))["initial_loss"]
    nn.functional.cross_entropy(model(INPUTS), LABELS).backward()  # type: ignore[no-untyped-call]
    stepped.step()

    later = results(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), stepped))["initial_loss"]

    assert (first, later) == ("too_high", "inapplicable")


def test_nan_in_the_inputs_makes_the_loss_nan() -> None:
    """The first loss and the one batch tell so."""
    bad, model = INPUTS.clone(), net()
    bad[::3, 2] = math.nan

    found = results(probe(model, loader_of(bad, LABELS), nn.CrossEntropyLoss(), adam(model)))

    assert (found["initial_loss"], found["overfit_one_batch"]) == ("nonfinite", "nonfinite")


def test_a_summed_loss_is_not_judged_by_its_size() -> None:
    """Nor is one with label smoothing accused of not reaching zero."""
    model = net(outputs=1)
    summed = results(probe(model, loader_of(INPUTS, SLOPES), nn.MSELoss(reduction="sum"), adam(model)))
    smooth, smoothed = net(), nn.CrossEntropyLoss(label_smoothing=0.3)

    found = results(probe(smooth, loader_of(INPUTS, LABELS), smoothed, adam(smooth)))

    assert (summed["initial_loss"], found["initial_loss"]) == ("inapplicable", "inapplicable")
    assert found["overfit_one_batch"] == "inapplicable"


def test_much_dropout_and_batch_norm_are_seen() -> None:
    """By the printed layers."""
    model = nn.Sequential(nn.Linear(12, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.8), nn.Linear(64, 4))

    found = results(probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model)))

    assert (found["dropout_rate"], found["normalisation_layers"]) == ("high", "batch_norm")


def test_a_fact_told_elsewhere_does_not_hide_the_block() -> None:
    """What the probe saw of the classes counts where a person was silent."""
    model = net()
    block = probe(model, loader_of(INPUTS, LABELS), nn.CrossEntropyLoss(), adam(model))

    assert results(block, Fact("loss", math.log(4)))["loss_sits_at"] == "chance"
