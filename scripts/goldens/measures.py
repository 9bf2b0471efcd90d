"""Writes Tests/ImagingTests/Goldens/measures.safetensors: what scikit-image, the authors' FLIP and pytorch-msssim measure of
small pictures.

Needs: flip-evaluator 1.7, pytorch-msssim 1.0.0, scikit-image, torch, safetensors.
"""
import pathlib

import flip_evaluator
import numpy as np
import torch
from pytorch_msssim import ms_ssim
from safetensors.numpy import save_file
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

# pytorch-msssim's own window is rounded to 32 bits, which shows in the seventh digit.
window = torch.exp(-((torch.arange(11, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
window = (window / window.sum()).repeat(3, 1, 1, 1)

rng = np.random.default_rng(20261130)
out = {}


def scene(h, w):
    """Slow waves, a hard edge, bright dots, a little noise; uint8."""
    y, x = np.mgrid[0:h, 0:w]
    planes = [np.sin(x / (9 + 3 * c) + c) * np.cos(y / (11 - 2 * c)) * 0.4 + 0.5 for c in range(3)]
    picture = np.stack(planes, -1)
    picture[h // 3 :, w // 2 :] = 1 - picture[h // 3 :, w // 2 :]
    picture[:: max(h // 5, 1), :: max(w // 7, 1)] = 1
    picture += rng.normal(0, 0.02, picture.shape)
    return (picture.clip(0, 1) * 255).round().astype(np.uint8)


def pairs():
    a = scene(48, 61)
    yield "noise", a, (a + rng.normal(0, 12, a.shape)).clip(0, 255).round().astype(np.uint8)
    yield "shifted", a, np.roll(a, 2, axis=1)
    yield "one", a, np.where(np.arange(a.size).reshape(a.shape) == 3000, 255 - a, a)
    yield "equal", a, a
    yield "contrast", np.zeros((20, 30, 3), np.uint8), np.full((20, 30, 3), 255, np.uint8)
    grey = scene(40, 40)
    grey[:] = grey[:, :, :1]
    yield "grey", grey, (grey * 0.9).astype(np.uint8)
    yield "colours", a[..., ::-1].copy(), a
    small = scene(9, 7)
    yield "small", small, 255 - small
    yield "pixel", np.array([[[200, 30, 90]]], np.uint8), np.array([[[190, 60, 90]]], np.uint8)
    large = scene(179, 166)
    yield "large", large, (large + rng.normal(0, 9, large.shape)).clip(0, 255).round().astype(np.uint8)
    yield "negative", large, 255 - large
    even = scene(192, 176)
    yield "even", even, np.roll(even, 1, axis=0)


for name, a, b in pairs():
    x, y = a.astype(np.float64) / 255, b.astype(np.float64) / 255
    if name != "negative":  # of "large"
        out[f"{name}.a"], out[f"{name}.b"] = np.ascontiguousarray(a), np.ascontiguousarray(b)
    with np.errstate(divide="ignore"):
        psnr = peak_signal_noise_ratio(x, y, data_range=1)
    out[f"{name}.pixels"] = np.array([
        np.abs(x - y).max(), np.abs(x - y).mean(), np.sqrt(mean_squared_error(x, y)), psnr,
        (np.abs(a.astype(int) - b.astype(int)).max(-1) > 3).sum()], np.float64)
    if min(a.shape[:2]) > 10:
        out[f"{name}.ssim"] = np.array([structural_similarity(
            x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, channel_axis=2)])
    if min(a.shape[:2]) > 160:
        batch = [torch.from_numpy(p).permute(2, 0, 1)[None] for p in (x, y)]
        out[f"{name}.ms_ssim"] = np.array([ms_ssim(*batch, data_range=1, size_average=True, win=window).item()])
    errors = flip_evaluator.evaluate(
        x.astype(np.float32), y.astype(np.float32), "LDR", inputsRGB=True, applyMagma=False)[0]
    errors = np.ascontiguousarray(errors[..., 0] if errors.ndim == 3 else errors)
    if errors.size < 4000:
        out[f"{name}.flip"] = errors.astype(np.float32)
    out[f"{name}.flip_mean"] = np.array([errors.astype(np.float64).mean(), np.percentile(errors.astype(np.float64), 95)])

# A mask: what is outside of it is as in the baseline.
a, b = out["noise.a"], out["noise.b"]
mask = np.zeros(a.shape[:2], bool)
mask[12:40, 8:50] = True
both = np.where(mask[..., None], a, b)
x, y = both.astype(np.float64) / 255, b.astype(np.float64) / 255
_, full = structural_similarity(
    x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, channel_axis=2, full=True)
errors = flip_evaluator.evaluate(
    x.astype(np.float32), y.astype(np.float32), "LDR", inputsRGB=True, applyMagma=False)[0]
errors = (errors[..., 0] if errors.ndim == 3 else errors).astype(np.float64)[mask]
out["mask"] = np.repeat(np.where(mask, 255, 0).astype(np.uint8)[..., None], 3, -1)
out["mask.values"] = np.array([
    np.abs(x - y)[mask].max(), np.abs(x - y)[mask].mean(), full[mask].mean(), errors.mean(), np.percentile(errors, 95)])

folder = pathlib.Path(__file__).parents[2] / "Tests/ImagingTests/Goldens"
save_file(out, folder / "measures.safetensors")
