"""References for Tests/TrainingTests: AdamW, clipping, learning rates and averages over 20 steps.

Written with torch 2.13.0 (CPU), diffusers 0.42.1:
    python scripts/goldens/training.py
"""
from pathlib import Path

import torch
from diffusers.optimization import get_scheduler
from diffusers.training_utils import EMAModel
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[2] / "Tests/TrainingTests/Goldens"
SHAPES = {"kernel": (4, 3, 3, 3), "matrix": (7, 5), "row": (5,)}
STEPS = 20


def optimize(tensors, name, schedule, warm_up, clip, all_decay, **options):
    """`<name>.parameter.*` and `<name>.average.*` after each step, with the step's rate and gradient norm."""
    parameters = {k: torch.nn.Parameter(tensors[f"start.{k}"].clone()) for k in SHAPES}
    decay = options.pop("weight_decay")
    groups = [
        {"params": [p], "weight_decay": decay if all_decay or p.dim() >= 2 else 0.0} for p in parameters.values()
    ]
    optimizer = torch.optim.AdamW(groups, foreach=False, **options)
    scheduler = get_scheduler(schedule, optimizer, num_warmup_steps=warm_up, num_training_steps=STEPS)
    average = EMAModel(parameters.values(), decay=0.6, foreach=False)
    rows = {}
    for step in range(STEPS):
        for k, p in parameters.items():
            p.grad = tensors[f"gradient.{k}"][step].clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), clip)
        rows.setdefault("norm", []).append(norm)
        rows.setdefault("rate", []).append(torch.tensor(scheduler.get_last_lr()[0]))
        optimizer.step()
        scheduler.step()
        average.step(parameters.values())
        for k, p, a in zip(parameters, parameters.values(), average.shadow_params):
            rows.setdefault(f"parameter.{k}", []).append(p.detach().clone())
            rows.setdefault(f"average.{k}", []).append(a.clone())
    tensors.update({f"{name}.{k}": torch.stack(v) for k, v in rows.items()})


def main():
    torch.manual_seed(5)
    tensors = {}
    for k, shape in SHAPES.items():
        tensors[f"start.{k}"] = torch.randn(shape)
        # From far above to far below the norm that clipping allows.
        sizes = torch.logspace(0.5, -2.5, STEPS)[torch.randperm(STEPS, generator=torch.Generator().manual_seed(1))]
        tensors[f"gradient.{k}"] = torch.randn(STEPS, *shape) * sizes.reshape(-1, *[1] * len(shape))
    optimize(tensors, "cosine", "cosine", 4, 1.0, False, lr=0.05, weight_decay=0.1)
    # A large eps, so that its place shows.
    optimize(
        tensors, "linear", "linear", 3, 1e9, True, lr=0.2, weight_decay=0.02, betas=(0.8, 0.95), eps=0.03
    )
    optimize(tensors, "constant", "constant_with_warmup", 5, 0.3, True, lr=0.01, weight_decay=0.0)
    save_file(tensors, OUT / "optimizer.safetensors")


main()
