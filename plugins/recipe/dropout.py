"""How much the model drops while it trains. Does not judge weight decay, which the checkpoint tells."""

from __future__ import annotations

from torch import nn

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.recipe import Recipe
from wizard.plugins.recipe.thresholds import HIGH_DROPOUT

DROPPING = (
    nn.Dropout,
    nn.Dropout1d,
    nn.Dropout2d,
    nn.Dropout3d,
    nn.AlphaDropout,
    nn.FeatureAlphaDropout,
)


@inspector(version=1)
def dropout_rate(recipe: Recipe) -> Finding | Unanswered:
    """The highest rate of a dropout layer, and of an RNN between its layers."""
    rates = {
        name: float(module.p) if isinstance(module, DROPPING) else float(module.dropout)
        for name, module in recipe.fresh_model().named_modules()
        if isinstance(module, (*DROPPING, nn.RNNBase))
    }
    if not rates:
        return Unanswered("inapplicable", "The model has no dropout layer.")
    name = max(sorted(rates), key=lambda name: rates[name])
    return Finding(
        "high" if rates[name] >= HIGH_DROPOUT else "usual", {"rate": rates[name], "name": name}, recipe.place("model")
    )
