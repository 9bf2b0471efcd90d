"""A folder of small files under the names and in the formats of the official ones, a photo, and what the official face
chain makes of it: Tests/Goldens/portrait and Tests/NodesTests/Goldens/face_chain.

Reference: PuLID 1aa2fc7 (pulid/pipeline.py::get_id_embedding and pipeline_v1_1.py's, by their own modules), insightface's
python package (commit 7fadd42) on ONNX Runtime 1.32.0, facexlib 0.3.0, torch 2.13.0, torchvision 0.29 without antialiasing,
OpenCV 4.10.0 (5 rounds positions differently), scikit-image 0.26.0.

    python scripts/goldens/face_chain.py --pulid DIR --insightface DIR

--pulid is a checkout of PuLID, --insightface one of deepinsight/insightface. The networks are narrow ones of the same make.
The last layers of
detectors and parser are fitted to the one photo, so that they find its faces; all else is random. Landmarks are biases
alone, one anchor a person: no last bit moves them, crops are equal to the last grey level, and the whole chain can be
compared, of which random networks would otherwise make much. After unet.py and single_file.py, into whose SDXL the
adapters fit.
"""

import argparse
import ast
import importlib
import importlib.util
import json
import sys
import types
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from skimage.transform import SimilarityTransform
from torch import nn
from torch.nn import functional as F
from torchvision.transforms.functional import InterpolationMode, normalize, resize

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Tests/Goldens/portrait"
EXPECTED = ROOT / "Tests/NodesTests/Goldens/face_chain"
TEMPLATE = np.array([
    [192.98138, 239.94708], [318.90277, 240.1936], [256.63416, 314.01935], [201.26117, 371.41043], [313.08905, 371.15118]])
CONTEXT = 20  # cross-attention of the SDXL in Tests/NodesTests/Goldens/single_file
NUDGE = 0.05  # pixels
RECOGNITION, WIDTH = 32, 16  # numbers of the recogniser; width of the vision tower
assert cv2.__version__.startswith("4.") and int(cv2.__version__.split(".")[1]) <= 10, "needs OpenCV 4.10 or older"


def package(name, folder):
    """A package without its __init__, which would import all of it."""
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(folder)]


def randomise(model, generator):
    """Every weight, norms' included."""
    def normal(tensor, mean, deviation):
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * deviation + mean)

    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)):
                normal(module.weight, 1, 0.2)
                normal(module.bias, 0, 0.2)
                if hasattr(module, "running_mean"):
                    normal(module.running_mean, 0, 0.2)
                    module.running_var.copy_(torch.rand(module.running_var.shape, generator=generator) * 1.5 + 0.5)
            elif isinstance(module, nn.PReLU):
                module.weight.copy_(torch.rand(module.weight.shape, generator=generator) * 1.5 - 0.5)
            elif isinstance(module, (nn.Conv2d, nn.Linear)):
                normal(module.weight, 0, 1.4 * module.weight[0].numel() ** -0.5)
                if module.bias is not None:
                    normal(module.bias, 0, 0.1)
    return model.eval()


def fit(modules, steps, loss):
    """The last layers' weights that make the photo's faces be found, and no others."""
    parameters = [p for module in modules for p in module.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-2, total_steps=steps)
    for step in range(steps):
        optimiser.zero_grad()
        value = loss()
        value.backward()
        optimiser.step()
        schedule.step()
    print("loss", value.item(), flush=True)


# ---- The photo: two people of recipes/faces, whose landmarks lie where alignment puts them.

def photo():
    height, width = 760, 1100
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    canvas = np.stack([150 + 60 * y / height, 170 + 40 * x / width, 190 - 70 * y / height], -1)
    faces = []
    for name, scale, angle, left, top in [("ada", 1.05, 0.1, 330, 70), ("ben", 0.42, -0.12, 40, 400)]:
        face = np.asarray(Image.open(ROOT / f"recipes/faces/{name}.png").convert("RGB").resize((512, 512)), np.float32)
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        matrix = np.hstack([turn, [[left], [top]]]).astype(np.float32)
        mask = np.zeros((512, 512), np.float32)
        cv2.circle(mask, (256, 270), 235, 1, -1)
        mask = cv2.warpAffine(cv2.GaussianBlur(mask, (0, 0), 6), matrix, (width, height))[..., None]
        canvas = canvas * (1 - mask) + cv2.warpAffine(face, matrix, (width, height)) * mask
        place = lambda points: points @ turn.T + [left, top]
        corners = place(np.array([[150, 150], [362, 150], [150, 440], [362, 440]]))
        faces.append((np.concatenate([corners.min(0), corners.max(0)]), place(TEMPLATE)))
    # Soft, which keeps the file small.
    canvas = cv2.GaussianBlur(canvas, (0, 0), 3)
    return canvas.clip(0, 255).round().astype(np.uint8), faces


# ---- Narrow networks of the official make.

class SCRFD(nn.Module):
    """Pyramid and heads as in scrfd_10g_bnkps: three strides, two anchors, boxes scaled for each stride."""

    def __init__(self):
        super().__init__()
        conv = lambda i, o, stride=1: nn.Sequential(
            nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU())
        self.stem = nn.Sequential(conv(3, 8, 2), conv(8, 10, 2), nn.MaxPool2d(2, 2))
        self.stages = nn.ModuleList([conv(10, 14), conv(14, 16, 2), nn.Sequential(conv(16, 20, 2), conv(20, 20))])
        self.laterals = nn.ModuleList([nn.Conv2d(i, 12, 1) for i in (14, 16, 20)])
        self.heads = nn.ModuleList([conv(12, 16) for _ in range(3)])
        self.outputs = nn.ModuleList([nn.ModuleList([nn.Conv2d(16, 2 * n, 3, 1, 1) for n in (1, 4, 10)]) for _ in range(3)])
        self.scales = nn.ParameterList([nn.Parameter(torch.tensor(s)) for s in (0.9, 1.1, 1.3)])

    def maps(self, x):
        maps, x = [], self.stem(x)
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        maps = [lateral(m) for lateral, m in zip(self.laterals, maps)]
        for i in (1, 0):
            maps[i] = maps[i] + F.interpolate(maps[i + 1], size=maps[i].shape[2:], mode="nearest")
        return maps

    def rows(self, level, m):
        m = self.heads[level](m)
        score, box, points = (output(m) for output in self.outputs[level])
        return [v.permute(2, 3, 0, 1).reshape(-1, n)
                for v, n in ((score.sigmoid(), 1), (box * self.scales[level], 4), (points, 10))]

    def forward(self, x):
        rows = [self.rows(level, m) for level, m in enumerate(self.maps(x))]
        return tuple(rows[level][kind] for kind in range(3) for level in range(3))


def scrfd(image, faces, scale, generator):
    model = randomise(SCRFD(), generator)
    x = torch.from_numpy((image.astype(np.float32) - 127.5) / 128).permute(2, 0, 1)[None]
    # Both faces are for the coarsest grid; the others see none.
    for outputs in model.outputs[:2]:
        outputs[0].weight.data *= 0.1
        outputs[0].bias.data.fill_(-5)
    grid = 640 // 32
    scores, boxes, points = torch.zeros(grid * grid * 2, 1), torch.zeros(grid * grid * 2, 4), torch.zeros(2, 10)
    # The first anchor is for the first person.
    for own, (box, landmarks) in enumerate(faces):
        box, landmarks = box * scale, landmarks * scale
        centre = ((box[:2] + box[2:]) / 64).round() * 32
        # Moved a little, away from where the crop would hang on a last bit: main asserts it.
        points[own] = torch.tensor((landmarks - centre + NUDGE).ravel() / 32)
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                column, row = ((box[:2] + box[2:]) / 64).round().astype(int) + [dx, dy]
                centre = np.array([column, row]) * 32
                for anchor in range(2):
                    i = (row * grid + column) * 2 + anchor
                    # Neighbours see the same face less surely: suppression has work to do.
                    scores[i] = 0.93 - 0.12 * (abs(dx) + abs(dy)) - 0.06 * (anchor != own)
                    boxes[i] = torch.tensor(np.concatenate([centre - box[:2], box[2:] - centre]) / 32)
    found = (scores > 0).float()
    model.outputs[2][2].weight.data.zero_()
    model.outputs[2][2].bias.data = points.ravel()
    with torch.no_grad():
        m = model.maps(x)[2]

    def loss():
        score, box, _ = model.rows(2, m)
        return F.binary_cross_entropy(score, scores, reduction="sum") + (found * (box - boxes) ** 2).sum() / 4

    fit([model.heads[2], *model.outputs[2][:2]], 1200, loss)
    model.requires_grad_(False)
    torch.onnx.export(
        model, x, FOLDER / "antelopev2/scrfd_10g_bnkps.onnx", dynamo=False, opset_version=11, input_names=["input.1"],
        output_names=[f"{kind}_{stride}" for kind in ("score", "bbox", "kps") for stride in (8, 16, 32)],
        dynamic_axes={"input.1": {2: "?", 3: "?"}})


def iresnet(path, generator):
    spec = importlib.util.spec_from_file_location("iresnet", path)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    model = reference.IResNet(reference.IBasicBlock, [1, 1, 1, 1], num_features=RECOGNITION)
    model.conv1, model.bn1, model.prelu = nn.Conv2d(3, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4), nn.PReLU(4)
    model.inplanes = 4
    for stage, (width, depth) in enumerate([(4, 1), (6, 2), (8, 1), (8, 1)]):
        setattr(model, f"layer{stage + 1}", model._make_layer(reference.IBasicBlock, width, depth, stride=2))
    model.bn2, model.fc = nn.BatchNorm2d(8), nn.Linear(8 * 7 * 7, RECOGNITION)
    randomise(model, generator)
    torch.onnx.export(
        model, torch.randn(1, 3, 112, 112), FOLDER / "antelopev2/glintr100.onnx", dynamo=False, opset_version=11,
        input_names=["input.1"], dynamic_axes={"input.1": {0: "None"}})


def retinaface(image, faces, scale, generator):
    from facexlib.detection import retinaface as reference
    from torchvision.models._utils import IntermediateLayerGetter
    from torchvision.models.resnet import Bottleneck, ResNet

    model = reference.RetinaFace("resnet50", device="cpu")
    body = ResNet(Bottleneck, [1, 1, 1, 1])
    body.conv1, body.bn1, body.inplanes = nn.Conv2d(3, 6, 7, 2, 3, bias=False), nn.BatchNorm2d(6), 6
    for i, (planes, stride) in enumerate([(2, 1), (3, 2), (4, 2), (5, 2)]):
        setattr(body, f"layer{i + 1}", body._make_layer(Bottleneck, planes, 1, stride=stride))
    model.body = IntermediateLayerGetter(body, {"layer2": 1, "layer3": 2, "layer4": 3})
    model.fpn = reference.FPN([12, 16, 20], 16)
    model.ssh1, model.ssh2, model.ssh3 = (reference.SSH(16, 16) for _ in range(3))
    model.ClassHead = reference.make_class_head(3, 16)
    model.BboxHead = reference.make_bbox_head(3, 16)
    model.LandmarkHead = reference.make_landmark_head(3, 16)
    randomise(model, generator)
    body.conv1.weight.data /= 60  # of bytes

    height, width = image.shape[:2]
    size = torch.tensor([width, height], dtype=torch.float32)
    priors = reference.PriorBox(reference.generate_config("resnet50"), image_size=(height, width)).forward()
    labels, boxes, points = torch.zeros(len(priors), dtype=torch.long), torch.zeros(len(priors), 4), torch.zeros(2, 10)
    # The larger of two sizes is for the first person.
    for side, (box, landmarks) in zip((1, 0), faces):
        box, landmarks = torch.tensor(box * scale).float(), torch.tensor(landmarks * scale).float()
        middle, extent = (box[:2] + box[2:]) / 2 / size, (box[2:] - box[:2]) / size
        distance = ((priors[:, :2] - middle) / priors[:, 2:]).norm(dim=1) + (priors[:, 2:] / extent).log().abs().amax(1)
        own = (priors[:, 2] * width > 200) & (torch.arange(len(priors)) % 2 == side)
        i = torch.where(own, distance, 1e9).argmin()
        labels[i] = 1
        boxes[i] = torch.cat([(middle - priors[i, :2]) / (0.1 * priors[i, 2:]), (extent / priors[i, 2:]).log() / 0.2])
        points[side] = ((landmarks / size - priors[i, :2]) / (0.1 * priors[i, 2:])).ravel()
    # Both faces are for the coarsest grid; the others see none.
    found = labels == 1
    x = torch.from_numpy(image[:, :, ::-1].astype(np.float32).copy()).permute(2, 0, 1)[None] - model.mean_tensor
    for head in model.ClassHead[:2]:
        head.conv1x1.weight.data *= 0.1
        head.conv1x1.bias.data = torch.tensor([6.0, -6, 6, -6])
    with torch.no_grad():
        m = model.fpn(list(model.body(x).values()))[2]
    first = len(priors) - 2 * m.shape[2] * m.shape[3]
    assert not found[:first].any() and found.sum() == len(faces)
    labels, boxes, found = labels[first:], boxes[first:], found[first:]
    model.LandmarkHead[2].conv1x1.weight.data.zero_()
    model.LandmarkHead[2].conv1x1.bias.data = points.ravel()

    def loss():
        y = model.ssh3(m)
        box, score = (head[2](y)[0] for head in (model.BboxHead, model.ClassHead))
        total = (F.cross_entropy(score, labels, reduction="none") * torch.where(found, 20.0, 1.0)).sum()
        return total + ((box - boxes)[found] ** 2).mean()

    fit([model.ssh3, model.ClassHead[2], model.BboxHead[2]], 1200, loss)
    model.requires_grad_(False)
    model.phase = "test"
    torch.save({f"module.{k}": v for k, v in model.state_dict().items()}, FOLDER / "detection_Resnet50_Final.pth",
               _use_new_zipfile_serialization=False)
    return model


def bisenet(aligned, generator):
    reference, resnet = (importlib.import_module(f"facexlib.parsing.{name}") for name in ("bisenet", "resnet"))
    stem, widths, context, fusion, head, classes = 6, [6, 8, 10, 12], 8, 16, 12, 19
    conv = reference.ConvBNReLU
    model = reference.BiSeNet(classes)
    backbone = model.cp.resnet
    backbone.conv1, backbone.bn1 = nn.Conv2d(3, stem, 7, 2, 3, bias=False), nn.BatchNorm2d(stem)
    for layer, width in enumerate(widths):
        before = stem if layer == 0 else widths[layer - 1]
        setattr(backbone, f"layer{layer + 1}",
                resnet.create_layer_basic(before, width, bnum=1, stride=1 if layer == 0 else 2))
    model.cp.arm16 = reference.AttentionRefinementModule(widths[2], context)
    model.cp.arm32 = reference.AttentionRefinementModule(widths[3], context)
    model.cp.conv_head32, model.cp.conv_head16 = conv(context, context), conv(context, context)
    model.cp.conv_avg = conv(widths[3], context, ks=1, padding=0)
    model.ffm = reference.FeatureFusionModule(widths[1] + context, fusion)
    model.conv_out = reference.BiSeNetOutput(fusion, head, classes)
    model.conv_out16 = reference.BiSeNetOutput(context, 4, classes)
    model.conv_out32 = reference.BiSeNetOutput(context, 4, classes)
    randomise(model, generator)

    # Labels by place, which the drawn face is about right for.
    labels = np.zeros((512, 512), np.uint8)
    def ellipse(label, x, y, across, down):
        cv2.ellipse(labels, (int(x), int(y)), (int(across), int(down)), 0, 0, 360, label, -1)
    ellipse(17, 256, 230, 190, 200), ellipse(16, 256, 560, 230, 110), ellipse(14, 256, 440, 60, 70)
    ellipse(7, 380, 270, 22, 40), ellipse(8, 132, 270, 22, 40), ellipse(1, 256, 275, 118, 160)
    for (x, y), eye, brow in zip(TEMPLATE[:2], (5, 4), (3, 2)):
        ellipse(eye, x, y, 28, 14), ellipse(brow, x, y - 34, 36, 9)
    ellipse(10, 256, 300, 24, 44), ellipse(12, 257, 366, 56, 10), ellipse(13, 257, 382, 50, 11)
    x = torch.from_numpy(aligned[:, :, ::-1].astype(np.float32).copy()).permute(2, 0, 1)[None] / 255
    x = normalize(x, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    target = torch.from_numpy(labels[4::8, 4::8]).long()[None]
    weight = 1 / torch.bincount(target.flatten(), minlength=19).clamp(min=4).float().sqrt()
    with torch.no_grad():
        spatial, context, _ = model.cp(x)
    fit([model.ffm, model.conv_out], 250, lambda: F.cross_entropy(model.conv_out(model.ffm(spatial, context))[0], target, weight))
    model.requires_grad_(False)
    torch.save(model.state_dict(), FOLDER / "parsing_bisenet.pth", _use_new_zipfile_serialization=False)
    return model


def tower(checkout, generator):
    stub = lambda name, **values: sys.modules.setdefault(name, types.ModuleType(name)).__dict__.update(values)
    stub("timm"), stub("timm.models")
    stub("timm.models.layers", drop_path=None, to_2tuple=lambda x: (x, x), trunc_normal_=nn.init.trunc_normal_)
    package("eva_clip", checkout / "eva_clip")
    stub("eva_clip.modified_resnet", ModifiedResNet=None)
    stub("eva_clip.timm_model", TimmModel=None)
    eva = importlib.import_module("eva_clip.model")
    official = json.loads((checkout / "eva_clip/model_configs/EVA02-CLIP-L-14-336.json").read_text())["vision_cfg"]
    model = eva._build_vision_tower(
        12, official | {"image_size": 48, "patch_size": 8, "width": WIDTH, "layers": 21, "head_width": 8})
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name or "_ln." in name:
            parameter.data = 0.3 * noise + (1 if name.endswith("weight") else 0)
        else:
            parameter.data = noise * (1.5 * parameter[0].numel() ** -0.5 if ".weight" in name and noise.ndim > 1 else 0.5)
        parameter.data = parameter.data.half().float()
    state = {f"visual.{name}": value.half() for name, value in model.state_dict().items()}
    state |= {"text.positional_embedding": torch.zeros(4, 4).half(), "logit_scale": torch.tensor(1.0).half()}
    torch.save(state, FOLDER / "EVA02_CLIP_L_336_psz14_s6B.pt")
    model.load_state_dict({k.removeprefix("visual."): v.float() for k, v in state.items() if k.startswith("visual.")})
    return model.eval(), importlib.import_module("eva_clip.constants")


def mapping(width_in, hidden, width_out):
    return nn.Sequential(
        nn.Linear(width_in, hidden), nn.LayerNorm(hidden), nn.LeakyReLU(),
        nn.Linear(hidden, hidden), nn.LayerNorm(hidden), nn.LeakyReLU(), nn.Linear(hidden, width_out))


def id_encoders(checkout, generator):
    def module(name):
        spec = importlib.util.spec_from_file_location(name, checkout / f"pulid/{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    width = RECOGNITION + 12
    first = module("encoders").IDEncoder(width=width, context_dim=CONTEXT, num_token=5)
    for i in range(5):
        setattr(first, f"mapping_{i}", mapping(WIDTH, WIDTH, CONTEXT))
        setattr(first, f"mapping_patch_{i}", mapping(WIDTH, WIDTH, CONTEXT))
    second = module("encoders_transformer").IDFormer(
        dim=16, depth=10, heads=1, num_id_token=5, num_queries=32, output_dim=CONTEXT, ff_mult=1)
    for i in range(5):
        setattr(second, f"mapping_{i}", mapping(WIDTH, 12, 16))
    second.id_embedding_mapping = mapping(width, 16, 16 * 5)
    for encoder in (first, second):
        randomise(encoder, generator)
        for parameter in encoder.parameters():
            parameter.data = parameter.data.half().float()
    return first, second


def adapters(generator):
    """PuLID's attention for the UNet of the small SDXL, whose widths its own weights say."""
    unet = UNet2DConditionModel.from_pretrained(ROOT / "Tests/NodesTests/Goldens/single_file/diffusers/unet")
    state = {}
    for i, name in enumerate(unet.attn_processors):
        if "attn2" in name:
            width = unet.get_submodule(name.removesuffix(".processor")).to_q.weight.shape[0]
            for part in ("id_to_k", "id_to_v"):
                weight = torch.randn((width, CONTEXT), generator=generator) * CONTEXT ** -0.5
                state[f"id_adapter_attn_layers.{i}.{part}.weight"] = weight.half()
    return state


# ---- The chain.

def function(path, name, **scope):
    """One function of a file, without what else the file imports."""
    tree = ast.parse(Path(path).read_text())
    node = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name)
    exec(compile(ast.Module([node], []), str(path), "exec"), scope)
    return scope[name]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=Path, required=True)
    parser.add_argument("--insightface", type=Path, required=True)
    arguments = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(1)
    (FOLDER / "antelopev2").mkdir(parents=True, exist_ok=True)
    EXPECTED.mkdir(parents=True, exist_ok=True)

    source = arguments.insightface / "python-package/insightface"
    for name, folder in [("insightface", source), ("insightface.model_zoo", source / "model_zoo"),
                         ("insightface.utils", source / "utils")]:
        package(name, folder)
    facexlib = Path(importlib.util.find_spec("facexlib").submodule_search_locations[0])
    for name in ("", ".detection", ".parsing", ".utils"):
        package(f"facexlib{name}", facexlib / name.removeprefix("."))
    sys.modules["facexlib.detection"].init_detection_model = sys.modules["facexlib.parsing"].init_parsing_model = None
    helper_module = importlib.import_module("facexlib.utils.face_restoration_helper")

    # 1. a photo, and networks that know its faces
    original, faces = photo()
    Image.fromarray(original).save(FOLDER / "photo.png", optimize=True)
    pulid_utils = arguments.pulid / "pulid/utils.py"
    image = function(pulid_utils, "resize_numpy_image_long", cv2=cv2)(original, 1024)
    scale = image.shape[1] / original.shape[1]
    ratio = 640 / image.shape[1]
    letterbox = np.zeros((640, 640, 3), np.uint8)
    small = cv2.resize(image, (640, int(image.shape[0] * ratio)))
    letterbox[: small.shape[0]] = small
    scrfd(letterbox, faces, scale * ratio, generator)
    iresnet(arguments.insightface / "recognition/arcface_torch/backbones/iresnet.py", generator)
    face_det = retinaface(image, faces, scale, generator)

    # 2. pulid/pipeline.py::get_id_embedding up to the parser
    image_bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    detector = importlib.import_module("insightface.model_zoo.scrfd").SCRFD(str(FOLDER / "antelopev2/scrfd_10g_bnkps.onnx"))
    detector.prepare(-1, input_size=(640, 640), det_thresh=0.5)
    recognizer = importlib.import_module("insightface.model_zoo.arcface_onnx").ArcFaceONNX(
        str(FOLDER / "antelopev2/glintr100.onnx"))
    recognizer.prepare(-1)
    boxes, points = detector.detect(image_bgr, max_num=0, metric="default")
    print("SCRFD", boxes, sep="\n")
    largest = max(range(len(boxes)), key=lambda i: (boxes[i, 2] - boxes[i, 0]) * (boxes[i, 3] - boxes[i, 1]))
    face = types.SimpleNamespace(kps=points[largest])
    recognition = torch.from_numpy(recognizer.get(image_bgr, face))[None]
    face_align = importlib.import_module("insightface.utils.face_align")
    crop = face_align.norm_crop(image_bgr, landmark=face.kps, image_size=112)
    exact = SimilarityTransform()
    exact.estimate(face.kps.astype(np.float64), face_align.arcface_dst.astype(np.float64))
    assert (crop == cv2.warpAffine(image_bgr, exact.params[:2], (112, 112))).all(), "in float32 the crop is another"

    helper = helper_module.FaceRestoreHelper.__new__(helper_module.FaceRestoreHelper)
    helper.template_3points, helper.pad_blur, helper.face_size, helper.face_det = False, False, (512, 512), face_det
    helper.face_template = TEMPLATE
    helper.clean_all()
    helper.read_image(image_bgr)
    aligned_faces = face_det.detect_faces(image_bgr, 0.97)
    print("RetinaFace", aligned_faces, sep="\n")
    helper.get_face_landmarks_5(only_center_face=True)
    helper.align_warp_face()
    align_face = helper.cropped_faces[0]
    face_parse = bisenet(align_face, generator)

    # 3. the parser and the tower
    img2tensor = function(
        facexlib / "utils/misc.py", "img2tensor", cv2=cv2, torch=torch, np=np)
    input = img2tensor(align_face, bgr2rgb=True).unsqueeze(0) / 255.0
    with torch.no_grad():
        parsing = face_parse(normalize(input, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))[0].argmax(dim=1, keepdim=True)
        background = sum(parsing == i for i in [0, 16, 18, 7, 8, 9, 14, 15]).bool()
        grey = 0.299 * input[:, 0:1] + 0.587 * input[:, 1:2] + 0.114 * input[:, 2:3]
        features = torch.where(background, torch.ones_like(input), grey.repeat(1, 3, 1, 1))
        vision, constants = tower(arguments.pulid, generator)
        seen = resize(features, vision.image_size, InterpolationMode.BICUBIC, antialias=False)
        mean = getattr(vision, "image_mean", None) or constants.OPENAI_DATASET_MEAN
        deviation = getattr(vision, "image_std", None) or constants.OPENAI_DATASET_STD
        embedding, hidden = vision(
            normalize(seen, mean, deviation), return_all_features=False, return_hidden=True, shuffle=False)
        vector = torch.cat([recognition, embedding / torch.norm(embedding, 2, 1, True)], dim=-1)
        first, second = id_encoders(arguments.pulid, generator)
        nothing = [torch.zeros_like(state) for state in hidden]
        expected = {
            "v1.id": first(vector, hidden), "v1.uncond": first(torch.zeros_like(vector), nothing),
            "v1.1.id": second(vector[:, None], hidden), "v1.1.uncond": second(torch.zeros_like(vector)[:, None], nothing)}

    # 4. the files
    layers = adapters(generator)
    prefixed = lambda encoder: {f"id_adapter.{k}": v.half().contiguous() for k, v in encoder.state_dict().items()}
    torch.save(prefixed(first) | layers, FOLDER / "pulid_v1.bin")
    save_file(prefixed(second) | layers, FOLDER / "pulid_v1.1.safetensors")
    expected |= {
        "scrfd": torch.tensor(np.hstack([boxes, points.reshape(len(boxes), 10)])),
        "retinaface": torch.tensor(np.asarray(aligned_faces)),
        "recognition.crop": torch.from_numpy(crop[:, :, ::-1].copy()), "recognition": recognition[0], "seen": seen}
    save_file({k: v.contiguous() for k, v in expected.items()}, EXPECTED / "expected.safetensors")
    Image.fromarray(align_face[:, :, ::-1]).save(EXPECTED / "aligned.png", optimize=True)
    Image.fromarray(parsing[0, 0].byte().numpy()).save(EXPECTED / "labels.png", optimize=True)
    print("labels", parsing.unique().tolist())


main()
