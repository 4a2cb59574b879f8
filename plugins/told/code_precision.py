"""The number format that training runs in, as the pasted code sets it."""

from __future__ import annotations

import ast

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import OPTIMIZERS
from wizard.evidence.artifacts.source_models import trained_names
from wizard.evidence.artifacts.source_steps import automatic, trainings
from wizard.evidence.artifacts.source_tree import argument, dotted, last, receiver

TOLD = {
    "bf16": "bf16_autocast", "bf16-mixed": "bf16_autocast", "bf16-true": "half_weights", "no": "full", "32": "full",
    "fp16": "fp16_with_scaler", "16": "fp16_with_scaler", "16-mixed": "fp16_with_scaler", "16-true": "half_weights",
    "32-true": "full",
}  # fmt: skip
HALVES = ("float16", "half")
BFLOATS = ("bfloat16",)
WORDS = (
    "autocast", "GradScaler", "half", "bfloat16", "float16", "fp16", "bf16", "mixed_precision", "amp", "torch_dtype",
    "deepspeed", "set_default_dtype", "NativeScaler", "apex", "use_amp",
)  # fmt: skip
ADAPTERS = (
    "get_peft_model", "LoraConfig", "BitsAndBytesConfig", "quantization_config", "load_in_8bit", "load_in_4bit",
    "prepare_model_for_kbit_training", "deepspeed", "FSDP", "FullyShardedDataParallel",
)  # fmt: skip


@inspector(version=1)
def precision_in_use(code: Code) -> Finding | Unanswered:
    """Half weights first, then what a library is told, then autocast; float32 only if nothing speaks of a format."""
    library, loops = automatic(code), trainings(code)
    if library is not None or loops:
        for judge in (_half_weights, _told, _autocast, _full):
            found = judge(code)
            if found is not None:
                return Finding(found[0], {}, code.place(found[1])) if found[0] else _unclear()
    return _unclear()


def _unclear() -> Unanswered:
    return Unanswered("absent", "The code does not show plainly in which number format the training runs.")


Judged = tuple[str, ast.AST] | None  # outcome ("" if it cannot be told) and where


def _half_weights(code: Code) -> Judged:
    """The trained model itself is converted or loaded in half precision."""
    names = trained_names(code)
    for call in code.calls:
        name = last(call)
        dtype = argument(call, "torch_dtype") or argument(call, "dtype")
        loaded = name == "from_pretrained" and dtype is not None and last(dtype) in (*HALVES, *BFLOATS)
        to = name == "to" and any(last(arg) in ("float16", "half", "bfloat16") for arg in (*call.args, dtype) if arg)
        converted = (name in ("half", "bfloat16") and not call.args) or to
        owner = receiver(call)
        if converted and dotted(owner) in names and not code.says("autocast"):
            return ("", call) if code.says(*ADAPTERS) else ("half_weights", call)
        if loaded or (converted and isinstance(owner, ast.Call)):
            bound = code.statement(call)
            targets = {dotted(one) for one in bound.targets} if isinstance(bound, ast.Assign) else set()
            handed = {dotted(key.value) for one in code.calls for key in one.keywords if key.arg == "model"}
            if targets & (names | handed):
                plain = not code.says(*ADAPTERS, "autocast", "fp16", "bf16")
                return ("half_weights", call) if plain else ("", call)
    return None


def _told(code: Code) -> Judged:
    """TrainingArguments(bf16=True), Trainer(precision=...), Accelerator(mixed_precision=...)."""
    for call in code.calls:
        for name, outcome in (("fp16", "fp16_with_scaler"), ("bf16", "bf16_autocast")):
            value = argument(call, name)
            if value is not None and last(call).endswith(("Arguments", "Config")):
                number = code.names.number(value)
                if number != 0:
                    return (outcome if number else ""), call
        value = argument(call, "mixed_precision") or argument(call, "precision")
        if value is not None and last(call) in ("Accelerator", "Trainer", "Fabric"):
            return TOLD.get(str(value.value) if isinstance(value, ast.Constant) else "", ""), call
    unread = code.called("Accelerator")  # its format may come from a file of settings
    return ("", unread[0]) if unread else None


def _autocast(code: Code) -> Judged:
    casts = [call for call in code.called("autocast") if _is_in_training(code, call)]
    if not casts:
        return None
    formats = {_format(code, call) for call in casts}
    if formats == {"bfloat16"}:
        return "bf16_autocast", casts[0]
    if formats != {"float16"} or any(argument(call, "enabled") is not None for call in casts):
        return "", casts[0]
    scales = code.says(
        "GradScaler", "scaler", "scale", "NativeScaler", "loss_scaler", "Fabric", "Accelerator", "deepspeed"
    )
    if scales:
        made = code.called("GradScaler")
        plain = made and all(argument(call, "enabled") is None for call in made) and code.says("scale")
        return ("fp16_with_scaler" if plain else ""), casts[0]
    return ("fp16_without_scaler" if code.called(*OPTIMIZERS) else ""), casts[0]


def _is_in_training(code: Code, cast: ast.Call) -> bool:
    """Whether it stands in a training loop, around or before its backward()."""
    around = {code.tree, *code.above(cast)}
    return any(training.region in around for training in trainings(code))


def _format(code: Code, cast: ast.Call) -> str:
    """What autocast casts to: as asked, else float16 on a GPU. Empty if that cannot be told."""
    asked = argument(cast, "dtype", 1)
    if asked is not None:
        names = {last(asked)} if "torch" in dotted(asked) else {last(one) for one in code.names.meanings(asked) if one}
        one = names.pop() if len(names) == 1 else ""
        return {"half": "float16"}.get(one, one if one in ("float16", "bfloat16") else "")
    device = argument(cast, "device_type", 0)
    if device is None:
        return "float16"
    return "float16" if isinstance(device, ast.Constant) and device.value == "cuda" else ""


def _full(code: Code) -> Judged:
    """Nothing in sight speaks of a format: only where model or optimizer are built in view."""
    built = [*code.called(*OPTIMIZERS), *code.called("Trainer", "TrainingArguments")]
    return None if not built or code.says(*WORDS) or code.gaps else ("full", built[0])
