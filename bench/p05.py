#!/usr/bin/env python3
"""P05: verifications of a 100-key read proof per CPU second, as a multiple of chopsticks-executor's. Prints one JSON line.

Needs a build (preset bench) of read_proof_bench and the peer:  npm ci --prefix bench/peers
"""
import argparse
import pathlib
import subprocess

import figure


def peer_time_us(proof):
    script = figure.ROOT / "bench/peers/proof_decode.mjs"
    return float(subprocess.run(["node", script], input=proof, check=True, capture_output=True, text=True).stdout)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=7)
    options = arguments.parse_args()
    proof = subprocess.run([options.build / "bin/read_proof_bench", "--print-proof"], check=True, capture_output=True,
                           text=True).stdout
    ratios = []
    for _ in range(options.rounds):
        own = figure.cpu_times_us("read_proof_bench", options.build, "^read_100_keys$")["read_100_keys"]
        ratios.append(peer_time_us(proof) / own)
    figure.print_figure("P05", "100-key read proof ÷ chopsticks-executor", ratios)


if __name__ == "__main__":
    main()
