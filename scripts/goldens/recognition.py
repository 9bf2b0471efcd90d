"""Goldens of Tests/CurriculumTests/Recognition: the loss of one batch and its gradient for every parameter, for a
recogniser with batch statistics (insightface's recognition/arcface_torch/backbones/iresnet.py, commit 7fadd42) and for
PuLID's vision tower (ToTheBeginning/PuLID, commit 1aa2fc7); torch 2.13.0 (CPU).

    python scripts/goldens/recognition.py --iresnet FILE --pulid DIR

Writes recogniser and tower .safetensors to Tests/CurriculumTests/Goldens.
"""

import argparse
import importlib.util
import json
from pathlib import Path

import torch
from eva_clip import build, import_eva_clip
from face import randomise
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[2]


def save(name, tensors):
    tensors = {key: tensor.detach().clone().contiguous().float() for key, tensor in tensors.items()}
    save_file(tensors, ROOT / f"Tests/CurriculumTests/Goldens/{name}.safetensors")


def contrast(embeddings, temperature=0.1):
    """Khosla et al. 2020, equation 2, with one partner for each picture."""
    x = F.normalize(embeddings)
    logits = (x @ x.T / temperature).masked_fill(torch.eye(len(x), dtype=torch.bool), -torch.inf)
    return F.cross_entropy(logits, torch.arange(len(x)) ^ 1)


def recogniser(path):
    spec = importlib.util.spec_from_file_location("iresnet", path)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    block = reference.IBasicBlock

    model = reference.IResNet(block, [1, 1, 1, 1])
    model.conv1, model.bn1, model.prelu = nn.Conv2d(3, 5, 3, 1, 1, bias=False), nn.BatchNorm2d(5), nn.PReLU(5)
    model.inplanes = 5
    for stage, (width, depth) in enumerate([(6, 1), (4, 2), (7, 1), (8, 2)]):
        setattr(model, f"layer{stage + 1}", model._make_layer(block, width, depth, stride=2))
    model.bn2, model.fc, model.features = nn.BatchNorm2d(8), nn.Linear(8, 12), nn.BatchNorm1d(12)
    randomise(model, seed=1).train()
    start = {f"model.{name}": value.clone() for name, value in model.state_dict().items()}

    batches = torch.rand(2, 8, 3, 16, 16) * 2 - 1
    loss = contrast(model(batches[0]))
    loss.backward()
    gradients = {f"gradient.{name}": parameter.grad for name, parameter in model.named_parameters()}

    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.reset_running_stats()
            module.momentum = None  # the plain average over batches
    with torch.no_grad():
        for batch in batches:
            model(batch)
        statistics = {f"measured.{name}": value for name, value in model.state_dict().items() if "running" in name}
        features = model.eval()(batches[1])
    save("recogniser", {"batches": batches, "loss": loss, "features": features} | start | gradients | statistics)


def tower(checkout):
    eva = import_eva_clip(checkout)
    official = json.loads((checkout / "eva_clip/model_configs/EVA02-CLIP-L-14-336.json").read_text())["vision_cfg"]
    vision = official | {"image_size": 18, "patch_size": 6, "width": 12, "layers": 9, "head_width": 4}
    model = build(eva, vision, embed_dim=10, seed=1)
    torch.manual_seed(2)
    images, traits = torch.randn(8, 3, 18, 18), torch.randn(8, 6)
    blocks = [4, 8]
    # In 64 bits: nine narrow blocks are so sensitive that 32 are off by 4e-5 themselves.
    model, readers = model.double(), [nn.Linear(12, 6).double() for _ in blocks]

    embedding, hidden = model(images.double(), return_hidden=True, shuffle=False)
    assert len(hidden) == len(blocks)
    read = [F.mse_loss(reader(states[:, 1:].mean(dim=1)), traits.double()) for reader, states in zip(readers, hidden)]
    loss = contrast(embedding) + 2 * torch.stack(read).mean()
    loss.backward()
    parameters = {f"visual.{name}": parameter for name, parameter in model.named_parameters()}
    for block, reader in zip(blocks, readers):
        parameters |= {f"traits.{block}.{name}": parameter for name, parameter in reader.named_parameters()}
    save("tower", {"images": images, "traits": traits, "loss": loss}
         | {f"model.{name}": parameter for name, parameter in parameters.items()}
         | {f"gradient.{name}": parameter.grad for name, parameter in parameters.items() if parameter.grad is not None})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--iresnet", type=Path, required=True)
    parser.add_argument("--pulid", type=Path, required=True)
    arguments = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    recogniser(arguments.iresnet)
    tower(arguments.pulid)


if __name__ == "__main__":
    main()
