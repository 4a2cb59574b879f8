"""Normalisation layers and samples per device. Says nothing of a pretrained BatchNorm that is fine-tuned."""

from __future__ import annotations

from wizard.evidence import Finding, Unanswered, inspector
from wizard.evidence.artifacts.source_batches import batch_size
from wizard.evidence.artifacts.source_code import Code
from wizard.evidence.artifacts.source_layers import BATCH_NORMS, SAMPLE_NORMS, TRANSFORMERS, WEIGHTED, WITH_BATCH_NORM
from wizard.evidence.artifacts.source_network import Network, network

FEW_SAMPLES, MANY_LAYERS = 8, 10  # the check's own limits
# several devices share a batch, or one sample of it holds many nodes that are normalised together
SPREADS = ("DataParallel", "SyncBatchNorm", "convert_sync_batchnorm", "torch_geometric", "dgl")
PRETRAINED = ("pretrained", "weights", "from_pretrained", "load_state_dict")


@inspector(version=1)
def normalisation_and_batch(code: Code) -> Finding | Unanswered:
    """The kind of normalisation of the network in view; for BatchNorm with the batch size of the loader."""
    model = network(code)
    if model is None:
        return Unanswered("absent", "The code does not show the layers of the model.")
    if model.named(BATCH_NORMS) or WITH_BATCH_NORM.match(model.library):
        return _by_batch(code, model)
    if not model.complete:
        return Unanswered("absent", "The code does not show the layers of the model.")
    if model.named(SAMPLE_NORMS | TRANSFORMERS):
        return Finding("layer_or_group_norm", {}, code.place(model.node))
    times = [layer.times for layer in model.named(WEIGHTED)]
    depth = sum(time for time in times if time is not None)
    if (
        None in times
        or not depth
        or code.says("layer_norm", "batch_norm", "group_norm", "rms_norm", "weight_norm", "norm")
    ):
        return Unanswered("absent", "The code does not show the layers of the model.")
    return Finding("none_shallow" if depth <= MANY_LAYERS else "none_deep", {"layers": depth}, code.place(model.node))


def _by_batch(code: Code, model: Network) -> Finding | Unanswered:
    size = batch_size(code)
    if size is None or (model.library and code.says(*PRETRAINED)) or code.says(*SPREADS):
        return Unanswered("absent", "The code does not show how many samples a BatchNorm sees at a time.")
    outcome = "batch_norm_large_batch" if size >= FEW_SAMPLES else "batch_norm_small_batch"
    return Finding(outcome, {"batch_size": size}, code.place(model.node))
