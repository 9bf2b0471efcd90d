"""Our SSIM, MS-SSIM and FLIP beside scikit-image, pytorch-msssim and the authors' FLIP: 200 pairs of pictures, one thread.

    swift build -c release --package-path Benchmarks --product MeasureBenchmark
    venv/bin/python Benchmarks/peers/measures.py Benchmarks/.build/release/MeasureBenchmark

Needs what measures-requirements.txt lists. Prints a table in Markdown: how far apart the values are, and how many seconds of the
processor each took. All references get the same numbers, in 64 bits where they take them.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = "1"

import flip_evaluator
import numpy as np
import torch
from PIL import Image
from pytorch_msssim import ms_ssim
from skimage.metrics import structural_similarity

torch.set_num_threads(1)


def scene(rng, height, width):
    """Waves, a hard edge, blocks of one colour; in 0...1."""
    y, x = np.mgrid[0:height, 0:width]
    size = rng.uniform(6, 40, 6)
    planes = [np.sin(x / size[c] + c) * np.cos(y / size[c + 3]) * 0.4 + 0.5 for c in range(3)]
    picture = np.stack(planes, -1)
    picture[rng.integers(1, height) :, rng.integers(1, width) :] *= rng.uniform(0.2, 1)
    for _ in range(12):
        top, left = rng.integers(0, height - 8), rng.integers(0, width - 8)
        picture[top : top + rng.integers(8, 90), left : left + rng.integers(8, 90)] = rng.uniform(0, 1, 3)
    return picture


def changed(rng, picture, kind):
    """What may become of a render: noise, a shift, other light, a spot, hardly anything, everything."""
    if kind == 0:
        return picture + rng.normal(0, rng.uniform(0.005, 0.1), picture.shape)
    if kind == 1:
        return np.roll(picture, rng.integers(1, 6), axis=rng.integers(0, 2))
    if kind == 2:
        return picture * rng.uniform(0.6, 1.3) + rng.uniform(-0.1, 0.1)
    if kind == 3:
        picture = picture.copy()
        picture[40:70, 50:90] = rng.uniform(0, 1, 3)
        return picture
    if kind == 4:
        return picture + (rng.uniform(0, 1, picture.shape) > 0.999) * 0.2
    return 1 - picture


def pairs(count):
    rng = np.random.default_rng(20261130)
    for number in range(count):
        height, width = rng.integers(176, 513, 2)
        picture = scene(rng, height, width)
        both = [picture, changed(rng, picture, number % 6)]
        yield [(each.clip(0, 1) * 255).round().astype(np.uint8) for each in both]


def ssim(a, b):
    return structural_similarity(
        a / 255, b / 255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, channel_axis=2)


def multi_scale(a, b):
    batch = [torch.from_numpy(each / 255).permute(2, 0, 1)[None] for each in (a, b)]
    return ms_ssim(*batch, data_range=1).item()


def flip(a, b):
    both = [(each / 255).astype(np.float32) for each in (a, b)]
    errors = flip_evaluator.evaluate(*both, "LDR", inputsRGB=True, applyMagma=False, computeMeanError=False)[0]
    return np.asarray(errors, np.float64).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=200)
    arguments = parser.parse_args()
    references = {"ssim": ("scikit-image", ssim), "ms_ssim": ("pytorch-msssim", multi_scale), "flip": ("flip-evaluator", flip)}
    found = {name: [] for name in references}
    seconds = dict.fromkeys(references, 0.0)
    with tempfile.TemporaryDirectory(prefix="measures-") as folder:
        folders = [pathlib.Path(folder, name) for name in "ab"]
        for each in folders:
            each.mkdir()
        for number, pair in enumerate(pairs(arguments.pairs)):
            for each, pixels in zip(folders, pair):
                Image.fromarray(pixels).save(each / f"{number:04}.png")
            for name, (_, measure) in references.items():
                start = time.process_time()
                found[name].append(measure(*pair))
                seconds[name] += time.process_time() - start
        done = subprocess.run([arguments.program, *folders], check=True, capture_output=True, text=True)
    *ours, own = map(json.loads, done.stdout.splitlines())
    print("| measure | reference | largest difference | reference | here | times as fast |")
    print("|---|---|---|---|---|---|")
    for name, (reference, _) in references.items():
        worst = max(abs(a - b[name]) for a, b in zip(found[name], ours, strict=True))
        print(f"| {name} | {reference} | {worst:.1e} | {seconds[name]:.2f} s | {own[name]:.2f} s | {seconds[name] / own[name]:.1f} |")


if __name__ == "__main__":
    main()
