"""Pillow's Lanczos and its pasting by a mask, for Tests/ImagingTests/ResamplingTests.swift."""

import pathlib

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

random = np.random.default_rng(7)
y, x = np.mgrid[0:31, 0:43]
smooth = np.stack([x * 5 % 256, y * 8 % 256, (x * y) % 256], axis=-1)
noise = random.integers(0, 256, (31, 43, 3))
photo = np.where((x + y)[..., None] % 2 == 0, smooth, noise).astype(np.uint8)

out = {"source": photo}
for width, height in [(17, 11), (71, 52), (43, 12), (20, 31), (3, 2), (1, 1), (86, 31)]:
    resized = Image.fromarray(photo).resize((width, height), Image.Resampling.LANCZOS)
    out[f"{width}x{height}"] = np.asarray(resized)

mask = random.integers(0, 256, (31, 43, 3)).astype(np.uint8)
over = random.integers(0, 256, (31, 43, 3)).astype(np.uint8)
pasted = Image.fromarray(photo)
pasted.paste(Image.fromarray(over), (0, 0), Image.fromarray(mask).convert("L"))
out |= {"mask": mask, "over": over, "pasted": np.asarray(pasted)}

folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/ImagingTests/Goldens"
save_file(out, folder / "pillow.safetensors", metadata={"made by": f"Pillow {Image.__version__}"})
