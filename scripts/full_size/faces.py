"""The four networks that look at faces, in the formats in which insightface and facexlib publish them.

The detectors' last biases are set so that each finds one face in the picture that is given: the whole chain then runs.
"""

import importlib.util
import math
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from torch import nn

from .filling import fill, seeded, settle
from .scrfd import SCRFD

# Eyes, nose, corners of the mouth, from a face's middle in shares of its size.
POINTS = torch.tensor([[-0.2, -0.15], [0.2, -0.15], [0.0, 0.05], [-0.15, 0.22], [0.15, 0.22]])


def read_picture(path: Path) -> np.ndarray:
    """Red first."""
    return cv2.imread(str(path))[:, :, ::-1].copy()


def export(model: nn.Module, inputs: torch.Tensor, path: Path, outputs: list[str] | None, dynamic: dict) -> None:
    torch.onnx.export(model, inputs, str(path), input_names=["input.1"], output_names=outputs, opset_version=11,
                      dynamic_axes={"input.1": dynamic}, keep_initializers_as_inputs=False, dynamo=False)
    onnx.checker.check_model(str(path))


@torch.no_grad()
def scrfd(path: Path, photo: Path, seed: int) -> None:
    model = fill(SCRFD(), seed)
    model.head.scales.copy_(torch.tensor([0.9, 1.0, 1.1]))
    settle(model, seeded(seed, 2, 3, 640, 640))
    for stride, box, kps in zip((8, 16, 32), model.head.box, model.head.kps):
        for layer, bias in ((box, torch.full((4,), 0.5)), (kps, POINTS.flatten())):
            layer.weight.mul_(0.05)
            layer.bias.copy_((bias * (200 / stride)).repeat(2))
    picture = read_picture(photo)
    side = 640 / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=side, fy=side)
    canvas = np.zeros((640, 640, 3), np.float32)
    canvas[: small.shape[0], : small.shape[1]] = small
    x = torch.from_numpy((canvas - 127.5) / 128).permute(2, 0, 1)[None]
    logits = torch.cat([y.flatten() for y in model(x)[:3]]).logit().sort(descending=True).values
    for layer in model.head.cls:
        layer.bias.sub_((logits[0] + logits[1]) / 2)
    names = [f"{kind}_{stride}" for kind in ("score", "bbox", "kps") for stride in (8, 16, 32)]
    export(model, torch.zeros(1, 3, 640, 640), path, names, {2: "?", 3: "?"})


def glintr100(path: Path, insightface: Path, seed: int) -> None:
    spec = importlib.util.spec_from_file_location(
        "iresnet", insightface / "recognition/arcface_torch/backbones/iresnet.py")
    iresnet = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(iresnet)
    model = settle(fill(iresnet.iresnet100(), seed), seeded(seed, 4, 3, 112, 112))
    export(model, torch.zeros(1, 3, 112, 112), path, None, {0: "None"})


@torch.no_grad()
def retinaface(path: Path, photo: Path, seed: int) -> None:
    """As saved from several GPUs, in the format before PyTorch 1.6."""
    from facexlib.detection.retinaface import RetinaFace

    model = fill(RetinaFace("resnet50", device="cpu"), seed)
    model.phase = "train"
    settle(model, seeded(seed, 2, 3, 320, 320) * 60)
    for box, points in zip(model.BboxHead, model.LandmarkHead):
        for layer in (box, points):
            layer.conv1x1.weight.mul_(0.01)
        box.conv1x1.bias.zero_()
        points.conv1x1.bias.copy_((POINTS * 10).flatten().repeat(2))
    picture = read_picture(photo)[:, :, ::-1].astype(np.float32)
    x = torch.from_numpy(picture).permute(2, 0, 1)[None] - model.mean_tensor
    classes = model(x)[1][0]
    margins = (classes[:, 1] - classes[:, 0]).sort(descending=True).values
    limit = math.log(0.97 / 0.03)
    for head in model.ClassHead:
        head.conv1x1.bias[1::2] += limit - (margins[0] + margins[1]) / 2
    state = {f"module.{name}": value for name, value in model.state_dict().items()}
    torch.save(state, path, _use_new_zipfile_serialization=False)


def bisenet(path: Path, seed: int) -> None:
    from facexlib.parsing.bisenet import BiSeNet

    model = settle(fill(BiSeNet(num_class=19), seed), seeded(seed, 2, 3, 512, 512))
    torch.save(model.state_dict(), path, _use_new_zipfile_serialization=False)
