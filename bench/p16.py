#!/usr/bin/env python3
"""P16: memory of redoubt-enclave with 1,000,000 accounts, as a share of 480 bytes for each. All of the process counts at its
peak: program, keys, TLS, records. Once after transfers, and once after questions to accounts all over the shard have filled
the memory that pages may take by default. Prints one JSON line each.

Needs a build (preset bench) of large_shard_bench and REDOUBT_SHARED.
"""
import argparse
import pathlib

import figure

ACCOUNTS = 1_000_000
QUESTIONS = 100_000
BYTES_PER_ACCOUNT_MAX = 480


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=1)
    options = arguments.parse_args()
    taken = [figure.run_json([options.build / "bin/large_shard_bench", "memory", ACCOUNTS, QUESTIONS])
             for _ in range(options.rounds)]
    for name, metric in {"after_calls_bytes": "after calls", "peak_bytes": "with its memory for pages in use"}.items():
        figure.print_figure("P16", f"bytes per account of the enclave, {metric} ÷ 480",
                            [one[name] / ACCOUNTS / BYTES_PER_ACCOUNT_MAX for one in taken])


if __name__ == "__main__":
    main()
