"""Writes Tests/ImagingTests/Goldens/imaging.safetensors: what PyTorch, OpenCV and Pillow make of small pictures.

Needs: torch, opencv-python-headless, pillow, safetensors.
"""
import io
import pathlib

import cv2
import numpy as np
import PIL
import torch
from PIL import Image, ImageOps, features
from safetensors.numpy import save_file

rng = np.random.default_rng(20240611)
out = {}


def smooth(h, w):
    """A photo-like picture: slow waves, one hard edge, a little noise; uint8."""
    y, x = np.mgrid[0:h, 0:w]
    planes = [np.sin(x / (5 + c) + c) * np.cos(y / (7 - c)) * 0.35 + 0.5 for c in range(3)]
    picture = np.stack(planes, -1)
    picture[h // 3 :, w // 2 :] = 1 - picture[h // 3 :, w // 2 :]
    picture += rng.normal(0, 0.02, picture.shape)
    return (picture.clip(0, 1) * 255).round().astype(np.uint8)


# Resizing: PyTorch for bilinear and bicubic, OpenCV for area and Lanczos.
source = rng.random((13, 17, 3), dtype=np.float32)
out["resize.source"] = source
batch = torch.from_numpy(source).permute(2, 0, 1)[None]
for mode in ("bilinear", "bicubic"):
    for name, size in (("larger", (29, 23)), ("smaller", (7, 5))):
        resized = torch.nn.functional.interpolate(batch, size=size, mode=mode, align_corners=False, antialias=False)
        out[f"resize.{mode}.{name}"] = resized[0].permute(1, 2, 0).contiguous().numpy()
out["resize.area.smaller"] = cv2.resize(source, (6, 5), interpolation=cv2.INTER_AREA)
photo = smooth(70, 90)
out["lanczos.source"] = photo
out["lanczos.smaller"] = cv2.resize(photo, (61, 47), interpolation=cv2.INTER_LANCZOS4)
out["lanczos.larger"] = cv2.resize(photo, (101, 83), interpolation=cv2.INTER_LANCZOS4)
scale = 64 / 90
out["lanczos.limited"] = cv2.resize(photo, (int(90 * scale), int(70 * scale)), interpolation=cv2.INTER_LANCZOS4)

# Warping.
angle, zoom = 0.3, 0.8
matrix = np.array([[zoom * np.cos(angle), -zoom * np.sin(angle), 3.3], [zoom * np.sin(angle), zoom * np.cos(angle), -4.7]])
out["warp.matrix"] = matrix.astype(np.float64)
warped = cv2.warpAffine(
    photo.astype(np.float32) / 255, matrix, (40, 36), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
    borderValue=(0.25, 0.5, 0.75))
out["warp.result"] = warped

# As many numbers as a golden took that is gone: what follows keeps its own.
smooth(24, 31), rng.normal(0, 0.1, (24, 31, 3))


# Files, and what Pillow reads from them.
def file(name, data, expected=None):
    out[f"file.{name}"] = np.frombuffer(data, dtype=np.uint8)
    if expected is not None:
        out[f"pixels.{name}"] = np.ascontiguousarray(np.asarray(expected.convert("RGB")))


def encode(image, **options):
    stream = io.BytesIO()
    image.save(stream, **options)
    return stream.getvalue()


small = Image.fromarray(smooth(12, 20))
for orientation in range(1, 9):
    for kind, options in (("JPEG", {"quality": 95, "subsampling": 0}), ("WEBP", {"lossless": True}), ("PNG", {})):
        exif = Image.Exif()
        exif[0x010F] = "a camera"
        exif[0x0112] = orientation
        data = encode(small, format=kind, exif=exif, **options)
        file(f"exif{orientation}.{kind.lower()}", data, ImageOps.exif_transpose(Image.open(io.BytesIO(data))))


def plain(name, image, **options):
    data = encode(image, **options)
    file(name, data, Image.open(io.BytesIO(data)))


plain("progressive.jpeg", small, format="JPEG", quality=90, progressive=True)
plain("subsampled.jpeg", small, format="JPEG", quality=90, subsampling=2)
plain("grey.jpeg", small.convert("L"), format="JPEG", quality=90)
plain("lossy.webp", small, format="WEBP", quality=80)
file("cmyk.jpeg", encode(small.convert("CMYK"), format="JPEG"))
file("animated.webp", encode(small, format="WEBP", save_all=True, append_images=[ImageOps.mirror(small)], lossless=True))
file("picture.gif", encode(small, format="GIF"))
alpha = small.copy()
alpha.putalpha(Image.fromarray(np.linspace(0, 255, 240).round().astype(np.uint8).reshape(12, 20)))
white = Image.new("RGBA", alpha.size, "white")
for kind, options in (("WEBP", {"lossless": True, "exact": True}), ("PNG", {})):
    file(f"alpha.{kind.lower()}", encode(alpha, format=kind, **options), Image.alpha_composite(white, alpha))

folder = pathlib.Path(__file__).parents[2] / "Tests/ImagingTests/Goldens"
folder.mkdir(parents=True, exist_ok=True)
versions = {
    "torch": torch.__version__, "opencv": cv2.__version__, "pillow": PIL.__version__,
    "libwebp": str(features.version("webp")),
}
save_file({k: np.ascontiguousarray(v) for k, v in out.items()}, folder / "imaging.safetensors", metadata=versions)
