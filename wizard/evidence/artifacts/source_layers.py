"""What constructors in pasted code are: layers, losses, optimizers, models of libraries."""

from __future__ import annotations

import re

WEIGHTED = {
    "Linear", "LazyLinear", "Bilinear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d",
    "ConvTranspose3d", "LazyConv1d", "LazyConv2d", "LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell",
    "MultiheadAttention", "Embedding", "EmbeddingBag",
}  # fmt: skip
RECURRENT = {"LSTM", "GRU", "RNN"}
TRANSFORMERS = {
    "Transformer", "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer", "TransformerDecoderLayer",
}  # fmt: skip
BATCH_NORMS = {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LazyBatchNorm1d", "LazyBatchNorm2d", "SyncBatchNorm"}
SAMPLE_NORMS = {"LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"}
DROPOUTS = {"Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"}
CONTAINERS = {"Sequential", "ModuleList", "ModuleDict", "OrderedDict"}
ACTIVATIONS = {
    "ReLU", "ReLU6", "LeakyReLU", "PReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Tanh", "Sigmoid", "Softmax",
    "LogSoftmax", "LogSigmoid", "Softplus", "Hardswish", "Hardtanh", "Softmax2d", "GLU",
}  # fmt: skip
SHAPERS = {
    "Flatten", "Unflatten", "Identity", "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d",
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "Upsample",
    "UpsamplingBilinear2d", "PixelShuffle", "ZeroPad2d", "ReflectionPad2d", "ConstantPad1d",
}  # fmt: skip
HARMLESS = ACTIVATIONS | SHAPERS | CONTAINERS | {"Parameter", "ParameterList", "Buffer"}
KNOWN = WEIGHTED | TRANSFORMERS | BATCH_NORMS | SAMPLE_NORMS | DROPOUTS | HARMLESS

CROSS_ENTROPY, LOGISTIC, NLL, BCE, ERROR = "cross_entropy", "logistic", "nll", "bce", "error"
LOSSES = {
    "CrossEntropyLoss": CROSS_ENTROPY, "cross_entropy": CROSS_ENTROPY,
    "BCEWithLogitsLoss": LOGISTIC, "binary_cross_entropy_with_logits": LOGISTIC,
    "NLLLoss": NLL, "nll_loss": NLL,
    "BCELoss": BCE, "binary_cross_entropy": BCE,
    "MSELoss": ERROR, "mse_loss": ERROR, "L1Loss": ERROR, "l1_loss": ERROR, "SmoothL1Loss": ERROR,
    "smooth_l1_loss": ERROR, "HuberLoss": ERROR, "huber_loss": ERROR,
}  # fmt: skip

OPTIMIZERS = {
    "SGD", "Adam", "AdamW", "NAdam", "RAdam", "RMSprop", "Adagrad", "Adamax", "Adadelta", "LBFGS", "Rprop", "ASGD",
    "SparseAdam", "Adafactor", "Lion", "LARS", "LAMB", "Ranger", "AdaBelief", "FusedAdam", "Adam8bit", "AdamW8bit",
    "SAM", "Muon", "MADGRAD", "create_optimizer", "create_optimizer_v2",
}  # fmt: skip
SCHEDULERS = {
    "LambdaLR", "MultiplicativeLR", "StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR",
    "PolynomialLR", "CosineAnnealingLR", "ChainedScheduler", "SequentialLR", "ReduceLROnPlateau", "CyclicLR",
    "OneCycleLR", "CosineAnnealingWarmRestarts", "CosineLRScheduler", "StepLRScheduler", "create_scheduler",
    "get_linear_schedule_with_warmup", "get_cosine_schedule_with_warmup", "get_scheduler", "get_constant_schedule",
    "get_constant_schedule_with_warmup", "get_polynomial_decay_schedule_with_warmup", "NoamOpt", "ScheduledOptim",
    "get_cosine_with_hard_restarts_schedule_with_warmup", "get_inverse_sqrt_schedule", "GradualWarmupScheduler",
}  # fmt: skip

# classifiers of torchvision by their functions; all but AlexNet, VGG and SqueezeNet have skips and normalisation
TORCHVISION = re.compile(
    r"(resnet|resnext|wide_resnet|densenet|mobilenet|efficientnet|convnext|regnet|shufflenet|mnasnet|googlenet"
    r"|inception_v3|vgg|alexnet|squeezenet|vit_|swin_|maxvit)[\w]*$"
)
WITH_BATCH_NORM = re.compile(
    r"(resnet|resnext|wide_resnet|densenet|mobilenet|efficientnet|regnet|shufflenet|mnasnet|googlenet|inception_v3)"
)
DEEP_WITH_SKIPS = re.compile(r"(resnet|resnext|wide_resnet|densenet|mobilenet_v[23]|efficientnet|convnext|vit_|swin_)")
# trainers that do the step, the modes and the precision themselves; only if they are not defined in the pasted code
TRAINERS = re.compile(r"\w*Trainer$")


def is_library_model(name: str) -> bool:
    """Whether NAME is a function of torchvision.models that builds a classifier."""
    return TORCHVISION.match(name) is not None


# calls in a constructor that build no layer, by name and by module
BUILD_NOTHING = {
    "AUROC", "Accuracy", "AverageMeter", "F1Score", "FloatTensor", "MeanMetric", "MetricCollection", "Tensor",
    "__init__", "__post_init__", "_init_weights", "abs", "add_module", "append", "apply", "arange", "bool", "ceil",
    "copy", "cos", "cuda", "data", "device", "dict", "empty", "endswith", "enumerate", "eval", "exp", "extend",
    "float", "floor", "full", "get", "hasattr", "init_weights", "int", "isinstance", "items", "keys", "len",
    "linspace", "list", "load_state_dict", "log", "max", "min", "modules", "named_parameters", "ones", "parameters",
    "pop", "post_init", "pow", "print", "prod", "randn", "range", "register_buffer", "requires_grad_",
    "reset_parameters", "reversed", "round", "save_hyperparameters", "set", "sin", "size", "spectral_norm", "sqrt",
    "str", "sum", "super", "tensor", "to", "train", "transpose", "tril", "triu", "tuple", "unsqueeze", "values",
    "weight", "weight_norm", "zeros", "zip",
}  # fmt: skip
NO_LAYERS = ("nn.init.", "init.", "torch.nn.init.", "math.", "np.", "torch.", "os.", "F.")
