#!/usr/bin/env python3
"""Writes every model file that PuLID on SDXL needs at its full size, with random numbers in place of learned ones.

The files have the formats, names, types and shapes of the published ones, made with the official code and libraries:
they show that a machine has the memory, how long a render takes, and that each format is read; their pictures are noise.

    python scripts/full_size_models.py OUT --pulid DIR --insightface DIR --diffusers DIR [--only NAME ...]

The three folders are checkouts of ToTheBeginning/PuLID (commit 1aa2fc7), deepinsight/insightface (7fadd42) and
huggingface/diffusers (58eb52c), of which the first has CLIP's vocabulary. Needs the packages that
scripts/goldens/README.md lists, and torchvision; 23 GB of disk and 8 GiB of memory. docs/MODELS.md tells what to run with
the result. Made with torch 2.13.0, diffusers 0.42.1, transformers 5.23.0, facexlib 0.3.0, onnx 1.23.2.
"""

import argparse
import importlib
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
PHOTO = Path(__file__).resolve().parents[1] / "recipes/faces/ada.png"


# Each file's module below full_size, and its function there; in the order in which they need each other.
FILES = {
    "face/scrfd_10g_bnkps.onnx": ("faces", lambda m, path, code: m.scrfd(path, PHOTO, seed=1)),
    "face/glintr100.onnx": ("faces", lambda m, path, code: m.glintr100(path, code.insightface, seed=2)),
    "face/detection_Resnet50_Final.pth": ("faces", lambda m, path, code: m.retinaface(path, PHOTO, seed=3)),
    "face/parsing_bisenet.pth": ("faces", lambda m, path, code: m.bisenet(path, seed=4)),
    "EVA02_CLIP_L_336_psz14_s6B.pt": ("pulid", lambda m, path, code: m.eva_clip(path, code.pulid, seed=5)),
    "pulid_v1.bin": ("pulid", lambda m, path, code: m.pulid(path, code.pulid, seed=6)),
    "pulid_v1.1.safetensors": ("pulid", lambda m, path, code: m.pulid(path, code.pulid, seed=7)),
    "sdxl": ("sdxl", lambda m, path, code: m.folder(path, code.pulid, seed=10)),
    "sd_xl_base_1.0.safetensors": ("sdxl", lambda m, path, code: m.one_file(path, path.parent / "sdxl", code.diffusers)),
    "sdxl_lightning_4step_unet.safetensors": ("sdxl", lambda m, path, code: m.lightning_unet(path, seed=20)),
    "sdxl_lightning_4step_lora.safetensors": ("sdxl", lambda m, path, code: m.lora(
        path, rank=64, seed=21, convolutions=True, text_encoders=False)),
    "style_lora.safetensors": ("sdxl", lambda m, path, code: m.lora(
        path, rank=16, seed=22, convolutions=False, text_encoders=True)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    for name in ("pulid", "insightface", "diffusers"):
        parser.add_argument(f"--{name}", type=Path, metavar="DIR", help="a checkout")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=FILES, help=f"of {', '.join(FILES)}")
    arguments = parser.parse_args()
    for name, (module, write) in FILES.items():
        if arguments.only and name not in arguments.only:
            continue
        start = time.monotonic()
        path = arguments.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(importlib.import_module(f"full_size.{module}"), path, arguments)
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
