#!/usr/bin/env python3
"""P15: CPU time of redoubt-enclave from its start to the first getter that it answers to a client, in a shard of 1,000,000
accounts with the records of some blocks behind its base. As a multiple of 60 ms, which smoldot takes for a cold start. What
the host does is not in it. Prints one JSON line.

Needs a build (preset bench) of large_shard_bench and REDOUBT_SHARED.
"""
import argparse
import pathlib

import figure

ACCOUNTS = 1_000_000
SMOLDOT_COLD_START_US = 60_000


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    taken = figure.run_json([options.build / "bin/large_shard_bench", "restarts", ACCOUNTS, options.rounds])
    figure.print_figure("P15", "restart to the first answered getter, CPU of the enclave ÷ 60 ms",
                        [us / SMOLDOT_COLD_START_US for us in taken["restart_us"]])


if __name__ == "__main__":
    main()
