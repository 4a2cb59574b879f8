"""Tests of the schedule of the learning rate in pasted code."""

from __future__ import annotations

import pytest
from pasted_code import outcome

HEALTHY = {
    "none": (
        "constant_or_as_planned",
        """
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
    "StepLR per epoch": (
        "constant_or_as_planned",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = StepLR(optimizer, step_size=30, gamma=0.1)
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
            scheduler.step()
        """,
    ),
    "OneCycleLR per batch": (
        "constant_or_as_planned",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = OneCycleLR(optimizer, max_lr=0.1, epochs=10, steps_per_epoch=len(train_loader))
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
                scheduler.step()
        """,
    ),
    "plateau on the loss": (
        "constant_or_as_planned",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = ReduceLROnPlateau(optimizer, patience=3)
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
            scheduler.step(val_loss)
        """,
    ),
    "plateau on the accuracy": (
        "constant_or_as_planned",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = ReduceLROnPlateau(optimizer, mode='max')
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
            scheduler.step(val_acc)
        """,
    ),
    "one batch is one epoch": (
        "constant_or_as_planned",
        """
        optimizer = torch.optim.Adam(model.parameters())
        for epoch in range(100):
            optimizer.zero_grad()
            loss = criterion(model(X), y)
            loss.backward()
            optimizer.step()
        """,
    ),
    "transformers": (
        "constant_or_as_planned",
        """
        args = TrainingArguments(output_dir='out', learning_rate=2e-5)
        trainer = Trainer(model=model, args=args)
        trainer.train()
        """,
    ),
}
SILENT = {
    "a rule of one's own": """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = LambdaLR(optimizer, lr_lambda=rule)
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
            scheduler.step()
    """,
    "a transformer at a constant rate": """
        model = nn.TransformerEncoder(layer, 6)
        model = model.cuda()
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
    "StepLR in steps": """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = StepLR(optimizer, step_size=10000, gamma=0.5)
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
                scheduler.step()
    """,
    "cosine over all batches": """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = CosineAnnealingLR(optimizer, T_max=10 * len(train_loader))
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
                scheduler.step()
    """,
    "set by hand": """
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
            for group in optimizer.param_groups:
                group['lr'] *= 0.9
    """,
    "only the optimizer": """
        optimizer = torch.optim.Adam(model.parameters())
    """,
}
FAULTY = {
    "StepLR per batch": (
        "stepped_in_wrong_unit",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = StepLR(optimizer, step_size=30, gamma=0.1)
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
                scheduler.step()
        """,
    ),
    "milestones per batch": (
        "stepped_in_wrong_unit",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = MultiStepLR(optimizer, milestones=[30, 60], gamma=0.1)
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
                scheduler.step()
        """,
    ),
    "exponential per batch": (
        "stepped_in_wrong_unit",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = ExponentialLR(optimizer, gamma=0.95)
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
                scheduler.step()
        """,
    ),
    "cosine over epochs per batch": (
        "stepped_in_wrong_unit",
        """
        num_epochs = 50
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = CosineAnnealingLR(optimizer, T_max=num_epochs)
        for epoch in range(num_epochs):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
                scheduler.step()
        """,
    ),
    "OneCycleLR per epoch": (
        "stepped_in_wrong_unit",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = OneCycleLR(optimizer, max_lr=0.1, epochs=10, steps_per_epoch=len(train_loader))
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
            scheduler.step()
        """,
    ),
    "OneCycleLR in Lightning without an interval": (
        "stepped_in_wrong_unit",
        """
        class Lit(pl.LightningModule):
            def training_step(self, batch, i):
                return F.mse_loss(self(batch[0]), batch[1])
            def configure_optimizers(self):
                opt = torch.optim.Adam(self.parameters())
                sched = OneCycleLR(opt, max_lr=0.1, total_steps=self.trainer.estimated_stepping_batches)
                return [opt], [sched]
        """,
    ),
    "plateau in the wrong mode": (
        "cut_when_metric_improves",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = ReduceLROnPlateau(optimizer, mode='min')
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
            scheduler.step(val_acc)
        """,
    ),
    "plateau by default on an accuracy": (
        "cut_when_metric_improves",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = ReduceLROnPlateau(optimizer, patience=3)
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
            scheduler.step(accuracy)
        """,
    ),
    "decay that ends the run early": (
        "near_zero_too_soon",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = ExponentialLR(optimizer, gamma=0.8)
        for epoch in range(90):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
            scheduler.step()
        """,
    ),
    "steps that end the run early": (
        "near_zero_too_soon",
        """
        model = Net()
        criterion = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        scheduler = StepLR(optimizer, 10, 0.1)
        for epoch in range(100):
            for x, y in train_loader:
                optimizer.zero_grad()
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                optimizer.step()
            scheduler.step()
        """,
    ),
}


@pytest.mark.parametrize(("expected", "text"), HEALTHY.values(), ids=HEALTHY)
def test_healthy_code_has_the_normal_outcome(expected: str, text: str) -> None:
    """No schedule, or one stepped in its own unit."""
    found = outcome("schedule_in_use", text)

    assert found == expected


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_not_plain_is_not_judged(text: str) -> None:
    """Schedules whose unit or course the numbers do not tell."""
    found = outcome("schedule_in_use", text)

    assert found == "absent"


@pytest.mark.parametrize(("expected", "text"), FAULTY.values(), ids=FAULTY)
def test_what_is_plain_to_see_is_named(expected: str, text: str) -> None:
    """Each schedule that goes wrong by the numbers in view."""
    found = outcome("schedule_in_use", text)

    assert found == expected
