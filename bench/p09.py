#!/usr/bin/env python3
"""P09: what a call costs the real redoubt-enclave in a shard of 1,000,000 accounts, as a multiple of its cost among 1,000. CPU
time of the enclave process for whole blocks: evidence of finality, decryption, signature, execution, root, record, pages.
Prints one JSON line.

Needs a build (preset bench) of large_shard_bench and REDOUBT_SHARED.
"""
import argparse
import pathlib

import figure

FEW, MANY = 1_000, 1_000_000


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    costs = figure.run_json([options.build / "bin/large_shard_bench", "calls", FEW, MANY, options.rounds])
    ratios = [many / few for few, many in zip(costs["few_us"], costs["many_us"])]
    figure.print_figure("P09", "cost of a call among 1,000,000 accounts ÷ among 1,000", ratios)


if __name__ == "__main__":
    main()
