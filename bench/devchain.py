#!/usr/bin/env python3
"""The dev chain: starts and restarts with 1,000,000 accounts, blocks of transfers, proofs. Prints one JSON line each.

Starts are shares of the 20 s that are allowed. The cost of a block of 100 transfers is taken at 1,000,000 accounts and at
1,000; transfers, empty blocks and proofs per second are counted in signature checks, the one thing in a transfer that
no chain can save.  Needs a build (preset bench) of devchain_bench and sr25519_bench.
"""
import argparse
import pathlib

import figure

START_US_MAX = 20_000_000
TRANSFERS = 100


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    metrics = {}

    def note(metric, ratio):
        metrics.setdefault(metric, []).append(ratio)

    for round_number in range(options.rounds):
        check = figure.cpu_times_us("sr25519_bench", options.build, "^verify_one$")["verify_one"]
        times = {name.split("/iterations")[0]: time for name, time in figure.cpu_times_us(
            "devchain_bench", options.build, "block|read_proof").items()}
        small, large = times["block_of_100_transfers/1000"], times["block_of_100_transfers/1000000"]
        note("block of 100 transfers at 1,000,000 accounts ÷ at 1,000", large / small)
        note("transfer in a block ÷ signature check", small / TRANSFERS / check)
        note("transfer in a block kept on disk ÷ signature check", times["block_on_disk/1000"] / TRANSFERS / check)
        note("empty block ÷ signature check", times["empty_block"] / check)
        note("read proof of an account among 1,000,000 ÷ signature check",
             times["read_proof_of_one_account/1000000"] / check)
        if round_number == 0:
            starts = figure.cpu_times_us("devchain_bench", options.build, "start/1000000")
            for name, time in starts.items():
                what = "restart from disk" if name.startswith("restart") else "start"
                note(f"{what} with 1,000,000 accounts ÷ 20 s", time / START_US_MAX)
    for metric, ratios in metrics.items():
        figure.print_figure("devchain", metric, ratios)


if __name__ == "__main__":
    main()
