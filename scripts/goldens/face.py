"""Goldens of the face networks: insightface's recognition/arcface_torch/backbones/iresnet.py (commit 7fadd42),
facexlib 0.3.0, torch 2.13.0 (CPU, float32).

    python scripts/goldens/face.py --iresnet FILE

FILE is that iresnet.py in a checkout of deepinsight/insightface; facexlib comes from `pip install --no-deps facexlib`.
Both references fix their widths: their submodules are replaced by narrower ones of the same make, and their forward
passes are used as they are. Writes iresnet, bisenet, face_features and face_operations .safetensors to
Tests/ModelsTests/Goldens.
"""

import argparse
import importlib
import importlib.util
import sys
import types
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[2]


def save(name, tensors):
    tensors = {key: tensor.detach().contiguous() for key, tensor in tensors.items()}
    save_file(tensors, ROOT / f"Tests/ModelsTests/Goldens/{name}.safetensors")


def randomise(model, seed):
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.weight.data.normal_(1, 0.3)
            module.bias.data.normal_(0, 0.3)
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
        elif isinstance(module, nn.PReLU):
            module.weight.data.uniform_(-0.5, 1)
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            module.weight.data.normal_(0, 1.4 * module.weight[0].numel() ** -0.5)
    return model.eval()


def iresnet(path):
    spec = importlib.util.spec_from_file_location("iresnet", path)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    block = reference.IBasicBlock

    model = reference.IResNet(block, [1, 1, 1, 1])
    model.conv1, model.bn1, model.prelu = nn.Conv2d(3, 5, 3, 1, 1, bias=False), nn.BatchNorm2d(5), nn.PReLU(5)
    model.inplanes = 5
    for stage, (width, depth) in enumerate([(6, 2), (4, 1), (7, 3), (8, 2)]):
        setattr(model, f"layer{stage + 1}", model._make_layer(block, width, depth, stride=2))
    model.bn2, model.fc, model.features = nn.BatchNorm2d(8), nn.Linear(8 * 3 * 3, 12), nn.BatchNorm1d(12)
    randomise(model, seed=1)

    image = (torch.rand(2, 3, 48, 48) * 2 - 1).requires_grad_()
    features = model(image)
    seed = torch.randn(features.shape)
    features.backward(seed)
    save("iresnet", {
        "image": image, "features": features, "seed": seed, "image_gradient": image.grad,
    } | {f"model.{name}": value for name, value in model.state_dict().items()})


def import_bisenet():
    """facexlib.parsing.bisenet without the package's __init__, which would import its detectors."""
    root = Path(importlib.util.find_spec("facexlib").submodule_search_locations[0])
    for name, folder in [("facexlib", root), ("facexlib.parsing", root / "parsing")]:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]
    return importlib.import_module("facexlib.parsing.bisenet"), importlib.import_module("facexlib.parsing.resnet")


@torch.no_grad()
def bisenet():
    reference, resnet = import_bisenet()
    stem, widths, context, fusion, head, classes = 4, [4, 5, 6, 7], 6, 8, 5, 3
    conv = reference.ConvBNReLU

    model = reference.BiSeNet(classes)
    backbone = model.cp.resnet
    backbone.conv1, backbone.bn1 = nn.Conv2d(3, stem, 7, 2, 3, bias=False), nn.BatchNorm2d(stem)
    for layer, width in enumerate(widths):
        before = stem if layer == 0 else widths[layer - 1]
        setattr(backbone, f"layer{layer + 1}",
                resnet.create_layer_basic(before, width, bnum=2, stride=1 if layer == 0 else 2))
    model.cp.arm16 = reference.AttentionRefinementModule(widths[2], context)
    model.cp.arm32 = reference.AttentionRefinementModule(widths[3], context)
    model.cp.conv_head32, model.cp.conv_head16 = conv(context, context), conv(context, context)
    model.cp.conv_avg = conv(widths[3], context, ks=1, padding=0)
    model.ffm = reference.FeatureFusionModule(widths[1] + context, fusion)
    model.conv_out = reference.BiSeNetOutput(fusion, head, classes)
    model.conv_out16 = reference.BiSeNetOutput(context, 4, classes)
    model.conv_out32 = reference.BiSeNetOutput(context, 4, classes)
    randomise(model, seed=2)

    image = torch.randn(2, 3, 64, 32)
    save("bisenet", {"image": image, "logits": model(image)[0]}
         | {f"model.{name}": value for name, value in model.state_dict().items()})


def face_features():
    """The expressions of PuLID's pulid/pipeline.py::get_id_embedding and to_gray."""
    torch.manual_seed(3)
    image = torch.rand(2, 3, 9, 13)
    logits = torch.randn(2, 19, 9, 13)
    labels = logits.argmax(dim=1, keepdim=True)
    assert set(labels.flatten().tolist()) == set(range(19))
    hidden = sum(labels == i for i in [0, 16, 18, 7, 8, 9, 14, 15]).bool()
    grey = 0.299 * image[:, 0:1] + 0.587 * image[:, 1:2] + 0.114 * image[:, 2:3]
    features = torch.where(hidden, torch.ones_like(image), grey.repeat(1, 3, 1, 1))
    mean, deviation = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    normalised = (features - torch.tensor(mean).view(-1, 1, 1)) / torch.tensor(deviation).view(-1, 1, 1)
    save("face_features", {
        "image": image, "logits": logits, "labels": labels[:, 0], "features": features, "normalised": normalised,
    })


def operations():
    """Each operation and its gradients."""
    torch.manual_seed(4)
    tensors = {}

    def record(name, operation, *inputs):
        inputs = [tensor.requires_grad_() for tensor in inputs]
        y = operation(*inputs)
        dy = torch.randn(y.shape)
        y.backward(dy)
        tensors.update({f"{name}.y": y, f"{name}.dy": dy})
        for i, tensor in enumerate(inputs):
            tensors.update({f"{name}.x{i}": tensor, f"{name}.dx{i}": tensor.grad})

    record("prelu", F.prelu, torch.randn(2, 5, 3, 4), torch.randn(5))
    # Few different values, so that windows have several largest ones.
    record("max_pool", lambda x: F.max_pool2d(x, 3, 2, 1), torch.randint(-2, 3, (2, 4, 7, 6)).float())
    record("max_pool_all_sides", lambda x: F.max_pool2d(x, 2, 3, 0), torch.randn(1, 3, 8, 5))
    for aligned in [True, False]:
        name = "aligned" if aligned else "edges"
        for size in [(9, 4), (3, 11), (1, 1)]:
            record(f"bilinear.{name}.{size[0]}x{size[1]}",
                   lambda x: F.interpolate(x, size, mode="bilinear", align_corners=aligned), torch.randn(2, 3, 5, 7))
    save("face_operations", tensors)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--iresnet", type=Path, required=True)
    arguments = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    iresnet(arguments.iresnet)
    bisenet()
    face_features()
    operations()
