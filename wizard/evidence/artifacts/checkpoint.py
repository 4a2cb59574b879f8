"""Checkpoints of a run: weights, optimizer and schedule by their content, in the order of training. Never torch."""

from __future__ import annotations

import json
import math
import re
import stat
import struct
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from wizard.errors import UnreadableError
from wizard.evidence.artifacts.pickle_stubs import MAX_PICKLE, RefusedError, Stub, StubUnpickler
from wizard.evidence.artifacts.tensors import (
    Statistics,
    Storage,
    TensorDescriptor,
    describe,
    item_size,
    statistics,
    whole,
)
from wizard.evidence.artifacts.torch_zip import COPY_AGAIN, DO_NOT_LOAD, SAVE_AGAIN, Saved, read_torch_zip, refused
from wizard.vocabulary import Fact, Place

ParameterId = int | str
Kind = Literal["adam_like", "sgd_like", "other"]
OrderedBy = Literal["step", "epoch", "name", "time"]

# Spellings that people use, the plain weights before averaged ones.
WEIGHT_KEYS = (
    *("model", "model_state_dict", "state_dict", "net", "network", "module", "weights", "params"),
    *("student", "model_ema", "ema", "ema_state_dict", "state_dict_ema", "params_ema"),
)
STEP_KEYS = ("global_step", "step", "iteration", "iter", "iter_num", "total_it", "niter", "updates")
SETTING_KEYS = ("hyper_parameters", "args", "config", "cfg", "hparams", "train_args", "opt")
WRAPPERS = re.compile(r"(_orig_mod|_fsdp_wrapped_module|_forward_module)\.")
PREFIXES = ("module.", "base_model.model.", "model.", "net.")

# Last parts of names that are state or constants, not trained.
BUFFERS = re.compile(
    r"(running_(mean|var)|num_batches_tracked|position_ids|inv_freq|freqs?(_cis|_cos|_sin)?|pe|\w*mask\w*|anchors?"
    r"|anchor_grid|filt|blur\w*|(pixel_)?(mean|std)|(sqrt_|log_|one_minus_)*(alphas|betas|sigmas)\w*|relative_position_index)"
)
PARAMETERS = re.compile(r".*(weight|bias|kernel|gamma|beta)\w*|.*lora_\w+|[wb]\d*", re.IGNORECASE)

MAX_DEPTH = 4  # how deep settings, weights and optimizers lie below the top
MAX_NODES = 10_000
MAX_WEIGHT_NAME = 500
MAX_HEADER = 1 << 25  # bytes of a safetensors header: 10^5 tensors take a third of it
SAFETENSORS_TYPES = {
    **{f"F{bits}": f"float{bits}" for bits in (16, 32, 64)},
    **{f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    "BF16": "bfloat16",
    "BOOL": "bool",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
}

LEGACY_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
SUFFIXES = {".pt", ".pth", ".ckpt", ".safetensors", ".bin"}
LEGACY_PICKLES = 5  # magic, protocol, system, the object, the keys of its storages
TORCH_RECORDS = re.compile(
    rb"[^/]+/(data\.pkl|data/|code/|constants\.pkl|archive_format|byteorder|\.?(format_)?version)"
)
COMPANIONS = (
    "numpy.",
    "torch.",
    "transformers.",
    "accelerate.",
)  # whose objects lie beside weights, as files of their own
SHARD = re.compile(r"-(\d{5})-of-(\d{5})$")


# What is read.


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


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """One moment of a run. `weights` are by name, buffers included, without the prefixes that wrappers add.

    `imports` are globals that the file asks Python for and that were not imported.
    """

    path: Path
    weights: Mapping[str, TensorDescriptor] = field(default_factory=dict)
    optimizer: OptimizerState | None = None
    schedule: Schedule | None = None
    step: int | None = None
    epoch: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    _sums: dict[str, Statistics] = field(default_factory=dict, repr=False)

    @property
    def trainable(self) -> dict[str, TensorDescriptor]:
        """Float weights that look trained: no buffers by name, and tied ones once."""
        found: dict[tuple[Any, ...], tuple[str, TensorDescriptor]] = {}
        for name, tensor in self.weights.items():
            if tensor.is_float and tensor.count and not is_buffer(name, tensor):
                found.setdefault((tensor.storage, tensor.offset, tensor.shape), (name, tensor))
        return dict(found.values())

    @property
    def matrices(self) -> dict[str, TensorDescriptor]:
        """The trainable weights of two or more axes."""
        return {name: tensor for name, tensor in self.trainable.items() if len(tensor.shape) > 1}

    @property
    def progressed(self) -> bool:
        """Whether the file itself says that training had begun."""
        reached = (self.step, self.epoch, self.schedule.last_epoch if self.schedule else None)
        return any(number is not None and number > 0 for number in reached)

    @property
    def parameter_names(self) -> dict[ParameterId, str]:
        """Names of the optimizer's parameters, where the file leaves no doubt: ids need not line up with weights."""
        optimizer = self.optimizer
        if optimizer is None:
            return {}
        named = {
            number: name
            for group in optimizer.groups
            for number, name in zip(group.params, group.names or group.params, strict=False)
            if isinstance(name, str) and (group.names or isinstance(number, str))
        }
        if named:
            return {number: WRAPPERS.sub("", name) for number, name in named.items()}
        weights = list(self.trainable.items())
        shapes = [optimizer.shape(number) for number in optimizer.params]
        if len(optimizer.groups) == 1 and shapes == [tensor.shape for _, tensor in weights]:
            return dict(zip(optimizer.params, (name for name, _ in weights), strict=True))
        return {}

    def statistics(self, name: str) -> Statistics:
        """The sums of one weight, read once."""
        if name not in self._sums:
            self._sums[name] = statistics(self.weights[name])
        return self._sums[name]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two checkpoints of one model. `is_certain` if they are of different moments: `last.pt` may be a copy."""

    first: Checkpoint
    last: Checkpoint
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The checkpoints of a run in the order of training; `best` ones stand aside, unless there are no others."""

    ordered: tuple[Checkpoint, ...]
    best: tuple[Checkpoint, ...]
    ordered_by: OrderedBy
    files: tuple[Path, ...]
    unreadable: tuple[str, ...] = ()

    @property
    def first(self) -> Checkpoint:
        """The earliest."""
        return self.ordered[0]

    @property
    def last(self) -> Checkpoint:
        """The latest."""
        return self.ordered[-1]

    def pair(self) -> Pair | None:
        """The earliest and the last one of the same model; None if there are no two of different moments."""
        for earlier in self.ordered[:-1]:
            shared = same_weights(earlier, self.last)
            begun, ended = _place(earlier, self.ordered_by), _place(self.last, self.ordered_by)
            if 2 * len(shared) > len(self.last.trainable) and begun != ended:
                is_certain = self.ordered_by != "time" and not -math.inf < begun < ended == math.inf
                return Pair(earlier, self.last, is_certain)
        return None

    def as_a_whole(self) -> Place:
        """The last one: the place of what is said about them all."""
        return Place(str(self.last.path), step=self.last.step)

    def facts(self) -> tuple[Fact, ...]:
        """What the last checkpoint says of the run."""
        last, known = self.last, dict[str, int | float | str]()
        parameters = sum(tensor.count for tensor in last.trainable.values())
        if parameters:
            known["num_parameters"] = parameters
        if last.optimizer is not None:
            if last.optimizer.rate is not None:
                known["learning_rate"] = last.optimizer.rate
            if (name := _optimizer_name(last.optimizer)) is not None:
                known["optimizer"] = name
        for fact, spellings in {
            "batch_size": ("batch_size", "train_batch_size"),
            "num_classes": ("num_classes", "n_classes", "num_labels"),
        }.items():
            told = [last.settings[name] for name in spellings if type(last.settings.get(name)) is int]
            if told and told[0] > 0:
                known[fact] = told[0]
        return tuple(Fact(name, value, "checkpoint") for name, value in known.items())


def is_buffer(name: str, tensor: TensorDescriptor) -> bool:
    """Whether a tensor is a constant or a running statistic by its name, or a causal mask called `bias`."""
    last = name.rsplit(".", 1)[-1]
    return BUFFERS.fullmatch(last) is not None or (last == "bias" and len(tensor.shape) == 4)


def is_named_as_parameter(name: str) -> bool:
    """Whether a tensor bears a name of trained parameters (`weight`, `bias`, `gamma`, ...)."""
    return PARAMETERS.fullmatch(name.rsplit(".", 1)[-1]) is not None


def same_weights(one: Checkpoint, other: Checkpoint) -> list[str]:
    """Names of trainable weights that both have in one shape and of which the numbers can be read."""
    mine, theirs = one.trainable, other.trainable
    return [name for name, tensor in mine.items() if name in theirs and theirs[name].shape == tensor.shape]


def _optimizer_name(optimizer: OptimizerState) -> str | None:
    if optimizer.kind == "sgd_like":
        return "SGD"
    decoupled = optimizer.groups[0].settings.get("decoupled_weight_decay") if optimizer.groups else None
    if optimizer.kind == "adam_like" and isinstance(decoupled, bool):
        return "AdamW" if decoupled else "Adam"
    return None


# Files.


def recognises(path: Path, head: bytes) -> bool:
    """Whether a file is a checkpoint by its first bytes, or pretends to be one, so that somebody tells why not."""
    if head[:4] == b"PK\x03\x04" and len(head) > 30:
        (length,) = struct.unpack_from("<H", head, 26)
        return TORCH_RECORDS.match(head[30 : 30 + length]) is not None or path.suffix.lower() in SUFFIXES
    if head.startswith(LEGACY_MAGIC) or _is_safetensors(head):
        return True
    pretends = not head or _is_page(head) or head.startswith(b"version https://git-lfs") or head[:1] == b"\x80"
    return path.suffix.lower() in SUFFIXES and pretends


def read(paths: tuple[Path, ...]) -> Checkpoints:
    """Open PATHS as the checkpoints of one run. Raises UnreadableError if none can be read."""
    parts: list[Checkpoint] = []
    errors: list[UnreadableError] = []
    for path in paths:
        try:
            parts.append(_read_file(path))
        except UnreadableError as error:
            errors.append(error)
        except OSError as error:
            reason = error.strerror or str(error)
            errors.append(UnreadableError("It cannot be opened: {reason}.", str(path), reason=reason))
    joined = _join(_shards(parts, errors))
    full = [part for part in joined if part.weights] or [part for part in joined if part.optimizer or part.schedule]
    folders = {part.path.parent for part in full}
    for part in joined:
        is_companion = part.path.parent in folders and all(name.startswith(COMPANIONS) for name in part.imports)
        if not (part.weights or part.optimizer or part.schedule or is_companion):
            errors.append(_empty(part))
    if not full:
        raise errors[0] if errors else UnreadableError("No checkpoint was named.")
    best = [part for part in full if _is_best(part)]
    timed = [part for part in full if part not in best] or best
    by = _order(timed)
    ordered = sorted(timed, key=lambda part: (_place(part, by), str(part.path)))
    return Checkpoints(
        ordered=tuple(ordered),
        best=tuple(best),
        ordered_by=by,
        files=tuple(dict.fromkeys(file for part in joined for file in part.files)),
        unreadable=tuple(str(error) for error in errors),
    )


def _read_file(path: Path) -> Checkpoint:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError("It is a directory.", str(path), "Name a checkpoint file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("It is no file but a pipe, socket or device.", str(path), "Name a checkpoint file.")
    with path.open("rb") as file:
        head = file.read(4096)
    if head[:2] == b"PK":
        saved = read_torch_zip(path)
        return _understand(path, saved)
    if _is_safetensors(head):
        return Checkpoint(path, _stripped(_read_safetensors(path, status.st_size)), files=(path,))
    raise _no_checkpoint(path, head)


def _is_safetensors(head: bytes) -> bool:
    return head[8:9] == b"{" and 2 <= struct.unpack_from("<Q", head)[0] <= 100_000_000


def _is_page(head: bytes) -> bool:
    start = head[:200].lstrip().lower()
    return start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head"))


def _no_checkpoint(path: Path, head: bytes) -> UnreadableError:
    """The true reason why a file is none."""
    if not head:
        return UnreadableError("It is empty.", str(path), "If the run was killed while saving, take the one before it.")
    if head.startswith(b"version https://git-lfs"):
        return UnreadableError("It is a git-lfs pointer, not the file itself.", str(path), "Run `git lfs pull` there.")
    if _is_page(head):
        return UnreadableError("It is a web page: the download failed.", str(path), "Download the raw file again.")
    if head.startswith(b"\x89HDF"):
        return UnreadableError("It is an HDF5 file of Keras, which is not read.", str(path), "Hand over the run's log.")
    if head[:1] == b"\x80":
        return _plain_pickle(path, head)
    return UnreadableError("It is no checkpoint of torch.save or safetensors.", str(path), SAVE_AGAIN)


def _plain_pickle(path: Path, head: bytes) -> UnreadableError:
    with path.open("rb") as file:
        imports = _imports_of(file.read(MAX_PICKLE))
    if imports:
        return refused(path, _with_imports("it is no zip file of torch.save", imports))
    if head.startswith(LEGACY_MAGIC):
        return UnreadableError(
            "It is in the format of torch before 1.6, which is not read.",
            str(path),
            "Save it again where it was made:\n"
            "  checkpoint = torch.load('old.pt', map_location='cpu', weights_only=True)\n"
            "  torch.save(checkpoint, 'new.pt')",
        )
    return UnreadableError("It is a plain pickle, not a file of torch.save.", str(path), SAVE_AGAIN)


def _imports_of(data: bytes) -> tuple[str, ...]:
    """The unknown globals that the pickles at the start of DATA ask for; nothing of them is imported."""
    names: set[str] = set()
    for _ in range(LEGACY_PICKLES):
        unpickler = StubUnpickler(data, lambda _key, dtype, _count: Storage(Path(), 0, 1 << 62, dtype))
        with suppress(RefusedError):
            unpickler.load()
        names |= set(unpickler.imports)
        data = data[unpickler.at + 1 :]
        if data[:1] != b"\x80":
            break
    return tuple(sorted(names))


def _with_imports(problem: str, imports: tuple[str, ...]) -> RefusedError:
    error = RefusedError(problem)
    error.imports = imports
    return error


def _empty(part: Checkpoint) -> UnreadableError:
    if part.imports:
        return UnreadableError(
            "It holds no weights. It asks Python to import {imports}; nothing was imported or run.",
            str(part.path),
            DO_NOT_LOAD,
            imports=", ".join(part.imports[:20]),
        )
    return UnreadableError("It holds no weights.", str(part.path), "Hand over a file with model.state_dict().")


def _read_safetensors(path: Path, size: int) -> dict[str, TensorDescriptor]:
    """As strict as the library: the tensors must tile the rest of the file."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > min(MAX_HEADER, size - 8):
            raise UnreadableError("It is cut short or damaged: its header does not fit.", str(path), COPY_AGAIN)
        raw = file.read(length)
    tensors: dict[str, TensorDescriptor] = {}
    spans: list[tuple[int, int]] = []
    try:
        header = json.loads(raw)
        header.pop("__metadata__", None)
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            dtype, shape = SAFETENSORS_TYPES[entry["dtype"]], tuple(entry["shape"])
            stride = tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
            tensor = describe(Storage(path, 8 + length + begin, end - begin, dtype), dtype, 0, shape, stride)
            if tensor.count * (item_size(dtype) or 0) != end - begin:
                raise ValueError
            tensors[name] = tensor
            spans.append((begin, end))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise UnreadableError("Its header is damaged.", str(path), COPY_AGAIN) from None
    spans.sort()
    edges = [0, *(end for _, end in spans)]
    if [begin for begin, _ in spans] != edges[:-1] or edges[-1] != size - 8 - length:
        raise UnreadableError("It is cut short or damaged: its tensors do not fill it.", str(path), COPY_AGAIN)
    return tensors


# Content.


def _understand(path: Path, saved: Saved) -> Checkpoint:
    tree = saved.tree
    optimizers = list(_find_optimizers(tree))
    progress = [_untensored(mapping) if _is_state_dict(mapping) else mapping for mapping in _mappings(tree)]
    optimizer = _merged(optimizers) if optimizers else None
    step = _first_number(progress, STEP_KEYS)
    return Checkpoint(
        path=path,
        weights=_stripped(_find_weights(tree)),
        optimizer=optimizer,
        schedule=_find_schedule(progress),
        step=step if step is not None or optimizer is None else optimizer.steps,
        epoch=_first_number(progress, ("epoch",)),
        settings=_find_settings(tree),
        imports=saved.imports,
        files=(path,),
    )


def _fields(value: object) -> Mapping[Any, Any]:
    """The items of a dict, or the attributes of a stubbed object; nothing for anything else."""
    if isinstance(value, Stub):
        value = value.state if isinstance(value.state, dict) else value.pairs
    return value if isinstance(value, dict) else {}


def _is_module(value: object) -> bool:
    return isinstance(value, Stub) and {"_parameters", "_modules"} <= set(_fields(value))


def _is_state_dict(value: object) -> bool:
    """Mostly named tensors, at least one of them a float array."""
    if not isinstance(value, dict) or not value or not all(isinstance(key, str) for key in value):
        return False
    tensors = [entry for entry in value.values() if isinstance(entry, TensorDescriptor)]
    return 2 * len(tensors) > len(value) and any(_is_array(tensor) for tensor in tensors)


def _untensored(mapping: Mapping[Any, Any]) -> Mapping[Any, Any]:
    return {key: value for key, value in mapping.items() if not isinstance(value, TensorDescriptor)}


def _is_array(tensor: TensorDescriptor) -> bool:
    return len(tensor.shape) > 0 and "float" in tensor.dtype


def _mappings(tree: object) -> Iterator[Mapping[Any, Any]]:
    """Dicts and objects from the top down, each once, not into weights or optimizers."""
    seen: set[int] = set()
    level: deque[tuple[object, int]] = deque([(tree, 0)])
    while level and len(seen) < MAX_NODES:
        node, depth = level.popleft()
        if id(node) in seen:
            continue
        seen.add(id(node))
        fields = _fields(node)
        if fields:
            yield fields
        if depth < MAX_DEPTH and not (_is_state_dict(node) or _is_module(node) or "param_groups" in fields):
            children = list(fields.values()) if fields else node if isinstance(node, list | tuple) else []
            level.extend((child, depth + 1) for child in children[:MAX_NODES] if isinstance(child, dict | list | Stub))


def _find_weights(tree: object) -> dict[str, TensorDescriptor]:
    """The named tensors of the model: under a usual key, at the top, or whatever looks like a state dict."""
    if _is_module(tree):
        return _tensors_of(tree)
    for mapping in _mappings(tree):
        if _is_state_dict(mapping):
            return _tensors_of(mapping)
        for key in WEIGHT_KEYS:
            if found := _tensors_of(mapping.get(key)):
                return found
        others = {
            str(key): found
            for key, value in mapping.items()
            if (_is_state_dict(value) or _is_module(value)) and (found := _tensors_of(value))
        }
        if len(others) == 1:
            return next(iter(others.values()))
        if others:
            return {f"{key}.{name}": tensor for key, found in others.items() for name, tensor in found.items()}
    return {}


def _tensors_of(value: object) -> dict[str, TensorDescriptor]:
    """Tensors of a state dict (nested or not) or a pickled module, by dotted name; {} if it is neither."""
    found: dict[str, TensorDescriptor] = {}
    seen: set[int] = set()
    nodes: deque[tuple[str, object]] = deque([("", value)])
    while nodes:
        prefix, node = nodes.popleft()
        if id(node) in seen or len(prefix) > MAX_WEIGHT_NAME or "param_groups" in _fields(node):
            continue
        seen.add(id(node))
        for name, child in _children(node):
            if not isinstance(name, str):
                continue
            if isinstance(child, TensorDescriptor):
                found[_readable(prefix + name)] = child
            elif isinstance(child, dict) or _is_module(child):
                nodes.append((f"{prefix}{name}.", child))
    return found if any(_is_array(tensor) for tensor in found.values()) else {}


def _children(node: object) -> Iterable[tuple[object, object]]:
    if _is_module(node):
        fields = _fields(node)
        parts = [fields.get(part) for part in ("_parameters", "_buffers", "_modules")]
        return [item for part in parts if isinstance(part, dict) for item in part.items()]
    return node.items() if isinstance(node, dict) else ()


def _readable(name: str) -> str:
    return (name if name.isprintable() else name.encode("unicode_escape").decode())[:MAX_WEIGHT_NAME]


def _stripped(weights: dict[str, TensorDescriptor]) -> dict[str, TensorDescriptor]:
    """Without the prefixes that DDP, compile, FSDP and Lightning put before every name."""
    clean = {WRAPPERS.sub("", name): tensor for name, tensor in weights.items()}
    for prefix in (*PREFIXES, *PREFIXES):
        if clean and all(name.startswith(prefix) and name != prefix for name in clean):
            clean = {name.removeprefix(prefix): tensor for name, tensor in clean.items()}
    return clean if len(clean) == len(weights) else weights


def _find_optimizers(tree: object) -> Iterator[OptimizerState]:
    """By content: `opt` is settings in one project and an optimizer in the next."""
    for mapping in _mappings(tree):
        groups, state = mapping.get("param_groups"), mapping.get("state")
        if isinstance(groups, list) and isinstance(state, dict):
            yield OptimizerState(
                tuple(_group(group) for group in groups if isinstance(group, dict)),
                {key: entry for key, entry in state.items() if isinstance(key, int | str) and isinstance(entry, dict)},
            )


def _group(group: Mapping[Any, Any]) -> ParamGroup:
    settings: dict[str, Any] = {}
    for key, value in group.items():
        if not isinstance(key, str) or key in ("params", "param_names"):
            continue
        number = value if isinstance(value, bool | str | None) else scalar(value)
        settings[key] = tuple(map(scalar, value)) if isinstance(value, tuple | list) and len(value) < 10 else number
    params, names = group.get("params"), group.get("param_names")
    return ParamGroup(
        settings,
        tuple(number for number in params if isinstance(number, int | str)) if isinstance(params, list) else (),
        tuple(map(str, names)) if isinstance(names, list) else (),
    )


def _merged(optimizers: Sequence[OptimizerState]) -> OptimizerState:
    """Several optimizers of one run as one, their ids told apart."""
    if len(optimizers) == 1:
        return optimizers[0]
    groups: list[ParamGroup] = []
    state: dict[ParameterId, Mapping[str, Any]] = {}
    for index, optimizer in enumerate(optimizers):
        groups += [
            replace(group, params=tuple(f"{index}:{number}" for number in group.params)) for group in optimizer.groups
        ]
        state |= {f"{index}:{number}": entry for number, entry in optimizer.state.items()}
    return OptimizerState(tuple(groups), state)


def _find_schedule(mappings: Iterable[Mapping[Any, Any]]) -> Schedule | None:
    for mapping in mappings:
        is_plateau = {"num_bad_epochs", "factor"} <= set(mapping)
        if "last_epoch" in mapping and (is_plateau or "base_lrs" in mapping or "_last_lr" in mapping):
            return Schedule(
                _numbers(mapping.get("base_lrs")),
                _numbers(mapping.get("_last_lr")),
                whole_number(mapping.get("last_epoch")),
                _first_number([mapping], ("T_max", "total_steps", "total_iters")),
                is_plateau,
            )
    return None


def _find_settings(tree: object) -> dict[str, Any]:
    top = _fields(tree)
    for key in SETTING_KEYS:
        if isinstance(top.get(key), dict | Stub) and "param_groups" not in (found := _fields(top[key])):
            return {name: value for name, value in found.items() if isinstance(name, str)}
    return {}


def _first_number(mappings: Iterable[Mapping[Any, Any]], keys: Sequence[str]) -> int | None:
    for mapping in mappings:
        for key in keys:
            if (number := whole_number(mapping.get(key))) is not None:
                return number
    return None


def _numbers(value: object) -> tuple[float, ...]:
    items = value[:1000] if isinstance(value, list | tuple) else ()
    return tuple(number for item in items if (number := scalar(item)) is not None)


def scalar(value: object) -> float | int | None:
    """A number, be it wrapped in a tensor of one element; else None."""
    if isinstance(value, TensorDescriptor) and value.count == 1 and value.dtype != "bool":
        held = whole(value)
        return float(held.reshape(-1)[0]) if held is not None else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole_number(value: object) -> int | None:
    """A count that is not negative, else None."""
    number = scalar(value)
    return int(number) if number is not None and math.isfinite(number) and 0 <= number < 1 << 62 else None


# Several files.


def _shards(parts: Sequence[Checkpoint], errors: list[UnreadableError]) -> list[Checkpoint]:
    """Shards of one checkpoint as one; an incomplete set goes to ERRORS."""
    done: list[Checkpoint] = []
    sets: dict[tuple[Path, str, str], list[Checkpoint]] = {}
    for part in parts:
        match = SHARD.search(part.path.stem)
        if match is None:
            done.append(part)
        else:
            sets.setdefault((part.path.parent, part.path.stem[: match.start()], match[2]), []).append(part)
    for (folder, stem, total), shards in sets.items():
        if len(shards) != int(total):
            errors.append(
                UnreadableError(
                    "Only {n} of its {total} shards can be read.",
                    str(folder / stem),
                    COPY_AGAIN,
                    n=len(shards),
                    total=int(total),
                )
            )
            continue
        weights = {name: tensor for shard in shards for name, tensor in shard.weights.items()}
        imports = tuple(sorted({name for shard in shards for name in shard.imports}))
        done.append(Checkpoint(shards[0].path, weights, imports=imports, files=tuple(shard.path for shard in shards)))
    return done


def _join(parts: Sequence[Checkpoint]) -> list[Checkpoint]:
    """Optimizer and scheduler files go to the weights of their folder (checkpoint-500/optimizer.pt)."""
    done = [part for part in parts if part.weights or not (part.optimizer or part.schedule)]
    for extra in parts:
        if extra in done:
            continue
        near = [
            index
            for index, part in enumerate(done)
            if part.path.parent == extra.path.parent
            and part.weights
            and not (part.optimizer and extra.optimizer)
            and not _is_best(part)
        ]
        same = [index for index in near if _digits(done[index].path) == _digits(extra.path)]
        if len(same or near) == 1:
            part = done[(same or near)[0]]
            done[(same or near)[0]] = replace(
                part,
                optimizer=part.optimizer or extra.optimizer,
                schedule=part.schedule or extra.schedule,
                step=part.step if part.step is not None else extra.step,
                epoch=part.epoch if part.epoch is not None else extra.epoch,
                files=(*part.files, *extra.files),
            )
        else:
            done.append(extra)
    return done


def _is_best(part: Checkpoint) -> bool:
    return "best" in part.path.stem.lower()


def _order(parts: Sequence[Checkpoint]) -> OrderedBy:
    """By what every one of them tells."""
    for by in ("step", "epoch", "name"):
        if all(not math.isnan(_place(part, by)) for part in parts):
            return by
    return "time"


def _place(part: Checkpoint, by: OrderedBy) -> float:
    """Where a checkpoint stands by step, epoch, name or time of the file; NaN if it does not tell."""
    if by == "time":
        return part.path.stat().st_mtime
    if by == "name":
        return _digits(part.path)
    reached = part.step if by == "step" else part.epoch
    return math.nan if reached is None else reached


def _digits(path: Path) -> float:
    """The moment that a name tells: `step`, `epoch` or last number; words such as `init` and `final`; NaN if none."""
    for name in (path.stem, path.parent.name if "checkpoint" in path.parent.name.lower() else ""):
        words = set(re.split(r"[^a-z]+", name.lower()))
        if words & {"first", "init", "initial", "start", "begin", "before", "pretrained"}:
            return -math.inf
        if words & {"last", "final", "latest", "end", "after"}:
            return math.inf
        plain = re.sub(r"\d+\.\d+", "", name.lower())
        for pattern in (r"(?:step|iter)\D{0,6}(\d{1,15})", r"ep(?:och)?\D{0,2}(\d{1,15})", r"(\d{1,15})(?!.*\d)"):
            if match := re.search(pattern, plain):
                return float(match[1])
    return math.nan
