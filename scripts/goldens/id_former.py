"""Golden of IDFormer: pulid/encoders_transformer.py of ToTheBeginning/PuLID (commit 1aa2fc7), torch 2.13.0 (CPU, float32).

    python scripts/goldens/id_former.py --pulid DIR

DIR is a checkout of PuLID. The reference fixes the widths of ID vector and hidden states; its mappings are replaced by
narrower ones of the same make. Weights are rounded to fp16 and kept so. Photos are joined as
pulid/pipeline_v1_1.py::get_id_embedding does it. Writes Tests/ModelsTests/Goldens/id_former.safetensors.
"""

import argparse
import importlib.util
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
ID, DIM, HEAD, HEADS, TOKENS, QUERIES, CONTEXT, FEATURE, PATCHES = 11, 16, 8, 3, 5, 7, 14, 10, 9


def mapping(width_in, hidden, width_out):
    return nn.Sequential(
        nn.Linear(width_in, hidden[0]), nn.LayerNorm(hidden[0]), nn.LeakyReLU(),
        nn.Linear(hidden[0], hidden[1]), nn.LayerNorm(hidden[1]), nn.LeakyReLU(),
        nn.Linear(hidden[1], width_out),
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=Path, required=True)
    path = parser.parse_args().pulid / "pulid/encoders_transformer.py"
    spec = importlib.util.spec_from_file_location("encoders_transformer", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(1)

    former = module.IDFormer(
        dim=DIM, depth=10, dim_head=HEAD, heads=HEADS, num_id_token=TOKENS, num_queries=QUERIES, output_dim=CONTEXT)
    for i in range(5):
        setattr(former, f"mapping_{i}", mapping(FEATURE, (12, 9), DIM))
    former.id_embedding_mapping = mapping(ID, (13, 8), DIM * TOKENS)
    for part in former.modules():
        if isinstance(part, nn.LayerNorm):
            part.weight.data.normal_(1, 0.3)
            part.bias.data.normal_(0, 0.3)
    for parameter in former.parameters():
        parameter.data = parameter.data.half().float()

    tensors = {}
    # The recogniser's numbers are not normalised.
    for photos in (1, 3):
        ids = [torch.randn(2, ID) * 3 for _ in range(photos)]
        hidden = [[torch.randn(2, 1 + PATCHES, FEATURE) * 2 for _ in range(5)] for _ in range(photos)]
        states = [torch.cat([h[j] for h in hidden], dim=1) for j in range(5)]
        vector = torch.stack(ids, dim=1)
        identity = former(vector, states)
        tensors |= {f"{photos}.vector": vector, f"{photos}.id": identity}
        tensors |= {f"{photos}.hidden.{j}": state for j, state in enumerate(states)}
    seed = torch.randn(identity.shape)
    identity.backward(seed)
    tensors["seed"] = seed
    tensors["uncond"] = former(torch.zeros(1, ID), [torch.zeros(1, 1 + PATCHES, FEATURE)] * 5)
    tensors |= {f"id_adapter.{name}": value.half() for name, value in former.state_dict().items()}
    # Of every kind of parameter, the gradient of some.
    for name, value in former.named_parameters():
        if name.startswith(("latents", "proj_out", "id_embedding_mapping", "mapping_2", "layers.5")):
            tensors[f"gradient.id_adapter.{name}"] = value.grad
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()},
              ROOT / "Tests/ModelsTests/Goldens/id_former.safetensors")


if __name__ == "__main__":
    main()
