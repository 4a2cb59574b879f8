"""Tests of the number format of training in pasted code."""

from __future__ import annotations

import pytest
from pasted_code import outcome

HEALTHY = {
    "float32": (
        "full",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(784, 100)
                self.fc2 = nn.Linear(100, 10)

            def forward(self, x):
                x = F.relu(self.fc1(x))
                return self.fc2(x)

        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "autocast with a scaler": (
        "fp16_with_scaler",
        """
        scaler = GradScaler()
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                with autocast():
                    out = model(x)
                    loss = criterion(out, y)
                scaler.scale(loss).backward()
                scaler.step(optimizer)
                scaler.update()
        """,
    ),
    "bfloat16": (
        "bf16_autocast",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                with torch.autocast('cuda', dtype=torch.bfloat16):
                    out = model(x)
                    loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "in TrainingArguments": (
        "bf16_autocast",
        """
        args = TrainingArguments('out', bf16=True)
        Trainer(model=model, args=args).train()
        """,
    ),
    "in Lightning": (
        "fp16_with_scaler",
        """
        trainer = pl.Trainer(precision='16-mixed')
        trainer.fit(model)
        """,
    ),
    "in accelerate": (
        "bf16_autocast",
        """
        accelerator = Accelerator(mixed_precision='bf16')
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                accelerator.backward(loss)
                optimizer.step()
        """,
    ),
    "inputs of a data set": (
        "full",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(784, 100)
                self.fc2 = nn.Linear(100, 10)

            def forward(self, x):
                x = F.relu(self.fc1(x))
                return self.fc2(x)

        scaler = StandardScaler()
        X = torch.tensor(scaler.fit_transform(X), dtype=torch.float32)
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
}
SILENT = {
    "accelerate is told elsewhere": """
        accelerator = Accelerator()
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                accelerator.backward(loss)
                optimizer.step()
    """,
    "switched by an option": """
        scaler = GradScaler(enabled=use_amp)
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                with autocast(enabled=use_amp):
                    out = model(x)
                    loss = criterion(out, y)
                scaler.scale(loss).backward()
                scaler.step(optimizer)
                scaler.update()
    """,
    "only the loop": """
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
    """,
    "inference": """
        model.half()
        with autocast():
            out = model(x)
    """,
    "adapters on a half base": """
        model = AutoModelForCausalLM.from_pretrained(name, torch_dtype=torch.float16)
        model = get_peft_model(model, LoraConfig())
        model = model
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
    """,
    "autocast on the device at hand": """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                with torch.autocast(device_type=device):
                    out = model(x)
                    loss = criterion(out, y)
                loss.backward()
                optimizer.step()
    """,
}
FAULTY = {
    "no scaler": (
        "fp16_without_scaler",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(784, 100)
                self.fc2 = nn.Linear(100, 10)

            def forward(self, x):
                x = F.relu(self.fc1(x))
                return self.fc2(x)

        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                with autocast():
                    out = model(x)
                    loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "no scaler, by name": (
        "fp16_without_scaler",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(784, 100)
                self.fc2 = nn.Linear(100, 10)

            def forward(self, x):
                x = F.relu(self.fc1(x))
                return self.fc2(x)

        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                with torch.autocast('cuda', dtype=torch.float16):
                    out = model(x)
                    loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "half": (
        "half_weights",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(784, 100)
                self.fc2 = nn.Linear(100, 10)

            def forward(self, x):
                x = F.relu(self.fc1(x))
                return self.fc2(x)

        model = Net().cuda().half()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "half afterwards": (
        "half_weights",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(784, 100)
                self.fc2 = nn.Linear(100, 10)

            def forward(self, x):
                x = F.relu(self.fc1(x))
                return self.fc2(x)

        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        model.half()
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "loaded in half": (
        "half_weights",
        """
        model = AutoModelForCausalLM.from_pretrained(name, torch_dtype=torch.bfloat16)
        trainer = Trainer(model=model, args=args)
        trainer.train()
        """,
    ),
}


@pytest.mark.parametrize(("expected", "text"), HEALTHY.values(), ids=HEALTHY)
def test_healthy_code_has_the_normal_outcome(expected: str, text: str) -> None:
    """float32, bfloat16, or float16 with its scaler."""
    found = outcome("precision_in_use", text)

    assert found == expected


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_not_plain_is_not_judged(text: str) -> None:
    """A format that is set elsewhere, or adapters on a half base."""
    found = outcome("precision_in_use", text)

    assert found == "absent"


@pytest.mark.parametrize(("expected", "text"), FAULTY.values(), ids=FAULTY)
def test_what_is_plain_to_see_is_named(expected: str, text: str) -> None:
    """float16 without a scaler, and weights in half precision."""
    found = outcome("precision_in_use", text)

    assert found == expected
