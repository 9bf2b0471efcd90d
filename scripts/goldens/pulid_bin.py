"""Writes Tests/NodesTests/Goldens/pulid: PuLID's adapters for the random SDXL folder as torch.save writes pulid_v1.bin,
and inside a training script's dictionary in the format before PyTorch 1.6.

Reference: torch 2.13.0. After unet.py, which makes the adapters.
"""

import pathlib

import torch
from safetensors.torch import load_file

TESTS = pathlib.Path(__file__).parents[2] / "Tests"
FOLDER = TESTS / "NodesTests/Goldens/pulid"
FOLDER.mkdir(parents=True, exist_ok=True)
state = load_file(TESTS / "Goldens/pulid_attention.safetensors")
torch.save(state, FOLDER / "attention.bin")
torch.save({"epoch": 3, "state_dict": {f"module.{k}": v for k, v in state.items()}}, FOLDER / "attention.pth",
           _use_new_zipfile_serialization=False)
