"""Writes Tests/ImagingTests/Goldens/photos.safetensors: photos in the inks of print, AVIF and HEIC, and what others read from them.

Reference: Pillow 13 (libjpeg-turbo, libavif), pillow-heif 1.8 (libheif 1.23). libturbojpeg writes the YCCK, as Pillow cannot.
"""

import ctypes
import ctypes.util
import io
import pathlib

import numpy as np
import pillow_heif
from PIL import Image, ImageOps
from safetensors.numpy import save_file

rng = np.random.default_rng(20240611)
pillow_heif.register_heif_opener()
out = {}


def note(name, data, expected=None):
    picture = expected or Image.open(io.BytesIO(data))
    out[f"file.{name}"] = np.frombuffer(data, dtype=np.uint8)
    out[f"pixels.{name}"] = np.ascontiguousarray(np.asarray(picture.convert("RGB")))


def encode(image, **options):
    stream = io.BytesIO()
    image.save(stream, **options)
    return stream.getvalue()


def ycck(inks):
    """Adobe's inverted inks, as libjpeg-turbo writes them."""
    turbo = ctypes.CDLL(ctypes.util.find_library("turbojpeg"))
    turbo.tjInitCompress.restype = ctypes.c_void_p
    data, size = ctypes.c_void_p(), ctypes.c_ulong()
    height, width, _ = inks.shape
    inverted = np.ascontiguousarray(255 - inks)
    cmyk, full = 11, 0
    status = turbo.tjCompress2(
        ctypes.c_void_p(turbo.tjInitCompress()), inverted.ctypes.data_as(ctypes.c_void_p), width, 0, height, cmyk,
        ctypes.byref(data), ctypes.byref(size), full, 92, 0)
    assert status == 0
    return ctypes.string_at(data, size.value)


y, x = np.mgrid[0:24, 0:40]
planes = [np.sin(x / (9 + c) + c) * np.cos(y / (11 - c)) * 0.35 + 0.5 for c in range(3)]
photo = Image.fromarray((np.stack(planes, -1).clip(0, 1) * 255).round().astype(np.uint8))
inks = np.concatenate([255 - np.asarray(photo), rng.integers(0, 120, (24, 40, 1), dtype=np.uint8)], -1)
note("cmyk.jpeg", encode(Image.fromarray(inks, "CMYK"), format="JPEG", quality=95, subsampling=0))
note("ycck.jpeg", ycck(inks))
note("progressive_cmyk.jpeg", encode(Image.fromarray(inks, "CMYK"), format="JPEG", quality=90, progressive=True))

alpha = photo.copy()
alpha.putalpha(Image.fromarray(np.linspace(0, 255, 24 * 40).round().astype(np.uint8).reshape(24, 40)))
white = Image.new("RGBA", alpha.size, "white")
exif = Image.Exif()
exif[0x0112] = 6
for name, picture, options in [
    ("full.avif", photo, {"subsampling": "4:4:4", "quality": 95}),
    ("plain.avif", photo, {"quality": 95}),
    ("grey.avif", photo.convert("L"), {"quality": 95}),
    ("turned.avif", photo, {"subsampling": "4:4:4", "quality": 95, "exif": exif}),
]:
    data = encode(picture, format="AVIF", **options)
    note(name, data, ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
data = encode(alpha, format="AVIF", subsampling="4:4:4", quality=95)
note("alpha.avif", data, Image.alpha_composite(white, Image.open(io.BytesIO(data)).convert("RGBA")))
for name, picture, options in [
    ("full.heic", photo, {"chroma": 444, "quality": 95}),
    ("plain.heic", photo, {"quality": 95}),
    ("turned.heic", photo, {"chroma": 444, "quality": 95, "exif": exif}),
]:
    note(name, encode(picture, format="HEIF", **options))
deep = (np.stack(planes, -1).clip(0, 1) * 65535).round().astype(np.uint16)
heif = pillow_heif.from_bytes(mode="RGB;16", size=photo.size, data=deep.tobytes())
stream = io.BytesIO()
heif.save(stream, quality=95, chroma=444)
note("deep.heic", stream.getvalue())

folder = pathlib.Path(__file__).parents[2] / "Tests/ImagingTests/Goldens"
save_file(out, folder / "photos.safetensors", metadata={"made_by": "scripts/goldens/photos.py"})
