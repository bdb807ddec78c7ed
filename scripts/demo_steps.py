#!/usr/bin/env python3
"""The demo: one worker, one wallet, one encrypted call, in words. Started by scripts/demo."""
import argparse
import pathlib
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))

from support.devchain import Devchain  # noqa: E402
from support.process import ProcessError, end_all  # noqa: E402
from support.wallet import Wallet  # noqa: E402
from support.worker import Worker  # noqa: E402

BLOCK_TIME_MS = 500
EXIT_INTERRUPTED = 130


class DemoError(Exception):
    """What went wrong, in words for the person who watches."""


def say(text=""):
    print(text, flush=True)


def run(wallet, *words):
    """Shows a wallet command as the user would type it, and what it prints."""
    say("   $ redoubt " + " ".join(words))
    result = wallet.run(*words, json_output=False)
    for line in result.output.splitlines():
        say("     " + line)
    if result.code != 0:
        raise DemoError(str(result))
    say()


def steps(chain_url, folder):
    say(f"2. The worker: redoubtd on {chain_url}, with redoubt-enclave as a separate, sandboxed process.")
    worker = Worker(chain_url, folder / "worker", dev=True)
    try:
        ready = worker.wait_ready()
        say(f"   Its enclave made its keys and is registered on chain as {ready['account']}.")
        say(f"   It serves shard {ready['shard']}")
        say(f"   and answers wallets at {ready['url']}; that TLS connection ends inside the enclave.")
        wallet = Wallet(chain_url, folder / "keys")
        say()
        say("3. Any wallet sees it in the chain's registry.")
        run(wallet, "registry", "list")
        say("4. It trusts no worker before it has verified its evidence. This one's is simulated: no hardware vouches for it, and only a")
        say("   policy that names its key takes it; the policy here is what REDOUBT_POLICY names, for this demo alone.")
        run(wallet, "worker", "verify")
        say("5. Alice moves 5 tokens from the chain into the private state (shielding).")
        run(wallet, "shield", "//Alice", "//Alice", "5")
        run(wallet, "trusted", "balance", "//Alice")
        say("6. The main job: Alice signs a transfer to Bob, encrypts it to the enclave and hands it to the chain. The chain orders")
        say("   it without reading it; the enclave decrypts and executes it and confirms the block; the wallet checks the merkle root.")
        run(wallet, "trusted", "transfer", "//Alice", "//Bob", "2")
        run(wallet, "trusted", "balance", "//Alice")
        run(wallet, "trusted", "balance", "//Bob")
        say("7. Bob takes 1 token back to the chain (unshielding).")
        run(wallet, "trusted", "unshield", "//Bob", "//Bob", "1")
        run(wallet, "trusted", "balance", "//Bob")
    finally:
        if worker.process.running():
            worker.stop()


def stop_at_signals():
    """Ctrl-C and SIGTERM end the demo through its `finally` blocks; a second one does not disturb that."""
    def stop(*_):
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, stop)


def start_chain(chain_url, folder):
    """Says what the chain is and starts it unless the user has one: (its URL, its process or None)."""
    if chain_url:
        say(f"1. The chain: your node at {chain_url}.")
        return chain_url, None
    say("1. The chain: redoubt-devchain, a small Substrate-style chain of this project, with Alice's and Bob's funds.")
    chain = Devchain(folder, "--block-time", f"{BLOCK_TIME_MS}ms")
    say(f"   It makes a block every {BLOCK_TIME_MS / 1000:g} s at {chain.url}.")
    return chain.url, chain


def main():
    arguments = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    arguments.add_argument("--chain", help="WebSocket of a node of yours")
    chosen = arguments.parse_args()
    stop_at_signals()
    try:
        with tempfile.TemporaryDirectory(prefix="redoubt-demo-", ignore_cleanup_errors=True) as name:
            folder = pathlib.Path(name)
            try:
                say()
                chain_url, chain = start_chain(chosen.chain, folder)
                try:
                    say()
                    steps(chain_url, folder)
                finally:
                    if chain is not None:
                        chain.stop()
            finally:
                end_all()  # what was starting when it was interrupted
        say("Done: an encrypted call was ordered by the chain, executed in the enclave and confirmed. Nothing is left running.")
        return 0
    except (DemoError, ProcessError, OSError, subprocess.SubprocessError, RuntimeError) as failure:
        say(f"\nThe demo failed: {failure}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped; nothing is left running.")
        return EXIT_INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
