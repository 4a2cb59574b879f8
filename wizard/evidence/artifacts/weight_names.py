"""What the names of weights tell: which are trained, which are state or constants, what wrappers put before them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wizard.evidence.artifacts.tensors import TensorDescriptor

WRAPPERS = re.compile(r"(_orig_mod|_fsdp_wrapped_module|_forward_module)\.")
PREFIXES = ("module.", "base_model.model.", "model.", "net.")
LONGEST = 500  # characters

# Last parts of names that are state or constants, not trained.
BUFFERS = re.compile(
    r"(running_(mean|var)|num_batches_tracked|position_ids|inv_freq|freqs?(_cis|_cos|_sin)?|pe|\w*mask\w*|anchors?"
    r"|anchor_grid|filt|blur\w*|(pixel_)?(mean|std)|(sqrt_|log_|one_minus_)*(alphas|betas|sigmas)\w*|relative_position_index)"
)
PARAMETERS = re.compile(r".*(weight|bias|kernel|gamma|beta)\w*|.*lora_\w+|[wb]\d*", re.IGNORECASE)


def is_buffer(name: str, tensor: TensorDescriptor) -> bool:
    """Whether a tensor is a constant or a running statistic by its name, or a causal mask called `bias`."""
    last = name.rsplit(".", 1)[-1]
    return BUFFERS.fullmatch(last) is not None or (last == "bias" and len(tensor.shape) == 4)


def is_named_as_parameter(name: str) -> bool:
    """Whether a tensor bears a name of trained parameters (`weight`, `bias`, `gamma`, ...)."""
    return PARAMETERS.fullmatch(name.rsplit(".", 1)[-1]) is not None


def readable(name: str) -> str:
    """NAME as it can be shown: printable and of a bounded length."""
    return (name if name.isprintable() else name.encode("unicode_escape").decode())[:LONGEST]


def unwrapped(name: str) -> str:
    """NAME without the parts that torch.compile, FSDP and DeepSpeed put into it."""
    return WRAPPERS.sub("", name)


def without_prefixes(weights: Mapping[str, TensorDescriptor]) -> dict[str, TensorDescriptor]:
    """Without the prefixes that DDP, compile, FSDP and Lightning put before every name."""
    clean = {unwrapped(name): tensor for name, tensor in weights.items()}
    for prefix in (*PREFIXES, *PREFIXES):
        if clean and all(name.startswith(prefix) and name != prefix for name in clean):
            clean = {name.removeprefix(prefix): tensor for name, tensor in clean.items()}
    return clean if len(clean) == len(weights) else dict(weights)
