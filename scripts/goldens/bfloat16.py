"""Products of numbers rounded to bfloat16 as TDPBF16PS sums them, in exact rational numbers that are rounded once for each
fused multiply-add and each addition. Nothing but numpy 2 and safetensors 0.6 is used; no floating-point arithmetic is.
"""

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

GOLDENS = Path(__file__).parents[2] / "Tests/TensorsTests/Goldens"
INFINITY = 0x7F800000


def bits(x):
    return struct.unpack("<I", struct.pack("<f", x))[0]


def number(x):
    return struct.unpack("<f", struct.pack("<I", x))[0]


def exact(x):
    """The value of finite bits; below 2^-126 it is zero."""
    exponent, fraction = x >> 23 & 255, x & 0x7FFFFF
    if exponent == 0:
        return Fraction(0)
    value = Fraction((1 << 23) | fraction) * Fraction(2) ** (exponent - 150)
    return -value if x >> 31 else value


def rounded(value, sign):
    """To 24 bits, ties to even, with no end to small exponents; then zero if it is below 2^-126. `sign` is that of zero."""
    if value == 0:
        return sign << 31
    sign, magnitude = int(value < 0), abs(value)
    exponent = 0
    while magnitude >= Fraction(2) ** (exponent + 1):
        exponent += 1
    while magnitude < Fraction(2) ** exponent:
        exponent -= 1
    scaled = magnitude / Fraction(2) ** (exponent - 23)
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    if rest > Fraction(1, 2) or rest == Fraction(1, 2) and whole % 2:
        whole += 1
    if whole == 1 << 24:
        whole, exponent = 1 << 23, exponent + 1
    if exponent < -126:
        return sign << 31
    if exponent > 127:
        return sign << 31 | INFINITY
    return sign << 31 | (exponent + 127) << 23 | whole - (1 << 23)


def is_special(x):
    return x & INFINITY == INFINITY


NAN = 0x7FC00000


def add(x, y):
    x, y = [v & 0x80000000 if v & INFINITY == 0 else v for v in (x, y)]
    if is_special(x) or is_special(y):
        if any(is_special(v) and v & 0x7FFFFF for v in (x, y)) or is_special(x) and is_special(y) and x != y:
            return NAN
        return x if is_special(x) else y
    both_negative_zeros = x == y == 0x80000000
    return rounded(exact(x) + exact(y), int(both_negative_zeros))


def fused(a, b, c):
    a, b, c = [v & 0x80000000 if v & INFINITY == 0 else v for v in (a, b, c)]
    sign = (a ^ b) >> 31
    if any(is_special(v) for v in (a, b, c)):
        if any(is_special(v) and v & 0x7FFFFF for v in (a, b, c)):
            return NAN
        if is_special(a) or is_special(b):
            if a & 0x7FFFFFFF == 0 or b & 0x7FFFFFFF == 0 or is_special(c) and c >> 31 != sign:
                return NAN
            return sign << 31 | INFINITY
        return c
    product = exact(a) * exact(b)
    both_negative_zeros = product == 0 and sign == 1 and c == 0x80000000
    return rounded(product + exact(c), int(both_negative_zeros))


def to_bfloat16(x):
    if x & 0x7FFFFFFF > INFINITY:
        return (x | 0x00400000) & 0xFFFF0000
    if x & INFINITY == 0:
        return x & 0x80000000
    low = x & 0xFFFF
    up = low > 0x8000 or low == 0x8000 and x >> 16 & 1
    return (x & 0xFFFF0000) + (0x10000 if up else 0)


def product(a, b, start):
    """a [m, k], b [n, k], start [n], all bits -> [m, n]."""
    m, k = a.shape
    a, b = [[[to_bfloat16(int(v)) for v in row] + [0] * (k % 2) for row in x] for x in (a, b)]
    c = np.zeros((m, len(b)), np.uint32)
    for i in range(m):
        for j in range(len(b)):
            total = int(start[j])
            for first in range(0, k, 32):
                even = odd = 0
                for l in range(first, min(first + 32, k + k % 2), 2):
                    even = fused(a[i][l], b[j][l], even)
                    odd = fused(a[i][l + 1], b[j][l + 1], odd)
                total = add(total, add(even, odd))
            c[i, j] = total
    return c


def samples(random, kind, shape):
    count = int(np.prod(shape))
    exponents = {
        "usual": random.integers(118, 132, count),
        "tiny": random.integers(56, 70, count),
        "any": random.integers(0, 255, count),
        "huge": random.integers(186, 194, count),
    }[kind]
    values = random.integers(0, 2, count) << 31 | exponents << 23 | random.integers(0, 1 << 23, count)
    ties = random.integers(0, 4, count) == 0
    values = np.where(ties, values & 0xFFFF0000 | 0x8000, values)
    return values.astype(np.uint32).reshape(shape)


random = np.random.default_rng(15)
tensors = {}


def record(name, a, b, start):
    for part, value in {"a": a, "b": b, "start": start, "c": product(a, b, start)}.items():
        tensors[f"{name}.{part}"] = value.view(np.float32)


for kind in ("usual", "tiny", "any", "huge"):
    for k in (1, 2, 31, 32, 33, 65, 97):
        start = samples(random, "usual", (4,)) if kind != "tiny" else np.zeros(4, np.uint32)
        record(f"{kind} {k}", samples(random, kind, (3, k)), samples(random, kind, (4, k)), start)

# Sums a hair around 2^-126: 2^-126 + 2^-149 - i 2^-150 - j 2^-152.
a = np.zeros((24, 8), np.float32)
a[:, 0], a[:, 2] = 2.0**-63, 2.0**-86
for i in range(24):
    a[i, 4], a[i, 6] = -(i % 8) * 2.0**-87, -(i // 8) * 2.0**-89
record("edges 8", a.view(np.uint32), np.full((1, 8), 2.0**-63, np.float32).view(np.uint32), np.zeros(1, np.uint32))

# What is rounded: ties, what rounds to infinity, what is below 2^-126 before it is rounded, infinities, NaN.
a = np.array(
    [[0x3F808000], [0x3F818000], [0x3F808001], [0x7F7FFFFF], [0x7F7F7FFF], [0x007FFFFF], [0x00800000], [0x807FFFFF],
     [0x80000000], [0x7F800000], [0xFF800000], [0x7FC00000], [0x7F800001], [0x00000001]], np.uint32)
record("rounding 1", a, np.array([[0x3F800000], [0xBF800000]], np.uint32), np.array([0x80000000, 0], np.uint32))

save_file(tensors, GOLDENS / "bfloat16.safetensors")
print(len(tensors) // 4, "products")
