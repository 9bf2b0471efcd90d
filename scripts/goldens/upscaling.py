"""Goldens of upscalers: spandrel 0.4.2, torch 2.13.0 (CPU, float32).

    python scripts/goldens/upscaling.py

Small networks with random weights, in each of the layouts that files come in, run by spandrel, which knows no narrower
dense blocks than those of 32 channels: weights are halves, and a second block has the first one's in another order. Writes
esrgan.safetensors to Tests/Goldens: tensors under BasicSR's names (`first_<channels>` for what takes so many),
`picture`, and `enlarged_<case>`.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from spandrel import ModelLoader

GOLDEN = Path(__file__).resolve().parents[2] / "Tests/Goldens/esrgan.safetensors"
WIDTH, GROWTH = 4, 32


def convolution(name, taken, given):
    return {
        f"{name}.weight": (torch.randn(given, taken, 3, 3) * 1.4 * (9 * taken) ** -0.5).half(),
        f"{name}.bias": (torch.randn(given) * 0.1).half(),
    }


torch.manual_seed(17)
weights = {}
for channels in (3, 12, 48):
    weights |= convolution(f"first_{channels}", channels, WIDTH)
for m in range(3):
    for k in range(5):
        weights |= convolution(f"rdb{m + 1}.conv{k + 1}", WIDTH + k * GROWTH, WIDTH if k == 4 else GROWTH)
for name in ("conv_body", "conv_up1", "conv_up2", "conv_hr"):
    weights |= convolution(name, WIDTH, WIDTH)
weights |= convolution("conv_last", WIDTH, 3)


def network(channels, blocks, doublings, style):
    """The tensors of a file in one of the layouts."""
    names = {f"first_{channels}": {"sequence": "model.0"}.get(style, "conv_first")}
    for n in range(blocks):
        for m in range(3):
            for k in range(1, 6):
                names[f"{n} rdb{(m + n) % 3 + 1}.conv{k}"] = {
                    "new": f"body.{n}.rdb{m + 1}.conv{k}",
                    "trunk": f"RRDB_trunk.{n}.RDB{m + 1}.conv{k}",
                    "sequence": f"model.1.sub.{n}.RDB{m + 1}.conv{k}.0",
                }[style]
    last = 3 * doublings
    ends = {
        "new": ["conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"],
        "trunk": ["trunk_conv", "upconv1", "upconv2", "HRconv", "conv_last"],
        "sequence": [f"model.1.sub.{blocks}", "model.3", "model.6", f"model.{last + 2}", f"model.{last + 4}"],
    }[style]
    for own, name in zip(["conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last"], ends):
        if own not in ["conv_up1", "conv_up2"][doublings:]:
            names[own] = name
    return {
        f"{name}.{kind}": weights[f"{own.split()[-1]}.{kind}"].float()
        for own, name in names.items()
        for kind in ("weight", "bias")
    }


golden = dict(weights, picture=torch.rand(1, 3, 7, 10))
for case, arguments in {
    "new_4x": (3, 2, 2, "new"),
    "new_2x": (12, 1, 2, "new"),
    "new_1x": (48, 1, 2, "new"),
    "trunk_4x": (3, 1, 2, "trunk"),
    "sequence_4x": (3, 2, 2, "sequence"),
    "sequence_2x": (3, 1, 1, "sequence"),
}.items():
    model = ModelLoader().load_from_state_dict(network(*arguments)).model.eval()
    with torch.no_grad():
        golden[f"enlarged_{case}"] = model(golden["picture"]).contiguous()
        print(case, golden[f"enlarged_{case}"].shape, golden[f"enlarged_{case}"].abs().max())
save_file(golden, GOLDEN)
