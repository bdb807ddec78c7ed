#!/usr/bin/env python3
"""P02: sr25519 verifications per CPU second, as a multiple of @polkadot/wasm-crypto's. Prints one JSON line.

Needs a build (preset bench) of sr25519_bench and the peer:  npm ci --prefix bench/peers
"""
import argparse
import pathlib
import subprocess

import figure


def peer_time_us():
    script = figure.ROOT / "bench/peers/sr25519_verify.mjs"
    return float(subprocess.run(["node", script], check=True, capture_output=True, text=True).stdout)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=7)
    options = arguments.parse_args()
    ratios = []
    for _ in range(options.rounds):
        own = figure.cpu_times_us("sr25519_bench", options.build, "^verify_one$")["verify_one"]
        ratios.append(peer_time_us() / own)
    figure.print_figure("P02", "sr25519 verify one ÷ @polkadot/wasm-crypto", ratios)


if __name__ == "__main__":
    main()
