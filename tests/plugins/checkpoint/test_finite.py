"""weights_finite: NaN and infinities in what is trained, and not in constants or damaged files."""

from __future__ import annotations

from typing import Any

import torch

from wizard.evidence import Finding, Unanswered
from wizard.plugins.checkpoint.finite import weights_finite


def content(**weights: torch.Tensor) -> dict[str, Any]:
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Linear(8, 3))
    return {"model": model.state_dict() | weights, "step": 10}


def test_a_healthy_model_is_finite(judge: Any, save: Any) -> None:
    """All tensors of a real model."""
    result = judge(weights_finite, save("a.pt", content()))

    assert isinstance(result, Finding)
    assert (result.outcome, result.measured["weights"]) == ("finite", 4)


def test_a_causal_mask_of_minus_infinity_is_no_fault(judge: Any, save: Any) -> None:
    """Masks hold infinities by design, named as masks or not."""
    mask = torch.full((4, 4), -torch.inf).triu(1)

    assert judge(weights_finite, save("a.pt", content(attn_mask=mask, tril=mask))).outcome == "finite"


def test_a_nan_in_a_weight_is_found_and_named(judge: Any, save: Any) -> None:
    """One value among many."""
    weight = torch.randn(300, 300)
    weight[7, 8] = torch.nan
    result = judge(weights_finite, save("a.pt", content(**{"2.weight": weight})))

    assert result.outcome == "nonfinite"
    assert result.measured == {"weights": 5, "affected": 1, "name": "2.weight", "values": 1}
    assert (result.where.parameter, result.where.step) == ("2.weight", 10)


def test_infinities_in_bfloat16_are_found(judge: Any, save: Any) -> None:
    """The type is widened before it is judged."""
    weight = torch.full((4, 4), torch.inf, dtype=torch.bfloat16)

    assert judge(weights_finite, save("a.pt", content(**{"2.weight": weight}))).outcome == "nonfinite"


def test_the_last_checkpoint_is_judged(judge: Any, save: Any) -> None:
    """A run that was resumed from a finite one is finite now."""
    bad = save("epoch_1.pt", {"w": torch.full((3, 3), torch.nan)})

    assert judge(weights_finite, bad, save("epoch_2.pt", {"w": torch.ones(3, 3)})).outcome == "finite"


def test_a_damaged_file_is_not_accused(judge: Any, save: Any) -> None:
    """A NaN that the checksum does not know came from the disk, not from the training."""
    path = save("a.pt", {"weight": torch.ones(64)})
    raw = path.read_bytes()
    ones = torch.ones(64).numpy().tobytes()
    path.write_bytes(raw.replace(ones, b"\xff\xff\xff\x7f" + ones[4:]))

    assert judge(weights_finite, path) == Unanswered(
        "absent", "The file is damaged: a record of it does not match its checksum.", "weights_finite"
    )


def test_an_optimizer_alone_has_no_weights_to_judge(judge: Any, save: Any) -> None:
    """Nothing to judge is not health."""
    optimizer = torch.optim.SGD(torch.nn.Linear(2, 2).parameters(), lr=0.1)

    assert judge(weights_finite, save("optimizer.pt", optimizer.state_dict())).reason == "absent"
