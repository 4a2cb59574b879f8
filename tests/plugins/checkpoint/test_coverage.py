"""optimizer_covers_weights: weights that the optimizer does not hold, or holds and never updates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch

from wizard.plugins.checkpoint.coverage import optimizer_covers_weights

Choose = Callable[[torch.nn.Sequential], Iterable[Any]]


def network() -> torch.nn.Sequential:
    return torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.Linear(8, 8), torch.nn.Linear(8, 3)
    )


def content(choose: Choose = torch.nn.Module.parameters, kind: str = "AdamW", steps: int = 3, **settings: Any) -> Any:
    """A checkpoint after real steps of an optimizer over the parameters that CHOOSE takes."""
    model = network()
    optimizer = getattr(torch.optim, kind)(choose(model), **({"lr": 0.01} | settings))
    for _ in range(steps):
        optimizer.zero_grad()
        model(torch.randn(16, 4)).square().mean().backward()
        optimizer.step()
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 1}


def reversed_groups(model: torch.nn.Sequential) -> list[dict[str, Any]]:
    matrices = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    return [{"params": [p for p in model.parameters() if p.ndim < 2]}, {"params": matrices[::-1], "weight_decay": 0.1}]


def frozen_first_layer(model: torch.nn.Sequential) -> Any:
    model[0].requires_grad_(False)
    return model.parameters()


@pytest.mark.parametrize("choose", [torch.nn.Module.parameters, reversed_groups], ids=["plain", "two groups"])
@pytest.mark.parametrize(
    ("kind", "settings"), [("AdamW", {}), ("SGD", {}), ("SGD", {"momentum": 0.9}), ("RMSprop", {})]
)
def test_an_optimizer_over_all_parameters_covers_them(
    choose: Choose, kind: str, settings: dict[str, Any], judge: Any, save: Any
) -> None:
    """Whatever the kind and the order of the groups; running statistics are not missed."""
    result = judge(optimizer_covers_weights, save("a.pt", content(choose, kind, **settings)))

    assert (result.outcome, result.measured) == ("all", {"weights": 8, "parameters": 8})


def test_a_constant_that_nobody_trains_is_not_missed(judge: Any, save: Any) -> None:
    """A table of positions is a buffer, though its name does not say so."""
    saved = content()
    saved["model"]["positions"] = torch.ones(7, 7)

    assert judge(optimizer_covers_weights, save("a.pt", saved)).outcome == "all"


@pytest.mark.parametrize(
    "choose", [lambda model: model[1:].parameters(), frozen_first_layer], ids=["not in it", "frozen in it"]
)
def test_weights_without_updates_are_counted_and_named(choose: Choose, judge: Any, save: Any) -> None:
    """Left out of the optimizer, or an id without state: no update either way."""
    result = judge(optimizer_covers_weights, save("a.pt", content(choose)))

    assert result.outcome == "some_missing"
    assert (result.measured["missing"], result.measured["weights"], result.measured["example"]) == (2, 8, "0.weight")


def test_plain_sgd_is_judged_by_number(judge: Any, save: Any) -> None:
    """It keeps no state, so shapes are unknown."""
    result = judge(optimizer_covers_weights, save("a.pt", content(lambda model: model[1:].parameters(), "SGD")))

    assert (result.outcome, result.measured["missing"]) == ("some_missing", 2)


def test_an_optimizer_that_never_stepped_is_found(judge: Any, save: Any) -> None:
    """An epoch has passed and Adam has no moments."""
    assert judge(optimizer_covers_weights, save("a.pt", content(steps=0))).outcome == "none"


def test_before_the_first_epoch_empty_state_is_normal(judge: Any, save: Any) -> None:
    """A checkpoint of the start has no moments yet."""
    result = judge(optimizer_covers_weights, save("a.pt", content(steps=0) | {"epoch": 0}))

    assert result.outcome == "all"


def test_an_optimizer_over_another_model_is_found(judge: Any, save: Any) -> None:
    """No shape of its moments is one of the weights."""
    saved = content()
    saved["model"] = torch.nn.Sequential(torch.nn.Linear(5, 9), torch.nn.Linear(9, 2)).state_dict()

    assert judge(optimizer_covers_weights, save("a.pt", saved)).outcome == "none"


def test_flattened_state_is_not_judged(judge: Any, save: Any) -> None:
    """Sharded training keeps one long vector."""
    saved = content()
    saved["optimizer"]["state"] = {0: {"exp_avg": torch.ones(143), "exp_avg_sq": torch.ones(143)}}
    saved["optimizer"]["param_groups"][0]["params"] = [0]

    assert judge(optimizer_covers_weights, save("a.pt", saved)).reason == "inapplicable"


def test_weights_alone_do_not_tell(judge: Any, save: Any) -> None:
    """A bare state dict."""
    assert judge(optimizer_covers_weights, save("a.pt", network().state_dict())).reason == "absent"
