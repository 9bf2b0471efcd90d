#!/usr/bin/env python3
"""What the official networks of the face chain make of a picture, at full size: references.safetensors beside the files of
full_size_models.py, which PULID_FULL_SIZE=FOLDER lets FullSizeParityTests compare with.

    python scripts/full_size_references.py FOLDER --pulid DIR

DIR is a checkout of PuLID (commit 1aa2fc7). With ONNX Runtime 1.32.0, facexlib 0.3.0, torch 2.13.0 in float32.
"""

import argparse
import importlib
import importlib.util
import json
import sys
import types
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

PHOTO = Path(__file__).resolve().parents[1] / "recipes/faces/ada.png"


def package(name, folder):
    """A package without its __init__, which would import all of it."""
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(folder)]


def picture(side):
    """(1, 3, side, side) in 0...255"""
    pixels = np.asarray(Image.open(PHOTO).convert("RGB").resize((side, side), Image.BICUBIC))
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float()


def run_onnx(path, x):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return [torch.from_numpy(y) for y in session.run(None, {session.get_inputs()[0].name: x.numpy()})]


def state(path, prefix):
    values = load_file(path) if path.suffix == ".safetensors" else torch.load(path, map_location="cpu", weights_only=True)
    return {k.removeprefix(prefix): v.float() for k, v in values.items() if k.startswith(prefix)}


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pulid", type=Path, required=True)
    arguments = parser.parse_args()
    face, out = arguments.folder / "face", {}

    x = (picture(640) - 127.5) / 128
    out["scrfd.x"] = x
    out |= {f"scrfd.{i}": y for i, y in enumerate(run_onnx(face / "scrfd_10g_bnkps.onnx", x))}
    x = picture(112) / 127.5 - 1
    out |= {"glintr100.x": x, "glintr100": run_onnx(face / "glintr100.onnx", x)[0]}

    facexlib = Path(importlib.util.find_spec("facexlib").submodule_search_locations[0])
    for name in ("", ".detection", ".parsing"):
        package(f"facexlib{name}", facexlib / name.removeprefix("."))
    module = importlib.import_module("facexlib.detection.retinaface")
    model = module.RetinaFace("resnet50", device="cpu").eval()
    model.load_state_dict(state(face / "detection_Resnet50_Final.pth", "module."))
    x = picture(640)
    boxes, scores, points = model(x[:, [2, 1, 0]] - model.mean_tensor)
    out |= {"retinaface.x": x, "retinaface.boxes": boxes[0], "retinaface.scores": scores[0], "retinaface.points": points[0]}
    model = importlib.import_module("facexlib.parsing.bisenet").BiSeNet(19).eval()
    model.load_state_dict(state(face / "parsing_bisenet.pth", ""))
    x = torch.randn((1, 3, 512, 512), generator=torch.Generator().manual_seed(1))
    out |= {"bisenet.x": x, "bisenet": model(x)[0]}

    stub = lambda name, **values: sys.modules.setdefault(name, types.ModuleType(name)).__dict__.update(values)
    stub("timm"), stub("timm.models")
    stub("timm.models.layers", drop_path=None, to_2tuple=lambda x: (x, x), trunc_normal_=torch.nn.init.trunc_normal_)
    package("eva_clip", arguments.pulid / "eva_clip")
    stub("eva_clip.modified_resnet", ModifiedResNet=None), stub("eva_clip.timm_model", TimmModel=None)
    config = json.loads((arguments.pulid / "eva_clip/model_configs/EVA02-CLIP-L-14-336.json").read_text())
    model = importlib.import_module("eva_clip.model")._build_vision_tower(config["embed_dim"], config["vision_cfg"]).eval()
    model.load_state_dict(state(arguments.folder / "EVA02_CLIP_L_336_psz14_s6B.pt", "visual."))
    x = (picture(336) / 255 - 0.45) / 0.27
    embedding, hidden = model(x, return_hidden=True, shuffle=False)
    out |= {"eva_clip.x": x, "eva_clip": embedding} | {f"eva_clip.{i}": h for i, h in enumerate(hidden)}
    del model

    vector = torch.cat([out["glintr100"], embedding / embedding.norm(dim=1, keepdim=True)], 1)
    out["vector"] = vector
    for name, path, shaped in [("encoders", "pulid_v1.bin", vector), ("encoders_transformer", "pulid_v1.1.safetensors", vector[:, None])]:
        spec = importlib.util.spec_from_file_location(name, arguments.pulid / f"pulid/{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        encoder = (module.IDEncoder if name == "encoders" else module.IDFormer)().eval()
        encoder.load_state_dict(state(arguments.folder / path, "id_adapter."))
        out[path] = encoder(shaped, hidden)
    save_file({k: v.contiguous() for k, v in out.items()}, arguments.folder / "references.safetensors")


main()
