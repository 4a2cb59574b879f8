"""batch_norm_statistics: what real BatchNorm layers leave in a checkpoint."""

from __future__ import annotations

from typing import Any

import torch

from wizard.plugins.checkpoint.batch_norm import batch_norm_statistics


def network() -> torch.nn.Sequential:
    layers = [(torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU()) for _ in range(3)]
    return torch.nn.Sequential(*(layer for block in layers for layer in block))


def test_statistics_of_a_trained_model_are_usual(judge: Any, save: Any) -> None:
    """A few batches in training mode."""
    model = network()
    model(torch.randn(32, 4))

    result = judge(batch_norm_statistics, save("a.pt", model.state_dict()))

    assert (result.outcome, result.measured["layers"]) == ("usual", 3)


def test_one_unused_layer_is_no_fault(judge: Any, save: Any) -> None:
    """A head that was never called keeps its zeros and ones."""
    model = network()
    model[:6](torch.randn(32, 4))

    assert judge(batch_norm_statistics, save("a.pt", model.state_dict())).outcome == "usual"


def test_a_counter_of_zero_alone_is_no_fault(judge: Any, save: Any) -> None:
    """Weights ported from another framework come without the count of batches."""
    model = network()
    model(torch.randn(32, 4))
    state = {name: tensor * 0 if "num_batches" in name else tensor for name, tensor in model.state_dict().items()}

    assert judge(batch_norm_statistics, save("a.pt", state)).outcome == "usual"


def test_statistics_that_training_never_touched_are_found(judge: Any, save: Any) -> None:
    """The whole training ran in eval mode."""
    model = network().eval()
    model(torch.randn(32, 4))

    result = judge(batch_norm_statistics, save("a.pt", {"model": model.state_dict(), "epoch": 5}))

    assert result.outcome == "never_updated"
    assert result.measured == {"layers": 3, "affected": 3, "name": "1"}


def test_a_checkpoint_before_the_first_step_is_not_judged(judge: Any, save: Any) -> None:
    """A new model has new statistics."""
    result = judge(batch_norm_statistics, save("a.pt", {"model": network().state_dict(), "step": 0}))

    assert result.reason == "absent"


def test_statistics_that_are_not_finite_are_found(judge: Any, save: Any) -> None:
    """One batch with an infinity spoils the running variance for good."""
    model = network()
    model(torch.randn(32, 4))
    model(torch.full((32, 4), torch.inf))

    result = judge(batch_norm_statistics, save("a.pt", model.state_dict()))

    assert (result.outcome, result.measured["name"]) == ("nonfinite", "1")


def test_a_model_without_batch_norm_is_not_asked(judge: Any, save: Any) -> None:
    """LayerNorm keeps no statistics."""
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4))

    assert judge(batch_norm_statistics, save("a.pt", model.state_dict())).reason == "inapplicable"
