#!/usr/bin/env python3
"""P06: state roots. The root over 100,000 accounts per CPU second, as a multiple of chopsticks-executor's; and the cost
of the root after 100 of 1,000,000 accounts changed, as a share of the root over all. Prints one JSON line each.

Needs a build (preset bench) of trie_bench and the peer:  npm ci --prefix bench/peers
"""
import argparse
import json
import pathlib
import subprocess

import figure

ENTRIES = 100_000
STATE = 1_000_000


def peer():
    script = figure.ROOT / "bench/peers/state_root.mjs"
    run = subprocess.run(["node", script, str(ENTRIES)], check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    full, changed = [], []
    for _ in range(options.rounds):
        own = {result["name"]: result for result in figure.run_benchmarks(
            "trie_bench", options.build, f"full_root|root_after_100_changed/{STATE}")}
        other = peer()
        if other["root"] != own[f"full_root/{ENTRIES}"]["label"]:
            raise SystemExit(f"another root: {other['root']}")
        full.append(other["us"] / own[f"full_root/{ENTRIES}"]["cpu_time"])
        changed.append(own[f"root_after_100_changed/{STATE}"]["cpu_time"] / own[f"full_root/{STATE}"]["cpu_time"])
    figure.print_figure("P06", "state root over 100,000 accounts ÷ chopsticks-executor", full)
    figure.print_figure("P06", "root after 100 of 1,000,000 accounts changed ÷ own root over all", changed, digits=5)


if __name__ == "__main__":
    main()
