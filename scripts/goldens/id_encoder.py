"""Golden of IDEncoder: pulid/encoders.py of ToTheBeginning/PuLID (commit 1aa2fc7), torch 2.13.0 (CPU, float32).

    python scripts/goldens/id_encoder.py --pulid DIR

DIR is a checkout of PuLID. The reference fixes the width of the hidden states at 1024; its `mapping_*` are replaced by
narrower ones of the same make. Writes Tests/ModelsTests/Goldens/id_encoder.safetensors.
"""

import argparse
import importlib.util
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
ID, CONTEXT, TOKENS, FEATURE, PATCHES = 11, 14, 3, 10, 9


def import_encoders(checkout):
    spec = importlib.util.spec_from_file_location("encoders", checkout / "pulid/encoders.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mapping():
    return nn.Sequential(
        nn.Linear(FEATURE, FEATURE), nn.LayerNorm(FEATURE), nn.LeakyReLU(),
        nn.Linear(FEATURE, FEATURE), nn.LayerNorm(FEATURE), nn.LeakyReLU(),
        nn.Linear(FEATURE, CONTEXT),
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=Path, required=True)
    encoders = import_encoders(parser.parse_args().pulid)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(1)

    encoder = encoders.IDEncoder(width=ID, context_dim=CONTEXT, num_token=TOKENS)
    for i in range(5):
        setattr(encoder, f"mapping_{i}", mapping())
        setattr(encoder, f"mapping_patch_{i}", mapping())
    for module in encoder.modules():
        if isinstance(module, nn.LayerNorm):
            module.weight.data.normal_(1, 0.3)
            module.bias.data.normal_(0, 0.3)

    # The recogniser's numbers are not normalised.
    vector = torch.randn(2, ID) * 3
    hidden = [torch.randn(2, 1 + PATCHES, FEATURE) * 2 for _ in range(5)]
    unconditional = encoder(torch.zeros(1, ID), [torch.zeros(1, 1 + PATCHES, FEATURE)] * 5)
    identity = encoder(vector, hidden)
    seed = torch.randn(identity.shape)
    identity.backward(seed)
    tensors = {"vector": vector, "id": identity, "uncond": unconditional, "seed": seed}
    tensors |= {f"hidden.{i}": state for i, state in enumerate(hidden)}
    tensors |= {f"id_adapter.{name}": value for name, value in encoder.state_dict().items()}
    tensors |= {f"gradient.id_adapter.{name}": value.grad for name, value in encoder.named_parameters()}
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()},
              ROOT / "Tests/ModelsTests/Goldens/id_encoder.safetensors")


if __name__ == "__main__":
    main()
