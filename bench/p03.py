#!/usr/bin/env python3
"""P03: GRANDPA justifications of 4, 297 and 1,000 authorities per CPU second, as multiples of libsodium verifying their
signatures one by one. Prints one JSON line each.

Needs a build (preset bench) of grandpa_bench.
"""
import argparse
import pathlib

import figure

AUTHORITIES = (4, 297, 1000)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=7)
    options = arguments.parse_args()
    ratios = {authorities: [] for authorities in AUTHORITIES}
    for _ in range(options.rounds):
        times = figure.cpu_times_us("grandpa_bench", options.build, "^verify_")
        for authorities in AUTHORITIES:
            peer = times[f"verify_with_libsodium/{authorities}"]
            ratios[authorities].append(peer / times[f"verify_justification/{authorities}"])
    for authorities in AUTHORITIES:
        figure.print_figure("P03", f"justification of {authorities} authorities ÷ libsodium one by one", ratios[authorities])


if __name__ == "__main__":
    main()
