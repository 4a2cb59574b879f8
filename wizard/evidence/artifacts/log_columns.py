"""Which column of a delimited log is what, by the many names that trainers give the same thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

Role = Literal["train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate", "gradient_norm", "time"]
MOST_CANDIDATES = 4  # columns of one role that are read side by side until one is chosen

WORDS = {
    "train": "train training trn tr 训练 训练集",
    "val": "val valid validation eval evaluation dev 验证 验证集",
    "test": "test testing 测试 测试集",
    "loss": "loss losses cost nll objective 损失 损失值",
    "accuracy": "acc accuracy acc1 top1 准确率 精度",
    "step": "step steps iter iters iteration iterations it update updates 步数 迭代 迭代次数",
    "batch": "batch minibatch",
    "epoch": "epoch epochs ep 轮次 轮数",
    "lr": "lr 学习率",
    "grad": "grad grads gradient gradients",
    "time": "time elapsed walltime timestamp runtime date datetime 时间 耗时",
}
MEANING = {word: meaning for meaning, words in WORDS.items() for word in words.split()}
GLUED = re.compile(
    r"^(train|training|valid|validation|val|eval|test|训练集?|验证集?|测试集?)(loss|acc|accuracy|损失|准确率)$"
)
SPELT = {
    "learningrate": ["lr"],
    "gradnorm": ["grad", "norm"],
    "gnorm": ["grad", "norm"],
    "梯度范数": ["grad", "norm"],
    "globalstep": ["step"],
}
# words that leave a total a total
NEUTRAL = {"total", "mean", "avg", "average", "overall", "metrics", "metric", "raw", "running", "trainer"}
NEUTRAL |= {"dataloader", "idx"}
NEUTRAL_ACCURACY = NEUTRAL | {"categorical", "sparse", "binary", "multiclass", "top", "1"}
NEUTRAL_NORM = NEUTRAL | {"norm", "global", "l2", "2", "0", "all"}
NEUTRAL_STEP = {"global", "trainer", "optimizer", "idx", "index", "id"}
NEUTRAL_TIME = {"wall", "total", "seconds", "sec", "s", "per", "relative"}
# a running best, a spread or a setting is no curve of the run
REJECTED = {"best", "min", "max", "lowest", "highest", "std", "var", "scale", "scaler", "weight", "coef"}
REJECTED |= {"delta", "diff", "gap", "patience", "ratio"}


class Column(NamedTuple):
    """What a header cell stands for; `component` names a part of a loss, such as `box`."""

    quantity: str
    split: str = ""
    level: str = ""
    component: str = ""


def understand(name: str) -> Column | None:
    """The meaning of one header cell, or None: `understand("Train/Loss_step") == Column("loss", "train", "step")`."""
    if len(name) > 64 or re.search(r":\s|[{}=<>]", name):
        return None
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    tokens: list[str] = []
    for word in re.findall(r"[^\W_]+", apart):
        glued = GLUED.match(word)
        tokens += list(glued.groups()) if glued else SPELT.get(word, [word])
    if {"learning", "rate"} <= set(tokens):
        tokens = ["lr", *(token for token in tokens if token not in ("learning", "rate"))]
    if not tokens or len(tokens) > 8 or REJECTED & set(tokens):
        return None
    return _column([MEANING.get(token, token) for token in tokens])


def _column(tokens: list[str]) -> Column | None:
    found = set(tokens)
    rest = found - {"train", "val", "test", "loss", "accuracy", "step", "batch", "epoch"}
    split = next((word for word in ("val", "test", "train") if word in found), "")
    level = "step" if found & {"step", "batch"} else "epoch" if "epoch" in found else ""
    if {"grad", "norm"} <= found:
        return Column("gradient_norm") if rest - {"grad"} <= NEUTRAL_NORM else None
    if "loss" in found:
        parts = sorted(rest - NEUTRAL - ({"0"} if "dataloader" in found else set()))
        named = len(parts) <= 2 and all(part.isalpha() for part in parts)
        return Column("loss", split, level, " ".join(parts)) if named else None
    if "accuracy" in found:
        split = "val" if not split and "metrics" in found else split  # ultralytics
        return Column("accuracy", split, level) if rest <= NEUTRAL_ACCURACY else None
    if "lr" in found:
        return Column("learning_rate") if not any(len(t) > 2 and t.isdigit() for t in rest) else None
    return _counter(found, rest) if split in ("", "train") else None


def _counter(found: set[str], rest: set[str]) -> Column | None:
    """A column of steps, of batches (which start again in every epoch), of epochs or of seconds."""
    if "time" in found:
        return Column("time") if rest - {"time"} <= NEUTRAL_TIME and not found & {"step", "batch"} else None
    kind = next((word for word in ("batch", "step", "epoch") if word in found), "")
    return Column(kind) if kind and rest <= NEUTRAL_STEP else None


@dataclass(frozen=True, slots=True)
class Layout:
    """A header understood: positions of the counters, and of each role's columns, the preferred one first."""

    names: list[str]
    delimiter: str
    counters: dict[str, int]
    roles: dict[Role, list[int]]


def layout_of(names: list[str], delimiter: str) -> Layout | None:
    """None unless some column is a curve that can be judged."""
    columns = {at: column for at, name in enumerate(names) if (column := understand(name))}
    counters: dict[str, int] = {}
    for at, column in columns.items():
        if column.quantity in ("step", "batch", "epoch", "time"):
            counters.setdefault(column.quantity, at)
    losses = {at: column for at, column in columns.items() if column.quantity == "loss"}
    accuracies = {at: column for at, column in columns.items() if column.quantity == "accuracy"}
    roles: dict[Role, list[int]] = {
        "train_loss": _ranked(losses, ("train", ""), "step"),
        "val_loss": _ranked(losses, ("val",), "epoch") or _ranked(losses, ("test",), "epoch"),
        "train_accuracy": _ranked(accuracies, ("train", ""), "step"),
        "val_accuracy": _ranked(accuracies, ("val",), "epoch") or _ranked(accuracies, ("test",), "epoch"),
        "learning_rate": [at for at, column in columns.items() if column.quantity == "learning_rate"],
        "gradient_norm": [at for at, column in columns.items() if column.quantity == "gradient_norm"][:1],
    }
    _match_components(losses, roles)
    _hand_bare_accuracy_to_validation(losses, accuracies, roles)
    roles = {role: found for role, found in roles.items() if found}
    curves = {role for role in roles if role.endswith(("loss", "accuracy"))}
    return Layout(names, delimiter, counters, roles) if curves or (roles and counters) else None


def _ranked(columns: dict[int, Column], splits: tuple[str, ...], level: str) -> list[int]:
    """Totals before components, a named split before a bare name, the wanted LEVEL before the other."""

    def rank(at: int) -> tuple[bool, int, bool, int]:
        column = columns[at]
        return bool(column.component), splits.index(column.split), column.level not in ("", level), at

    return sorted((at for at, column in columns.items() if column.split in splits), key=rank)[:MOST_CANDIDATES]


def _match_components(losses: dict[int, Column], roles: dict[Role, list[int]]) -> None:
    """Where there is no total, validation and training must be the same part of the loss."""
    if roles["train_loss"]:
        wanted = losses[roles["train_loss"][0]].component
        parts: tuple[Role, Role] = ("train_loss", "val_loss")
        for role in parts:
            same = [at for at in roles[role] if losses[at].component == wanted]
            roles[role] = same or roles[role][:1]


def _hand_bare_accuracy_to_validation(
    losses: dict[int, Column], accuracies: dict[int, Column], roles: dict[Role, list[int]]
) -> None:
    """fastai writes train_loss, valid_loss, accuracy: a bare metric beside two named losses is that of validation."""
    named = {losses[at].split for at in roles["train_loss"][:1] + roles["val_loss"][:1]}
    if named == {"train", "val"} and not roles["val_accuracy"]:
        bare = [at for at in roles["train_accuracy"] if not accuracies[at].split]
        if len(bare) == len(roles["train_accuracy"]):
            roles["train_accuracy"], roles["val_accuracy"] = [], bare
