#!/usr/bin/env python3
"""P10: what it costs to make a block durable that changed 100 of 1,000,000 accounts, as a share of encoding, hashing and sealing
the whole state. The bar's figure is the sealed record and the block's share of the pages: like the peer's, this state is in
memory, where the calls have just read it. The same with the state's root (P06), and with all that the block does to the
state, where most accounts are read from their pages first, are figures of their own. Prints one JSON line each.

Needs a build (preset bench) of state_bench.
"""
import argparse
import pathlib

import figure

ACCOUNTS = 1_000_000
FIGURES = {
    "checkpoint of 100 changed of 1,000,000 accounts ÷ sealing the whole state": ("record_us", "pages_us"),
    "the same with the root": ("record_us", "pages_us", "root_us"),
    "the same with reading cold pages, and changing": ("record_us", "pages_us", "root_us", "read_us", "change_us", "memory_us"),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    ratios = {metric: [] for metric in FIGURES}
    for _ in range(options.rounds):
        block, whole = figure.run_benchmarks("state_bench", options.build, f"^block_.*/{ACCOUNTS}(/|$)")
        for metric, steps in FIGURES.items():
            ratios[metric].append(sum(block[step] for step in steps) / whole["cpu_time"])
    for metric in FIGURES:
        figure.print_figure("P10", metric, ratios[metric], digits=5)


if __name__ == "__main__":
    main()
