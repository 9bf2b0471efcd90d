"""Writes Tests/CheckpointsTests/Goldens: files of torch.save in both of its formats, and what they hold.

Reference: torch 2.13, safetensors 0.8.0; classes of pytorch_lightning 2.6, omegaconf 2.4 and numpy 2.
"""

import argparse
import collections
import datetime
import enum
from pathlib import Path, PurePosixPath

import numpy
import omegaconf
import pytorch_lightning.callbacks
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

# Types that have no storage of their own, and a buffer.
types = {
    "e4m3": base.to(torch.float8_e4m3fn),
    "e4m3_transposed": base.to(torch.float8_e4m3fn).t(),
    "e5m2_slice": base.to(torch.float8_e5m2)[1:4, 2:7:2],
    "u16": torch.tensor([0, 1, 65535], dtype=torch.uint16),
    "u32": torch.tensor([0, 1, 2**32 - 1], dtype=torch.uint32),
    "u64": torch.tensor([0, 1, 2**63 - 1], dtype=torch.uint64),
    "buffer": torch.nn.Buffer(base[:2].clone()),
}
torch.save(types, goldens / "pytorch_types.pt")
torch.save(types, goldens / "pytorch_types.pth", _use_new_zipfile_serialization=False)
save_file({k: v.detach().contiguous().clone() for k, v in types.items()}, goldens / "pytorch_types.safetensors")


# What trainers write beside the weights: objects of their classes, and keys that are classes.
class Phase(enum.Enum):
    TRAIN = "train"


class Settings(dict):
    pass


parameter = torch.nn.Parameter(torch.randn(3))
optimizer = torch.optim.AdamW([parameter])
parameter.sum().backward()
optimizer.step()
trainer = {
    "epoch": 3,
    "args": argparse.Namespace(lr=1e-4, out=PurePosixPath("out/run"), phase=Phase.TRAIN),
    "hyper_parameters": omegaconf.OmegaConf.create({"model": {"width": 320, "blocks": [1, 2, 10]}, "note": None}),
    "callbacks": {
        pytorch_lightning.callbacks.ModelCheckpoint: {"best_model_score": torch.tensor(0.5)},
        "stopping": pytorch_lightning.callbacks.EarlyStopping("loss"),
    },
    "state_dict": Settings(state),
    "optimizer_states": [optimizer.state_dict()],
    "best": numpy.float64(0.25),
    "history": numpy.arange(4),
    "losses": collections.defaultdict(list, {"train": [1.0, numpy.float32(2)]}),
    "recent": collections.deque([1.0], maxlen=5),
    "tags": {"a", "b"},
    "fixed": frozenset([1]),
    "counts": collections.Counter("aab"),
    "made": datetime.datetime(2024, 5, 6),
    "device": torch.device("cpu"),
    "type": torch.bfloat16,
    "shape": base.shape,
    "complex": 1 + 2j,
    "range": range(3),
    "bytes": bytearray(b"x"),
    "keys": {None: 1, (1, 2): 2, 1.5: 3, True: 4},
}
for protocol in (2, 4, 5):
    torch.save(trainer, goldens / f"pytorch_trainer{protocol}.ckpt", pickle_protocol=protocol)
torch.save(trainer, goldens / "pytorch_trainer.pth", _use_new_zipfile_serialization=False)
