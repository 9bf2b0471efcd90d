"""Writes Tests/CheckpointsTests/Goldens: files of torch.save in both of its formats, and what they hold.

Reference: torch 2.13, safetensors 0.8.0.
"""

import collections
from pathlib import Path

import torch
from safetensors.torch import save_file

goldens = Path(__file__).parents[2] / "Tests/CheckpointsTests/Goldens"
torch.manual_seed(0)

base = torch.randn(6, 8)
long = torch.arange(40, dtype=torch.int64) - 20
state = collections.OrderedDict()
state["weight"] = base
state["tied"] = base
state["transposed"] = base.t()
state["slice"] = base[1:4, 2:7:2]
state["permuted"] = torch.randn(2, 3, 4, 5).permute(3, 1, 0, 2)
state["expanded"] = torch.randn(1, 4).expand(3, 4)
state["view"] = base.view(-1)[8:24]
state["half"] = torch.randn(5, 3).half()
state["half_transposed"] = state["half"].t()
state["bfloat"] = torch.randn(4).bfloat16()
state["parameter"] = torch.nn.Parameter(torch.randn(3, 3))
state["scalar"] = torch.tensor(2.5)
state["empty"] = torch.zeros(0, 7)
state["double"] = torch.randn(3, dtype=torch.float64)
state["long"] = long
state["long_slice"] = long[3:30:5]
state["int"] = torch.arange(5, dtype=torch.int32)
state["short"] = torch.arange(5, dtype=torch.int16)
state["char"] = torch.arange(-3, 2, dtype=torch.int8)
state["byte"] = torch.arange(5, dtype=torch.uint8)
state["bool"] = torch.tensor([True, False, True])
state._metadata = collections.OrderedDict({"": {"version": 1}})

torch.save(state, goldens / "pytorch.pt")
torch.save(state, goldens / "pytorch.pth", _use_new_zipfile_serialization=False)
for protocol in (3, 4, 5):
    torch.save(state, goldens / f"pytorch_protocol{protocol}.pt", pickle_protocol=protocol)

# What training scripts write: the network's state under a key, beside numbers, text and other states.
nested = {
    "epoch": 12,
    "best": 0.75,
    "name": "résumé",
    "none": None,
    "big": 1 << 80,
    "list": [1, (2, 3.5), {"a": True}],
    "state_dict": {f"module.{k}": v for k, v in state.items()},
    "optimizer": {"state": {0: {"exp_avg": torch.randn(4)}}, "param_groups": [{"lr": 1e-4, "params": [0]}]},
}
torch.save(nested, goldens / "pytorch_nested.pt")
torch.save(nested, goldens / "pytorch_nested.pth", _use_new_zipfile_serialization=False)
torch.save({"a": {"x": base}, "b": {"y": base * 2}}, goldens / "pytorch_grouped.bin")

save_file(
    {k: (v.to(torch.float32) if v.is_floating_point() else v).detach().contiguous().clone() for k, v in state.items()},
    goldens / "pytorch.safetensors",
)
