#!/usr/bin/env python3
"""What a block with 100 changed accounts costs at 1,000 to 1,000,000 accounts: the state in sealed pages, and the design that
encodes, hashes and seals the whole state at every block. All is counted: reading pages, root, record, share of the pages.
Prints one JSON line for the growth of each, and draws both as an SVG.

Needs a build (preset bench) of state_bench.
"""
import argparse
import math
import pathlib
import statistics

import figure

SIZES = (1_000, 10_000, 100_000, 1_000_000)
DESIGNS = {"block_in_pages": ("sealed pages", "#1f6f8b"), "block_as_a_whole": ("whole state", "#b4432d")}
WIDTH, HEIGHT, MARGIN = 640, 400, 60


def measure(build):
    """{design: {size: CPU microseconds}}"""
    times = {}
    for result in figure.run_benchmarks("state_bench", build, "^block_"):
        design, size = result["name"].split("/")[:2]
        times[design, int(size)] = result["cpu_time"]
    return {design: {size: times[design, size] for size in SIZES} for design in DESIGNS}


def draw(costs, path):
    """Both axes logarithmic."""
    values = [value for design in costs.values() for value in design.values()]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    x_of = {size: MARGIN + (WIDTH - 2 * MARGIN) * n / (len(SIZES) - 1) for n, size in enumerate(SIZES)}

    def y_of(value):
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (math.log10(value) - low) / (high - low)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{MARGIN}" y="24" font-size="14">CPU time of a block that changes 100 accounts</text>']
    for power in range(low, high + 1):
        y = y_of(10 ** power)
        parts += [f'<line x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>',
                  f'<text x="{MARGIN - 8}" y="{y + 4:.1f}" text-anchor="end">{10 ** power:g} µs</text>']
    for size, x in x_of.items():
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle">{size:,} accounts</text>')
    for design, (name, colour) in DESIGNS.items():
        points = [(x_of[size], y_of(costs[design][size])) for size in SIZES]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="'
                     + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + '"/>')
        parts.append(f'<text x="{points[-1][0] - 8:.1f}" y="{points[-1][1] - 8:.1f}" text-anchor="end" fill="{colour}">{name}</text>')
    path.write_text("\n".join([*parts, "</svg>", ""]))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--plot", type=pathlib.Path, help="where to draw (default: BUILD/state_cost.svg)")
    options = arguments.parse_args()
    rounds = [measure(options.build) for _ in range(options.rounds)]
    medians = {design: {size: statistics.median(costs[design][size] for costs in rounds) for size in SIZES} for design in DESIGNS}
    draw(medians, options.plot or options.build / "state_cost.svg")
    for design, (name, _) in DESIGNS.items():
        figure.print_figure("state", f"block of 100 changed accounts, {name}, at 1,000,000 ÷ at 1,000 accounts",
                            [costs[design][SIZES[-1]] / costs[design][SIZES[0]] for costs in rounds])
    for size in SIZES:
        figure.print_figure("state", f"block of 100 changed of {size:,} accounts, whole state ÷ sealed pages",
                            [costs["block_as_a_whole"][size] / costs["block_in_pages"][size] for costs in rounds])


if __name__ == "__main__":
    main()
