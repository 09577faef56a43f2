#!/usr/bin/env python3
"""Times the products, attention and convolutions of the released 2 B model with PyTorch.

    bench/pytorch_shapes.py [--threads N] [--duration SECONDS] [--acestep PROGRAM]

A yardstick for the CPU engine: PyTorch multiplies with oneDNN too. It prints GFLOP/s for each shape in
float32 and bfloat16 and their mean, weighted by how much of a song each shape is. With --acestep the
program measures itself afterwards, in the same run, so that both have the same machine:

    python3 bench/make_random_checkpoint.py build/random
    python3 bench/pytorch_shapes.py --acestep build/release/bin/acestep --checkpoints build/random
"""

import argparse
import json
import subprocess
import sys
import time

try:
    import torch
    import torch.nn.functional as functional
except ImportError:
    sys.exit("This needs PyTorch: pip install torch (a CPU build will do).")

FRAMES_A_SECOND, PATCH = 25, 2
WIDTH, INNER, HEADS, KV_HEADS, HEAD = 2048, 6144, 16, 8, 128
# Of the autoencoder's decoder: channels, and samples a second, of each stage's residual units.
STAGES = [(1024, 250), (512, 1500), (256, 6000), (128, 24000), (128, 48000)]
LONG_ENOUGH, TOO_LONG = 0.3, 2


def best_seconds(work):
    """The best of a few runs, as many as fit into a moment; a slow first one is enough."""
    begin = time.perf_counter()
    work()
    first = time.perf_counter() - begin
    if first > TOO_LONG:
        return first
    best, total = float("inf"), 0.0
    while total < LONG_ENOUGH:
        begin = time.perf_counter()
        work()
        seconds = time.perf_counter() - begin
        best, total = min(best, seconds), total + seconds
    return best


def linear(rows, columns, out):
    def make(dtype):
        x = torch.randn(rows, columns, dtype=dtype)
        weight = torch.randn(out, columns, dtype=dtype)
        return lambda: functional.linear(x, weight)
    return make, 2.0 * rows * columns * out


def attention(rows):
    def make(dtype):
        q, k, v = (torch.randn(1, HEADS, rows, HEAD, dtype=dtype) for _ in range(3))
        return lambda: functional.scaled_dot_product_attention(q, k, v)
    return make, 4.0 * HEADS * rows * rows * HEAD


def convolution(channels, length, kernel):
    def make(dtype):
        x = torch.randn(1, channels, length, dtype=dtype)
        weight = torch.randn(channels, channels, kernel, dtype=dtype)
        return lambda: functional.conv1d(x, weight, padding=kernel // 2)
    return make, 2.0 * channels * channels * kernel * length


def shapes(duration):
    """(part, name, make, FLOP of one, how many a song has)"""
    rows = round(duration * FRAMES_A_SECOND / PATCH)
    layers, steps = 24, 8
    for name, columns, out, count in [("q, o", WIDTH, HEADS * HEAD, 4), ("k, v", WIDTH, KV_HEADS * HEAD, 2),
                                      ("gate, up", WIDTH, INNER, 2), ("down", INNER, WIDTH, 1)]:
        yield ("dit", f"{name}: {rows} x {columns} x {out}", *linear(rows, columns, out),
               count * layers * steps)
    yield "dit", f"attention: {rows} x {rows}", *attention(rows), layers // 2 * steps
    tile = 1  # seconds at once; more are as fast
    for channels, rate in STAGES:
        yield ("vae_decode", f"convolution: {channels} channels, kernel 7",
               *convolution(channels, rate * tile, 7), 3 * duration / tile)


def measure(duration):
    totals = {}
    print(f"{'':44} {'float32':>10} {'bfloat16':>10}  GFLOP/s")
    for part, name, make, flops, count in shapes(duration):
        speeds = []
        for dtype in (torch.float32, torch.bfloat16):
            seconds = best_seconds(make(dtype))
            speeds.append(flops / seconds / 1e9)
            work, time_taken = totals.get((part, dtype), (0, 0))
            totals[part, dtype] = work + count * flops, time_taken + count * seconds
        print(f"{part + ' ' + name:44} {speeds[0]:10.1f} {speeds[1]:10.1f}", flush=True)
    for part in ("dit", "vae_decode"):
        means = [totals[part, dtype][0] / totals[part, dtype][1] / 1e9
                 for dtype in (torch.float32, torch.bfloat16)]
        print(f"{part + ' as a whole':44} {means[0]:10.1f} {means[1]:10.1f}")


def measure_program(options):
    command = [options.acestep, "bench", "--checkpoints", options.checkpoints, "--device", "cpu",
               "--duration", str(options.duration), "--runs", "1", "--thinking", "off", "--quiet",
               "--threads", str(options.threads), "--json"]
    for precision in ("bf16", "q8_0"):
        run = subprocess.run(command + ["--precision", precision], check=True, capture_output=True)
        for stage in json.loads(run.stdout)["stages"]:
            if stage["stage"] in ("dit", "vae_decode"):
                print(f"acestep {stage['stage']}, {stage['dtype']:36} {stage['gflops']:10.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--duration", type=int, default=60)
    parser.add_argument("--acestep")
    parser.add_argument("--checkpoints", default="build/random")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"PyTorch {torch.__version__}, {options.threads} threads, {options.duration} s of music")
    with torch.inference_mode():
        measure(options.duration)
    if options.acestep:
        measure_program(options)


if __name__ == "__main__":
    main()
