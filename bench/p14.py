#!/usr/bin/env python3
"""P14: verification of genuine TDX quotes, as a multiple of @phala/dcap-qvl-web's speed: with everything cold, and with the
collateral verified before. Prints one JSON line for each.

The quotes are those of the shared vectors (REDOUBT_SHARED, default ../shared) that are up to date and that the peer takes.
Needs a build (preset bench) of dcap_bench and the peer:  npm ci --prefix bench/peers
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

import figure

VECTORS = pathlib.Path(os.environ.get("REDOUBT_SHARED", figure.ROOT.parent / "shared")).resolve() / "vectors/attestation"


def genuine_tdx_quotes():
    """Arguments for bench and peer of each accepted TDX quote of the index."""
    for entry in json.loads((VECTORS / "INDEX.json").read_text())["entries"]:
        appraisal = entry["expect"].get("appraisal", {})
        if entry["kind"] == "dcap-quote" and appraisal.get("tcb_status") == "UpToDate" and "collateral" in entry["files"]:
            quote = VECTORS / entry["files"]["quote"]
            if quote.read_bytes()[4] == 0x81:
                yield entry["id"], (quote, VECTORS / entry["files"]["collateral"], entry["verify_at"])


def peer(sample):
    """Microseconds of the peer, or nothing when it refuses the quote."""
    script = figure.ROOT / "bench/peers/dcap_verify.mjs"
    run = subprocess.run(["node", script, *map(str, sample)], capture_output=True, text=True)
    if run.returncode != 0:
        return None
    answer = json.loads(run.stdout)
    return answer["us"] if answer["status"] == "UpToDate" else None


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=5, help="of each quote")
    options = arguments.parse_args()
    ratios = {"cold/sample": [], "with_collateral/sample": [], "with_collateral_and_platform/sample": []}
    taken = []
    for name, sample in genuine_tdx_quotes():
        if peer(sample) is None:
            continue
        taken.append(name)
        for _ in range(options.rounds):
            own = figure.cpu_times_us("dcap_bench", options.build, "/sample", ["--sample=" + ",".join(map(str, sample))])
            other = peer(sample)
            for benchmark in ratios:
                ratios[benchmark].append(other / own[benchmark])
    if not taken:
        raise SystemExit(f"the peer takes no quote of {VECTORS}: is it installed (npm ci --prefix bench/peers)?")
    print(f"quotes: {', '.join(taken)}", file=sys.stderr)
    figure.print_figure("P14", "TDX quote, cold ÷ dcap-qvl-web", ratios["cold/sample"])
    figure.print_figure("P14", "TDX quote, collateral cached ÷ dcap-qvl-web", ratios["with_collateral/sample"])
    figure.print_figure("P14", "TDX quote, collateral and platform cached ÷ dcap-qvl-web",
                        ratios["with_collateral_and_platform/sample"])


if __name__ == "__main__":
    main()
