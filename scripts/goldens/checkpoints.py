"""Writes Tests/CheckpointsTests/Goldens: files of the official safetensors library.

Reference: safetensors 0.8.0, torch 2.13.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

goldens = Path(__file__).parents[2] / "Tests/CheckpointsTests/Goldens"
goldens.mkdir(parents=True, exist_ok=True)
torch.manual_seed(0)

x = torch.randn(3, 5) * torch.tensor([1e-6, 1.0, 1e4]).unsqueeze(1)
special = torch.tensor([0.0, -0.0, float("inf"), float("-inf"), 65504.0, 6.1e-5, 5.96e-8, 2.9e-8, 1 + 2**-11, 1 + 3 * 2**-11])
save_file(
    {
        "block.0.weight": x,
        "block.0.half": x.half(),
        "block.0.bfloat": x.bfloat16(),
        "widened_half": x.half().float(),
        "widened_bfloat": x.bfloat16().float(),
        "special.half": special.half(),
        "special.widened": special.half().float(),
        "special": special,
        "scalar": torch.tensor(0.5),
        "empty": torch.zeros(0, 4),
        "position_ids": torch.arange(7).unsqueeze(0),
        "small": torch.tensor([-3, 0, 127], dtype=torch.int8),
        "flags": torch.tensor([True, False, True]),
        "double": torch.tensor([1.0, 2.0], dtype=torch.float64),
        "naïve \"name\"": torch.tensor([1, 2], dtype=torch.int32),
    },
    goldens / "official.safetensors",
    metadata={"format": "pt", "note": "tab\there, quote\", slash\\, bell\x07, ü"},
)

# What the writer must reproduce byte for byte.
save_file(
    {"b.weight": x, "a": torch.tensor([0.5]), "half": x.half() / 2, "b.bias": special},
    goldens / "written.safetensors",
    metadata={"format": "pt"},
)
