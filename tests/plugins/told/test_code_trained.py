"""Tests of which layers are trained in pasted code."""

from __future__ import annotations

import pytest
from pasted_code import outcome

HEALTHY = {
    "a class in view": (
        "everything",
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
    "built before it is moved": (
        "everything",
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
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model = model.to(device)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "ModuleList": (
        "everything",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])

            def forward(self, x):
                for layer in self.layers:
                    x = layer(x)
                return x

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
    "a list for a Sequential": (
        "everything",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                layers = []
                for _ in range(3):
                    layers.append(nn.Linear(4, 4))
                self.net = nn.Sequential(*layers)

            def forward(self, x):
                return self.net(x)

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
    "a list of activations": (
        "everything",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.acts = [nn.ReLU(), nn.Tanh()]
                self.fc = nn.Linear(4, 2)

            def forward(self, x):
                for act in self.acts:
                    x = act(x)
                return self.fc(x)

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
    "new head before the optimizer": (
        "everything",
        """
        model = models.resnet18(weights='DEFAULT')
        model.fc = nn.Linear(512, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "wrapped after the optimizer": (
        "everything",
        """
        model = models.resnet18(weights='DEFAULT')
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model = nn.DataParallel(model)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "frozen backbone, new head": (
        "part_on_purpose",
        """
        model = models.resnet18(weights='DEFAULT')
        for p in model.parameters():
            p.requires_grad = False
        model.fc = nn.Linear(512, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "only the head": (
        "part_on_purpose",
        """
        model = models.resnet18(weights='DEFAULT')
        optimizer = torch.optim.SGD(model.fc.parameters(), lr=0.1)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "only what is not frozen": (
        "part_on_purpose",
        """
        model = models.resnet18(weights='DEFAULT')
        for p in model.parameters():
            p.requires_grad = False
        model.fc = nn.Linear(512, 2)
        optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.1)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "lora": (
        "part_on_purpose",
        """
        model = get_peft_model(base, LoraConfig(r=8))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
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
    "the model is not in view": """
        model = build()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
    """,
    "no optimizer": """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(784, 100)
                self.fc2 = nn.Linear(100, 10)

            def forward(self, x):
                x = F.relu(self.fc1(x))
                return self.fc2(x)

        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
    """,
    "frozen, and nothing else": """
        model = models.resnet18(weights='DEFAULT')
        for p in model.parameters():
            p.requires_grad = False
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
    """,
    "a second model after the training": """
        model = models.resnet18(weights='DEFAULT')
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        model = Net()
        model.load_state_dict(best)
    """,
}
FAULTY = {
    "a plain list": (
        "layers_in_plain_list",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = [nn.Linear(4, 4) for _ in range(3)]
                self.out = nn.Linear(4, 2)

            def forward(self, x):
                for layer in self.layers:
                    x = layer(x)
                return self.out(x)

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
    "a list that is filled": (
        "layers_in_plain_list",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.convs = []
                for _ in range(3):
                    self.convs.append(nn.Conv2d(8, 8, 3))

            def forward(self, x):
                for conv in self.convs:
                    x = conv(x)
                return x

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
    "a dictionary": (
        "layers_in_plain_list",
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.heads = {'a': nn.Linear(4, 2), 'b': nn.Linear(4, 3)}

            def forward(self, x):
                return self.heads['a'](x)

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
    "new head after the optimizer": (
        "optimizer_built_too_early",
        """
        model = models.resnet18(weights='DEFAULT')
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model.fc = nn.Linear(512, 2)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "new model after the optimizer": (
        "optimizer_built_too_early",
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
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model = Net()
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "unfrozen by a misspelt name": (
        "part_by_accident",
        """
        model = models.resnet18(weights='DEFAULT')
        for p in model.parameters():
            p.requires_grad = False
        for p in model.layer4.parameters():
            p.require_grad = True
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for epoch in range(10):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
        """,
    ),
    "unfrozen on the module": (
        "part_by_accident",
        """
        model = models.resnet18(weights='DEFAULT')
        for p in model.parameters():
            p.requires_grad = False
        model.fc.requires_grad = True
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
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


@pytest.mark.parametrize(("expected", "text"), HEALTHY.values(), ids=HEALTHY)
def test_healthy_code_has_the_normal_outcome(expected: str, text: str) -> None:
    """Everything, or a part on purpose."""
    found = outcome("what_is_trained", text)

    assert found == expected


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_not_plain_is_not_judged(text: str) -> None:
    """A model out of view, or a freeze whose purpose cannot be seen."""
    found = outcome("what_is_trained", text)

    assert found == "absent"


@pytest.mark.parametrize(("expected", "text"), FAULTY.values(), ids=FAULTY)
def test_what_is_plain_to_see_is_named(expected: str, text: str) -> None:
    """Layers that the optimizer does not hold or that stay frozen."""
    found = outcome("what_is_trained", text)

    assert found == expected
