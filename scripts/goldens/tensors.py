"""References for Tests/TensorsTests: PyTorch's CPU generator; operations and their gradients.

Written with torch 2.13.0 (CPU), numpy 2.4.6:
    python scripts/goldens/tensors.py
"""
import os

os.environ["ATEN_CPU_CAPABILITY"] = "avx2"  # what every current x86-64 processor runs for normal numbers

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[2] / "Tests/TensorsTests/Goldens"


def random_numbers():
    """`<seed>.<counts of successive calls>` -> the numbers of all calls in one row."""
    tensors = {}

    def record(seed, counts):
        generator = torch.Generator("cpu").manual_seed(seed)
        parts = [torch.randn(n, generator=generator) for n in counts]
        tensors[f"{seed}." + "-".join(map(str, counts))] = torch.cat(parts)

    for seed in (0, 1, 42, 2**32 - 1, 2**32 + 1, 2**63, 2**64 - 1, -1):
        record(seed, [5])
        record(seed, [32])
    for n in [*range(1, 18), 31, 32, 33, 1000]:
        record(42, [n])
    # The second of a pair waits through calls of any size.
    record(42, [1, 1, 1])
    record(42, [3, 17, 1, 16, 2, 5, 700, 1, 1])
    record(42, [15, 15, 15])
    generator = torch.Generator("cpu").manual_seed(42)
    tensors["uniform"] = torch.rand(700, generator=generator)
    save_file(tensors, OUT / "random.safetensors")


def randn(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator("cpu").manual_seed(seed))


def operations():
    """For each case `<op>.<name>`: inputs, `y`, the gradient `dy` put in, and the gradient of each input."""
    tensors = {}

    def record(name, function, **inputs):
        leaves = {k: v.clone().requires_grad_() for k, v in inputs.items()}
        y = function(**leaves)
        dy = randn(*y.shape, seed=99)
        found = torch.autograd.grad(y, list(leaves.values()), dy)
        tensors[f"{name}.y"] = y
        tensors[f"{name}.dy"] = dy
        for (key, value), gradient in zip(inputs.items(), found):
            tensors[f"{name}.{key}"] = value
            tensors[f"{name}.d{key}"] = gradient

    # Convolutions: batch, in, out, height, width, kernel, stride, padding before and after.
    for name, (b, i, o, h, w, k, s, before, after) in {
        "3x3": (1, 8, 16, 6, 6, 3, 1, 1, 1),
        "odd": (2, 5, 7, 5, 9, 3, 1, 1, 1),
        "column": (3, 4, 3, 11, 1, 3, 1, 1, 1),
        "row": (1, 3, 9, 1, 13, 3, 1, 1, 1),
        "stride2": (2, 6, 5, 7, 8, 3, 2, 1, 1),
        "asymmetric": (2, 6, 5, 7, 8, 3, 2, 0, 1),
        "pointwise": (2, 9, 11, 5, 3, 1, 1, 0, 0),
        "pointwise2": (1, 9, 4, 5, 7, 1, 2, 0, 0),
        "7x7": (1, 3, 5, 9, 8, 7, 2, 3, 3),
        "patches": (2, 3, 10, 8, 12, 4, 4, 0, 0),
    }.items():
        inputs = dict(x=randn(b, i, h, w, seed=1), weight=randn(o, i, k, k, seed=2), bias=randn(o, seed=3))
        record(
            f"conv2d.{name}",
            lambda x, weight, bias: F.conv2d(F.pad(x, (before, after, before, after)), weight, bias, stride=s),
            **inputs,
        )

    # Attention: batch, keys' batch, queries, keys, heads, width, zero keys, causal.
    for name, (b, bk, q, k, heads, d, zeros, causal) in {
        "self": (1, 1, 16, 16, 2, 8, 0, False),
        "batch": (2, 2, 7, 5, 3, 5, 0, False),
        "shared": (3, 1, 9, 4, 2, 6, 0, False),
        "zeros": (2, 2, 6, 10, 2, 4, 8, False),
        "sharedzeros": (2, 1, 21, 5, 1, 9, 20, False),
        "causal": (2, 2, 13, 13, 2, 7, 0, True),
        "one": (1, 1, 1, 1, 1, 3, 0, False),
        "onekey": (2, 2, 5, 1, 2, 4, 0, False),
        "twokeys": (1, 1, 1, 2, 1, 1, 0, False),
        "long": (1, 1, 40, 50, 1, 9, 0, False),
    }.items():

        def attend(q, k, v):
            split = lambda t: t.reshape(*t.shape[:2], heads, d).transpose(1, 2)
            qs, ks, vs = split(q), split(k).expand(b, -1, -1, -1), split(v).expand(b, -1, -1, -1)
            if zeros:
                ks, vs = (torch.cat([t, t.new_zeros(b, heads, zeros, d)], 2) for t in (ks, vs))
            return F.scaled_dot_product_attention(qs, ks, vs, is_causal=causal).transpose(1, 2).flatten(2)

        record(
            f"attention.{name}", attend, q=randn(b, q, heads * d, seed=1), k=randn(bk, k, heads * d, seed=2),
            v=randn(bk, k, heads * d, seed=3),
        )

    for name, shape in {"rows": (3, 7, 24), "odd": (5, 13), "one": (4, 1), "three": (4, 3), "wide": (2, 200), "single": (1, 8)}.items():
        c = shape[-1]
        affine = dict(weight=randn(c, seed=2), bias=randn(c, seed=3))
        x = randn(*shape, seed=1) * 2 + 0.7
        record(f"layer_norm.{name}", lambda x, weight, bias: F.layer_norm(x, (c,), weight, bias, 1e-5), x=x, **affine)
        record(f"layer_norm_plain.{name}", lambda x: F.layer_norm(x, (c,), eps=1e-6), x=x)
        record(f"l2.{name}", lambda x: F.normalize(x, dim=-1), x=x)
        record(f"softmax.{name}", lambda x: torch.softmax(x * 0.7, -1), x=x)

    # Group normalisation of (batch, channels, height, width).
    for name, (b, c, h, w, groups) in {
        "8": (2, 16, 4, 4, 8), "odd": (3, 15, 5, 3, 5), "pixel": (2, 12, 1, 1, 3), "one": (1, 7, 9, 2, 1),
        "channels": (2, 6, 3, 7, 6), "bands": (1, 10, 11, 7, 2),
    }.items():
        inputs = dict(x=randn(b, c, h, w, seed=1) * 2 - 0.4, weight=randn(c, seed=2), bias=randn(c, seed=3))
        norm = lambda x, weight, bias: F.group_norm(x, groups, weight, bias, 1e-5)
        record(f"group_norm.{name}", norm, **inputs)
        record(f"group_norm_silu.{name}", lambda **i: F.silu(norm(**i)), **inputs)

    # Batch normalisation in training: batch, channels, height, width.
    for name, (b, c, h, w) in {"maps": (3, 5, 4, 7), "rows": (9, 19, 1, 1)}.items():
        inputs = dict(x=randn(b, c, h, w, seed=1) * 2 - 0.4, weight=randn(c, seed=2), bias=randn(c, seed=3))
        norm = lambda x, weight, bias: F.batch_norm(x, None, None, weight, bias, training=True, eps=1e-5)
        record(f"batch_norm.{name}", norm, **inputs)

    # Activations.
    x = torch.cat([randn(61, seed=1) * 3, torch.tensor([0.0, -0.0, 30.0, -30.0, 88.0, -100.0])])
    record("silu", lambda x: F.silu(x), x=x)
    record("gelu", lambda x: F.gelu(x), x=x)
    record("quick_gelu", lambda x: x * torch.sigmoid(1.702 * x), x=x)
    record("sigmoid", lambda x: torch.sigmoid(x), x=x)
    record("leaky_relu", lambda x: F.leaky_relu(x, 0.2), x=x)
    record("exp", lambda x: torch.exp(x), x=x.clamp(-20, 20))
    record("geglu", lambda x: (lambda a, g: a * F.gelu(g))(*x.chunk(2, -1)), x=randn(3, 5, 22, seed=1) * 2)

    # Linear layers: leading dimensions, in, out.
    for name, (shape, o) in {"rows": ((3, 5, 12), 8), "odd": ((13, 7), 9), "one": ((1, 31), 1), "tall": ((70, 6), 5)}.items():
        i = shape[-1]
        record(
            f"linear.{name}", F.linear, input=randn(*shape, seed=1), weight=randn(o, i, seed=2), bias=randn(o, seed=3))
    record("upsample", lambda x: F.interpolate(x, scale_factor=2, mode="nearest"), x=randn(2, 5, 3, 4, seed=1))
    record("embedding", lambda weight: F.embedding(torch.tensor([3, 0, 3, 5, 1, 3]), weight), weight=randn(6, 9, seed=1))

    save_file({k: v.detach().clone().contiguous() for k, v in tensors.items()}, OUT / "operations.safetensors")


OUT.mkdir(parents=True, exist_ok=True)
random_numbers()
operations()
for file in sorted(OUT.iterdir()):
    print(file.name, file.stat().st_size)
