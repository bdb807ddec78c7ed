#!/usr/bin/env python3
"""Memory of a state trie of 1,000,000 accounts, bytes per account above the record (account id and value), as a share of
480 bytes. Prints one JSON line.

Needs a build (preset bench) of trie_bench.
"""
import argparse
import pathlib

import figure

BYTES_PER_ACCOUNT_MAX = 480


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=1)
    options = arguments.parse_args()
    ratios = [figure.run_benchmarks("trie_bench", options.build, "^build")[0]["above_the_record"] / BYTES_PER_ACCOUNT_MAX
              for _ in range(options.rounds)]
    figure.print_figure("memory", "bytes per account of a state trie above the record ÷ 480", ratios)


if __name__ == "__main__":
    main()
