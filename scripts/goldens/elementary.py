"""Elementary functions, rounded correctly: Tests/ElementaryTests/Goldens/elementary.txt.

Needs mpmath (1.3.0) alone. Each line is a function and the bits of its arguments and of its result, in hexadecimal; or,
for all angles of SDXL's 1000 timesteps, the function and an FNV-1a digest of its 160,000 results in 32 bits.
"""

import pathlib
import random
import struct

import mpmath
from mpmath import mp, mpf

mp.prec = 400
PER_FUNCTION = 160
FUNCTIONS = {
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": lambda x: mpmath.log(x) / mpmath.log(10),
    "pow": mpmath.power,
}


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def rounded(x):
    """To the nearest double, subnormal ones included."""
    if abs(x) < mpf(2) ** -1022:
        return float(mpf(int(mpmath.nint(x * mpf(2) ** 1074))) * mpf(2) ** -1074)
    try:
        return float(x)
    except OverflowError:
        return float("inf")


def rounded32(x):
    with mp.workprec(24):
        return float(+x)


def arguments(name, random):
    sign, share = random.choice([-1, 1]), random.random()
    if name == "pow":
        x = random.choice([2 ** random.uniform(-20, 20), random.uniform(0.8, 1.2), float(random.randint(1, 40))])
        return x, random.choice([random.uniform(-70, 70), float(random.randint(-300, 300)), 1 / 7])
    if name in ("sin", "cos"):
        if share < 0.3:
            return (random.uniform(-1000, 1000),)
        if share < 0.6:
            return (float(mp.pi / 2 * sign * random.randint(1, 10 ** random.randint(1, 9))),)
        return (sign * 2 ** random.uniform(-1074, 1023.9),)
    if name in ("exp", "expm1"):
        if share < 0.4:
            return (random.uniform(-745, 709) if name == "exp" else random.uniform(-45, 709),)
        return (random.uniform(-2, 2) if share < 0.7 else sign * 2 ** random.uniform(-1074, 3),)
    if name == "log1p":
        if share < 0.4:
            return (random.uniform(-1, 1),)
        return (2 ** random.uniform(-60, 900) if share < 0.7 else sign * 2 ** random.uniform(-1074, -1),)
    if share < 0.2:
        return (float(random.choice([2 ** random.randint(0, 60), 10 ** random.randint(0, 22)])),)
    if share < 0.5:
        return (1 + sign * 2 ** random.uniform(-52, -2),)
    return (2 ** random.uniform(-1074, 1023.9),)


def lines():
    source = random.Random(1)
    for name, function in FUNCTIONS.items():
        for _ in range(PER_FUNCTION):
            x = arguments(name, source)
            yield " ".join([name, *(f"{bits(v):016x}" for v in x), f"{bits(rounded(function(*map(mpf, x)))):016x}"])


def angles():
    """diffusers' get_timestep_embedding for 320 channels, every function rounded correctly to 32 bits."""
    log = rounded32(mpmath.log(10000))
    for i in range(160):
        product = rounded32(mpf(-log) * i)
        frequency = rounded32(mpmath.exp(mpf(rounded32(mpf(product) / 160))))
        for t in range(1000):
            yield rounded32(mpf(t) * frequency)


def digest(function, values):
    result = 0xCBF29CE484222325
    for x in values:
        for byte in struct.pack("<f", rounded32(function(mpf(x)))):
            result = (result ^ byte) * 0x100000001B3 % 2**64
    return result


def main():
    folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/ElementaryTests/Goldens"
    folder.mkdir(exist_ok=True)
    all_angles = list(angles())
    digests = [f"{name}32 {digest(FUNCTIONS[name], all_angles):016x}" for name in ("sin", "cos")]
    (folder / "elementary.txt").write_text("\n".join([*lines(), *digests]) + "\n")


if __name__ == "__main__":
    main()
