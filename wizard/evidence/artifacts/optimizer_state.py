"""What an optimizer and its schedule left in a checkpoint, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wizard.evidence.artifacts.scalars import whole_number
from wizard.evidence.artifacts.tensors import TensorDescriptor

ParameterId = int | str
Kind = Literal["adam_like", "sgd_like", "other"]


@dataclass(frozen=True, slots=True)
class ParamGroup:
    """One group of an optimizer: its settings (numbers, switches, `betas` as a tuple) and the ids of its parameters."""

    settings: Mapping[str, Any]
    params: tuple[ParameterId, ...]
    names: tuple[str, ...] = ()

    def number(self, name: str) -> float | None:
        """A setting that is a number, else None."""
        value = self.settings.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    @property
    def betas(self) -> tuple[float, float] | None:
        """Adam's two decay rates of its moments."""
        match self.settings.get("betas"):
            case (int() | float() as first, int() | float() as second):
                return float(first), float(second)
        return None

    @property
    def rate(self) -> float | None:
        """The learning rate without its schedule: at the end of most schedules `lr` itself is 0."""
        known = [rate for name in ("lr", "initial_lr", "max_lr") if (rate := self.number(name)) is not None]
        return max(known, default=None)


@dataclass(frozen=True, slots=True)
class OptimizerState:
    """`state` maps the id of a parameter to its tensors and numbers; a parameter that never had a gradient has none."""

    groups: tuple[ParamGroup, ...]
    state: Mapping[ParameterId, Mapping[str, Any]]

    @property
    def kind(self) -> Kind:
        """Told by the settings of the first group: `betas`, or `momentum` with `nesterov`."""
        settings = self.groups[0].settings if self.groups else {}
        if "betas" in settings:
            return "adam_like"
        return "sgd_like" if {"momentum", "nesterov"} <= set(settings) and "ns_steps" not in settings else "other"

    @property
    def name(self) -> str | None:
        """SGD, Adam or AdamW where the settings leave no doubt."""
        if self.kind == "sgd_like":
            return "SGD"
        decoupled = self.groups[0].settings.get("decoupled_weight_decay") if self.groups else None
        if self.kind == "adam_like" and isinstance(decoupled, bool):
            return "AdamW" if decoupled else "Adam"
        return None

    @property
    def params(self) -> tuple[ParameterId, ...]:
        """Every id, in the order of the groups."""
        return tuple(number for group in self.groups for number in group.params)

    @property
    def rate(self) -> float | None:
        """The largest rate of any group, without its schedule."""
        return max((group.rate for group in self.groups if group.rate is not None), default=None)

    @property
    def steps(self) -> int | None:
        """The most steps that any parameter took, None if the state does not count them."""
        counted = [steps for number in self.state if (steps := self.steps_of(number)) is not None]
        return max(counted, default=None)

    def steps_of(self, number: ParameterId) -> int | None:
        """Steps that one parameter took."""
        return whole_number(self.state.get(number, {}).get("step"))

    def tensor(self, number: ParameterId, name: str) -> TensorDescriptor | None:
        """A tensor of a parameter's state, such as `exp_avg_sq`."""
        value = self.state.get(number, {}).get(name)
        return value if isinstance(value, TensorDescriptor) else None

    def shape(self, number: ParameterId) -> tuple[int, ...] | None:
        """The shape of a parameter, as far as its moments tell."""
        for name in ("exp_avg", "momentum_buffer", "exp_avg_sq", "square_avg"):
            if (tensor := self.tensor(number, name)) is not None:
                return tensor.shape
        return None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A learning-rate scheduler: the rates it started from, the last ones, how far it is and how long it is to last."""

    base_lrs: tuple[float, ...]
    last_lr: tuple[float, ...]
    last_epoch: int | None
    total: int | None
    is_plateau: bool
