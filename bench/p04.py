#!/usr/bin/env python3
"""P04: import of 100,000 linked headers per CPU second, as a multiple of @polkadot/types decoding and hashing them.

Redoubt also scans digests for set changes and checks a justification of 4 authorities for each 2,000 headers. Needs a build (preset bench) of grandpa_bench
and the peer:  npm ci --prefix bench/peers
"""
import argparse
import json
import pathlib
import subprocess

import figure


def peer_time_us():
    script = figure.ROOT / "bench/peers/header_import.mjs"
    run = subprocess.run(["node", script], check=True, capture_output=True, text=True)
    result = json.loads(run.stdout)
    return result["cpu_us"], result["last"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    ratios = []
    for _ in range(options.rounds):
        own = figure.run_benchmarks("grandpa_bench", options.build, "^import_headers$")[0]
        peer, last = peer_time_us()
        if last != own["label"]:
            raise SystemExit(f"other headers: {last} and {own['label']}")
        ratios.append(peer / own["cpu_time"])
    figure.print_figure("P04", "import of 100,000 linked headers ÷ @polkadot/types decode and hash", ratios)


if __name__ == "__main__":
    main()
