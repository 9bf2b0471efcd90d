#!/usr/bin/env python3
"""The linear layers of Benchmarks by OpenBLAS's sgemm, without their bias: reads a task a line as JSON, does it once, answers
with a line, as torch_peer.py does. OpenBLAS is Debian's libopenblas0; the argument is another libopenblas.so."""

import ctypes
import json
import random
import sys
import time

ROW_MAJOR, NOT_TRANSPOSED, TRANSPOSED = 101, 111, 112


def linear(blas, task):
    rows, n, k = task["rows"], task["out"], task["in"]
    x, weight, y = [(ctypes.c_float * count)() for count in (rows * k, n * k, rows * n)]
    for numbers in (x, weight):
        for i in range(0, len(numbers), 7):
            numbers[i] = random.uniform(-2, 2)
    one, zero = ctypes.c_float(1), ctypes.c_float(0)
    return lambda: blas.cblas_sgemm(
        ROW_MAJOR, NOT_TRANSPOSED, TRANSPOSED, rows, n, k, one, x, k, weight, k, zero, y, n
    )


def seconds(run, task) -> float:
    """Of one call: from as many as take `least_ms` together."""
    wall = task["clock"] == "wall"
    clock = time.perf_counter if wall else lambda: time.process_time() / task["threads"]
    start, calls = clock(), 0
    while True:
        run()
        calls += 1
        elapsed = clock() - start
        if elapsed >= task["least_ms"] / 1000:
            return elapsed / calls


def main() -> None:
    def answer(**fields):
        print(json.dumps(fields), flush=True)

    blas = ctypes.CDLL(sys.argv[1] if len(sys.argv) > 1 else "libopenblas.so.0")
    answer(name="OpenBLAS")
    prepared, run = None, None
    for line in sys.stdin:
        task = json.loads(line)
        if task["kind"] != "linear" or task["precision"] != "f32":
            answer(error=f"{task['kind']} in {task['precision']} is not known here")
            continue
        blas.openblas_set_num_threads(task["threads"])
        if task != prepared:
            run, prepared = linear(blas, task), task
            run()
        answer(seconds=seconds(run, task), peak=0)


if __name__ == "__main__":
    main()
