"""Small real runs: healthy recipes, and faults injected the way people make them, as edits of the source."""

from __future__ import annotations

import runpy
import shutil
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

COMMON = '''
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def loaders(x, y, batch=64, held_out=0.25):
    """Training and validation loaders over a seeded random split."""
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(1))
    x, y = x[order], y[order]
    cut = int(len(x) * (1 - held_out))
    train, val = TensorDataset(x[:cut], y[:cut]), TensorDataset(x[cut:], y[cut:])
    return DataLoader(train, batch_size=batch, shuffle=True), DataLoader(val, batch_size=256)
'''

BLOBS = (
    COMMON
    + '''

def make_model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(32, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


def make_loaders():
    """Ten overlapping Gaussian classes in 32 dimensions."""
    random = torch.Generator().manual_seed(0)
    centres = torch.randn(10, 32, generator=random)
    y = torch.randint(0, 10, (4000,), generator=random)
    x = centres[y] + 1.3 * torch.randn(4000, 32, generator=random)
    x = (x - x.mean(0)) / x.std(0)
    return loaders(x, y)


def make_loss():
    return nn.CrossEntropyLoss()


def make_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=1e-3)


EPOCHS, LOG_EVERY, SCHEDULE, CLASSIFY = 10, 5, False, True
'''
)

IMAGES = (
    COMMON
    + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(), nn.AdaptiveAvgPool2d(2),
        )
        self.head = nn.Linear(128, 6)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


def make_model():
    torch.manual_seed(0)
    return Net()


def make_loaders():
    """Six kinds of bars in noisy 12 x 12 images, grey values 0 to 1."""
    random = torch.Generator().manual_seed(0)
    y = torch.randint(0, 6, (2400,), generator=random)
    x = 0.35 * torch.rand(2400, 1, 12, 12, generator=random)
    at = torch.randint(1, 11, (2400,), generator=random)
    for i in range(2400):
        k, a = int(y[i]), int(at[i])
        if k in (0, 3): x[i, 0, a, :] += 0.5
        if k in (1, 3): x[i, 0, :, a] += 0.5
        if k == 2: x[i, 0].diagonal().add_(0.5)
        if k == 4: x[i, 0, a - 1 : a + 2, a - 1 : a + 2] += 0.5
        if k == 5: x[i, 0, :6] += 0.2
    x = x.clamp(0, 1)
    return loaders(x, y)


def make_loss():
    return nn.CrossEntropyLoss()


def make_optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)


EPOCHS, LOG_EVERY, SCHEDULE, CLASSIFY = 8, 0, True, True
'''
)

REGRESSION = (
    COMMON
    + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(12, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))

    def forward(self, x):
        return self.body(x).squeeze(-1)


def make_model():
    torch.manual_seed(0)
    return Net()


def make_loaders():
    """A smooth function of twelve features with noise that nobody can predict."""
    random = torch.Generator().manual_seed(0)
    x = torch.randn(3000, 12, generator=random)
    y = (x[:, 0] * 2).sin() + x[:, 1] * x[:, 2] - 0.5 * x[:, 3] + 0.3 * torch.randn(3000, generator=random)
    y = (y - y.mean()) / y.std()
    return loaders(x, y)


def make_loss():
    return nn.MSELoss()


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=3e-3)


EPOCHS, LOG_EVERY, SCHEDULE, CLASSIFY = 14, 0, False, False
'''
)

SEQUENCES = (
    COMMON
    + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 16)
        self.rnn = nn.GRU(16, 32, batch_first=True)
        self.drop = nn.Dropout(0.3)
        self.head = nn.Linear(32, 4)

    def forward(self, x):
        out, _ = self.rnn(self.embedding(x))
        return self.head(self.drop(out.mean(1)))


def make_model():
    torch.manual_seed(0)
    return Net()


def make_loaders():
    """Token sequences in which one of four motifs is hidden."""
    random = torch.Generator().manual_seed(0)
    x = torch.randint(4, 20, (2400, 16), generator=random)
    y = torch.randint(0, 4, (2400,), generator=random)
    places = torch.randint(0, 13, (2400,), generator=random)
    for i in range(2400):
        x[i, places[i] : places[i] + 3] = y[i]
    return loaders(x, y)


def make_loss():
    return nn.CrossEntropyLoss()


def make_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=4e-3)


EPOCHS, LOG_EVERY, SCHEDULE, CLASSIFY = 6, 4, False, True
'''
)

BINARY = (
    COMMON
    + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(20, 64), nn.LayerNorm(64), nn.GELU(), nn.Linear(64, 1))

    def forward(self, x):
        return self.body(x).squeeze(-1)


def make_model():
    torch.manual_seed(0)
    return Net()


def make_loaders():
    """One positive in six, with a curved border; weighted in the loss."""
    random = torch.Generator().manual_seed(0)
    x = torch.randn(4000, 20, generator=random)
    score = x[:, 0] + x[:, 1] ** 2 - x[:, 2] + 0.4 * torch.randn(4000, generator=random)
    y = (score > score.quantile(5 / 6)).float()
    return loaders(x, y)


def make_loss():
    return nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))


def make_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)


EPOCHS, LOG_EVERY, SCHEDULE, CLASSIFY = 10, 0, True, True
'''
)

FINETUNED = (
    BLOBS.replace(
        "    return nn.Sequential(nn.Linear(32, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))\n",
        """    model = nn.Sequential(nn.Linear(32, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(4):  # stands for weights that were trained elsewhere
        for x, y in make_loaders()[0]:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.zero_grad()
    return model
""",
    )
    .replace("lr=1e-3", "lr=2e-5")
    .replace("= 10, 5,", "= 5, 5,")
)

OUTLIERS = (
    REGRESSION.replace(
        "    return loaders(x, y)",
        "    y += 8 * torch.randn(3000, generator=random) * (torch.rand(3000, generator=random) < 0.05)\n"
        "    return loaders(x, y)",
    )
    .replace("nn.MSELoss()", "nn.HuberLoss()")
    .replace("= 14, 0,", "= 14, 3,")
)

SUMMED = (
    REGRESSION.replace("nn.MSELoss()", 'nn.MSELoss(reduction="sum")')
    .replace("Adam(model.parameters(), lr=3e-3)", "SGD(model.parameters(), lr=3e-4)")
    .replace("= 14, 0,", "= 30, 5,")
)

ENCODER = (
    COMMON
    + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 64), nn.ReLU())
        self.mean, self.log_variance = nn.Linear(64, 6), nn.Linear(64, 6)
        self.decoder = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 64))

    def forward(self, x):
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        return self.decoder(mean + torch.randn_like(mean) * (log_variance / 2).exp()), mean, log_variance


def make_model():
    torch.manual_seed(0)
    return Net()


def make_loaders():
    """Shares between 0 and 1 that five hidden numbers decide; a variational autoencoder is to give them back."""
    random = torch.Generator().manual_seed(0)
    hidden = torch.randn(3000, 5, generator=random)
    x = (0.75 * hidden @ torch.randn(5, 64, generator=random)).sigmoid()
    return loaders(x, x.clone())


def make_loss():
    def negative_bound(outputs, x):
        scores, mean, log_variance = outputs
        rebuilt = nn.functional.binary_cross_entropy_with_logits(scores, x, reduction="sum")
        return (rebuilt - 0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum()) / len(x)

    return negative_bound


def make_optimizer(model):
    return torch.optim.Adam(model.parameters(), lr=1e-3)


EPOCHS, LOG_EVERY, SCHEDULE, CLASSIFY = 15, 0, False, False
'''
)

LANGUAGE = (
    COMMON
    + '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(24, 32)
        self.rnn = nn.GRU(32, 48, batch_first=True)
        self.head = nn.Linear(48, 24)

    def forward(self, x):
        return self.head(self.rnn(self.embedding(x))[0]).transpose(1, 2)


def make_model():
    torch.manual_seed(0)
    return Net()


def make_loaders():
    """Texts in which each of 24 tokens has three successors, so that no model gets below ln 3."""
    random = torch.Generator().manual_seed(0)
    following = torch.stack([torch.randperm(24, generator=random)[:3] for _ in range(24)])
    x = torch.randint(0, 24, (1500, 17), generator=random)
    for i in range(16):
        x[:, i + 1] = following[x[:, i], torch.randint(0, 3, (1500,), generator=random)]
    return loaders(x[:, :-1], x[:, 1:].clone())


def make_loss():
    return nn.CrossEntropyLoss()


def make_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=5e-3)


EPOCHS, LOG_EVERY, SCHEDULE, CLASSIFY = 10, 3, False, False
'''
)

HEALTHY = {
    "blobs": BLOBS,
    "images": IMAGES,
    "regression": REGRESSION,
    "sequences": SEQUENCES,
    "binary": BINARY,
    "finetuned": FINETUNED,
    "outliers": OUTLIERS,
    "summed": SUMMED,
    "encoder": ENCODER,
    "language": LANGUAGE,
}

Edit = tuple[str, str]


@dataclass(frozen=True)
class Fault:
    """A known cause put into a healthy recipe: edits of recipe.py and of train.py."""

    cause: str
    base: str
    recipe: tuple[Edit, ...] = ()
    loop: tuple[Edit, ...] = ()


FAULTS = [
    Fault("lr_too_high", "blobs", (("lr=1e-3", "lr=0.3"),)),
    Fault("lr_too_low", "regression", (("lr=3e-3", "lr=1e-7"),)),
    Fault("no_normalisation", "regression", (("return loaders(x, y)", "return loaders(x * 300 + 500, y)"),)),
    Fault(
        "labels_misaligned",
        "images",
        (("return loaders(x, y)", "return loaders(x, y[torch.randperm(len(y), generator=random)])"),),
    ),
    Fault(
        "not_shuffled",
        "images",
        (
            ("return DataLoader(train, batch_size=batch, shuffle=True)", "return DataLoader(train, batch_size=batch)"),
            (
                "    x, y = x[order], y[order]\n    cut = int(len(x) * (1 - held_out))\n",
                "    cut = int(len(x) * (1 - held_out))\n    order[:cut] = order[:cut][y[order[:cut]].argsort()]\n"
                "    x, y = x[order], y[order]\n",
            ),
        ),
    ),
    Fault("softmax_before_ce", "blobs", (("nn.Linear(64, 10))", "nn.Linear(64, 10), nn.Softmax(dim=-1))"),)),
    Fault("params_not_in_optimizer", "sequences", (("AdamW(model.parameters()", "AdamW(model.head.parameters()"),)),
    Fault(
        "nan_inf_in_data",
        "binary",
        (("return loaders(x, y)", "x[17::900, 3] = float('nan')\n    return loaders(x, y)"),),
    ),
    Fault(
        "sqrt_at_zero",
        "binary",
        (
            ("nn.Linear(64, 1))\n", "nn.Linear(64, 1))\n        self.scale = nn.Parameter(torch.ones(4))\n"),
            (
                "return self.body(x).squeeze(-1)",
                "large = (x[:, :4] > 1).float()\n"
                "        length = torch.sqrt(((self.scale * x[:, :4] * large) ** 2).sum(-1))\n"
                "        return self.body(x).squeeze(-1) + length",
            ),
        ),
    ),
    Fault(
        "overfitting",
        "blobs",
        (("(4000,)", "(200,)"), ("randn(4000, 32", "randn(200, 32"), ("1.3 *", "2.6 *"), ("= 10, 5,", "= 80, 2,")),
    ),
    Fault(
        "constant_init_symmetry",
        "blobs",
        (
            ("    return nn.Sequential(", "    model = nn.Sequential("),
            (
                "nn.Linear(64, 10))\n",
                "nn.Linear(64, 10))\n    for p in model.parameters():\n"
                "        nn.init.constant_(p, 0.01)\n    return model\n",
            ),
        ),
    ),
    Fault("step_missing_or_order", "images", loop=(("        optimizer.step()\n", ""),)),
    Fault(
        "dead_relu",
        "blobs",
        (
            ("    return nn.Sequential(", "    model = nn.Sequential("),
            (
                "nn.Linear(64, 10))\n",
                "nn.Linear(64, 10))\n    nn.init.constant_(model[2].bias, -8.0)\n    return model\n",
            ),
        ),
    ),
    Fault("silent_broadcast", "regression", (("self.body(x).squeeze(-1)", "self.body(x)"),)),
    Fault("target_unscaled", "regression", (("y = (y - y.mean()) / y.std()", "y = 4000 * y + 20000"),)),
    Fault(
        "class_imbalance",
        "binary",
        (
            ("score.quantile(5 / 6)", "score.quantile(0.99)"),
            ("pos_weight=torch.tensor(3.0)", ""),
        ),
    ),
    Fault(
        "train_val_transform_mismatch",
        "images",
        (("TensorDataset(x[cut:], y[cut:])", "TensorDataset(x[cut:] * 255, y[cut:])"),),
    ),
    Fault("lr_zero", "sequences", (("lr=4e-3", "lr=0.0"),)),
    Fault("no_zero_grad", "blobs", loop=(("        optimizer.zero_grad()\n", ""),)),
    Fault("weight_decay_too_high", "binary", (("weight_decay=0.01", "weight_decay=300.0"),)),
    Fault(
        "init_too_large",
        "regression",
        (
            (
                "    return Net()",
                "    net = Net()\n    for p in net.parameters():\n        p.data.mul_(12)\n    return net",
            ),
        ),
    ),
    Fault("over_regularised", "blobs", (("nn.ReLU(),", "nn.ReLU(), nn.Dropout(0.97),"),)),
]


def write_run(folder: Path, recipe: str, fault: Fault | None = None) -> Path:
    """Write recipe.py and train.py into FOLDER, with the fault edited in, and train. Returns FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    loop = (HERE / "plain_loop.txt").read_text(encoding="utf-8")
    for text, replacement in fault.recipe if fault else ():
        assert text in recipe, f"{fault}: {text!r} is not in the recipe"
        recipe = recipe.replace(text, replacement)
    for text, replacement in fault.loop if fault else ():
        assert text in loop, f"{fault}: {text!r} is not in the loop"
        loop = loop.replace(text, replacement)
    (folder / "recipe.py").write_text(recipe.lstrip(), encoding="utf-8")
    (folder / "train.py").write_text(loop, encoding="utf-8")
    runpy.run_path(str(folder / "train.py"), run_name="__main__")
    shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    return folder
