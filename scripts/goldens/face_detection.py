"""Goldens of finding and aligning faces: insightface's python package (commit 7fadd42), facexlib 0.3.0, torch 2.13.0,
OpenCV 4.10.0 (5 rounds positions differently), scikit-image 0.26.0.

    python scripts/goldens/face_detection.py --insightface FOLDER

FOLDER is python-package/insightface in a checkout of deepinsight/insightface. Writes opencv4.safetensors to
Tests/ImagingTests/Goldens, scrfd.safetensors and retinaface.safetensors to Tests/ModelsTests/Goldens.
"""

import argparse
import importlib.util
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.resnet import Bottleneck, ResNet

ROOT = Path(__file__).resolve().parents[2]
assert cv2.__version__.startswith("4.") and int(cv2.__version__.split(".")[1]) <= 10, "needs OpenCV 4.10 or older"
rng = np.random.default_rng(7)


def save(target, name, tensors):
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, ROOT / f"Tests/{target}/Goldens/{name}.safetensors")


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def picture(height, width):
    """Slow waves, an edge, a little noise; bytes."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [np.sin(x / (9 + c) + c) * np.cos(y / (7 + 2 * c)) * 0.45 + 0.5 for c in range(3)]
    picture = np.stack(planes, -1)
    picture[height // 3 :, width // 2 :] = 1 - picture[height // 3 :, width // 2 :]
    picture += rng.normal(0, 0.03, picture.shape)
    return (picture.clip(0, 1) * 255).round().astype(np.uint8)


TEMPLATE_512 = np.array([
    [192.98138, 239.94708], [318.90277, 240.1936], [256.63416, 314.01935], [201.26117, 371.41043], [313.08905, 371.15118]])


def landmarks(noise, outliers=0):
    """The template turned, scaled, moved and disturbed."""
    angle, zoom = rng.uniform(-0.6, 0.6), rng.uniform(0.1, 0.6)
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = TEMPLATE_512 @ turn.T + rng.uniform(-20, 60, 2) + rng.normal(0, noise, (5, 2))
    for i in rng.choice(5, outliers, replace=False):
        points[i] += rng.normal(0, 40, 2)
    return points.astype(np.float32)


def imaging(face_align):
    photo = picture(75, 98)
    out = {"photo": photo}
    for name, (width, height) in {"larger": (131, 101), "smaller": (61, 47), "half": (49, 37), "mixed": (120, 40)}.items():
        source = photo[:74] if name == "half" else photo
        out[f"resize.{name}"] = cv2.resize(source, (width, height))
    points = np.stack([landmarks(noise, outliers) for noise in (0, 0.3, 1, 3, 8) for outliers in (0, 0, 1, 2)])
    out["landmarks"] = points
    matrices = [face_align.estimate_norm(p) for p in points]
    out["recognition.matrices"] = np.stack(matrices)
    out["recognition.crops"] = np.stack([face_align.norm_crop(photo, p) for p in points[[1, 6, 12]]])
    matrices = [cv2.estimateAffinePartial2D(p, TEMPLATE_512, method=cv2.LMEDS)[0] for p in points]
    out["alignment.matrices"] = np.stack(matrices)
    small = np.stack(matrices)[[1, 6, 12]] * 0.2
    out["alignment.crops"] = np.stack([
        cv2.warpAffine(photo, m, (102, 102), borderMode=cv2.BORDER_CONSTANT, borderValue=(135, 133, 132)) for m in small])
    save("ImagingTests", "opencv4", out)


class Session:
    """Gives the same outputs for every picture, which it keeps."""

    def __init__(self, side):
        self.side, self.outputs = side, []
        for width in (1, 4, 10):
            for stride in (8, 16, 32):
                n = (side // stride) ** 2 * 2
                if width == 1:
                    values = rng.uniform(0, 0.65, (n, 1))
                else:
                    values = rng.uniform(0.2, 4, (n, width)) if width == 4 else rng.normal(0, 2, (n, width))
                self.outputs.append(values.astype(np.float32))

    def get_inputs(self):
        return [type("Input", (), {"name": "input.1", "shape": [1, 3, "?", "?"]})]

    def get_outputs(self):
        return [type("Output", (), {"name": str(i), "shape": list(o.shape)}) for i, o in enumerate(self.outputs)]

    def run(self, names, inputs):
        self.blob = inputs["input.1"]
        return self.outputs


def scrfd(reference):
    side, out = 64, {}
    session = Session(side)
    detector = reference.SCRFD(model_file="none", session=session)
    detector.prepare(0, input_size=(side, side))
    out |= {f"output.{i}": o for i, o in enumerate(session.outputs)}
    for name, (height, width) in {"wide": (90, 161), "tall": (133, 77)}.items():
        photo = picture(height, width)
        boxes, points = detector.detect(photo[:, :, ::-1])
        out |= {f"{name}.photo": photo, f"{name}.blob": session.blob, f"{name}.boxes": boxes, f"{name}.points": points}
    save("ModelsTests", "scrfd", out)


def randomise(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.normal_(1, 0.3)
            module.bias.data.normal_(0, 0.3)
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
        elif isinstance(module, nn.Conv2d):
            module.weight.data.normal_(0, 1.4 * module.weight[0].numel() ** -0.5)
            if module.bias is not None:
                module.bias.data.normal_(0, 0.2)
    return model.eval()


def retinaface():
    """facexlib's own forward pass and detection around narrower layers of the same make."""
    from facexlib.detection import retinaface as reference

    torch.manual_seed(3)
    model = reference.RetinaFace("resnet50", device="cpu")
    body = ResNet(Bottleneck, [1, 1, 1, 1])
    body.conv1, body.bn1, body.inplanes = nn.Conv2d(3, 6, 7, 2, 3, bias=False), nn.BatchNorm2d(6), 6
    for i, (planes, depth, stride) in enumerate([(2, 2, 1), (3, 1, 2), (4, 2, 2), (5, 1, 2)]):
        setattr(body, f"layer{i + 1}", body._make_layer(Bottleneck, planes, depth, stride=stride))
    model.body = IntermediateLayerGetter(body, {"layer2": 1, "layer3": 2, "layer4": 3})
    model.fpn = reference.FPN([12, 16, 20], 16)
    model.ssh1, model.ssh2, model.ssh3 = (reference.SSH(16, 16) for _ in range(3))
    model.ClassHead = reference.make_class_head(3, 16)
    model.BboxHead = reference.make_bbox_head(3, 16)
    model.LandmarkHead = reference.make_landmark_head(3, 16)
    randomise(model)
    photo = picture(75, 117)
    bgr = photo[:, :, ::-1].copy()
    with torch.no_grad():
        x = torch.from_numpy(bgr.astype(np.float32)).permute(2, 0, 1)[None] - model.mean_tensor
        # Outputs as a trained network has them: few of the boxes far from their priors, scores around the limit.
        model.phase = "train"
        for heads, raw, deviation in zip((model.BboxHead, model.ClassHead, model.LandmarkHead), model(x), (1, 0.3, 1)):
            for head in heads:
                head.conv1x1.weight.data *= deviation / raw.std()
        for head in model.ClassHead:
            head.conv1x1.bias.data = torch.tensor([0.0, 3.5, 0.0, 3.5])
        model.phase = "test"
        loc, conf, points = model(x)
        found = model.detect_faces(bgr, 0.97)
    print(len(found), "of", (conf[0, :, 1] > 0.97).sum().item(), "faces")
    out = {f"model.{k}": v.numpy() for k, v in model.state_dict().items() if "num_batches" not in k}
    out |= {"photo": photo, "loc": loc.numpy(), "conf": conf.numpy(), "points": points.numpy(), "found": found}
    save("ModelsTests", "retinaface", out)


parser = argparse.ArgumentParser()
parser.add_argument("--insightface", type=Path, required=True)
folder = parser.parse_args().insightface
imaging(load(folder / "utils/face_align.py"))
scrfd(load(folder / "model_zoo/scrfd.py"))
retinaface()
