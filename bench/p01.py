#!/usr/bin/env python3
"""P01: opening one RSA-3072-OAEP block, as a share of OpenSSL's own speed. Prints one JSON line.

Needs a build (preset bench) of rsa_bench:  cmake --preset bench && cmake --build --preset bench --target rsa_bench
"""
import argparse
import pathlib

import figure


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", type=pathlib.Path, default=figure.ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, default=7)
    options = arguments.parse_args()
    ratios = []
    for _ in range(options.rounds):
        times = figure.cpu_times_us("rsa_bench", options.build, "decrypt")
        ratios.append(times["openssl_decrypt"] / times["redoubt_decrypt"])
    figure.print_figure("P01", "open RSA-3072-OAEP, one ÷ OpenSSL decrypt", ratios)


if __name__ == "__main__":
    main()
