"""The chain that a suite runs on: the same tests run on each of them. REDOUBT_E2E_CHAIN names it, as CTest does."""
import os

from . import devchain, realnode

DEVCHAIN, REALNODE = "devchain", "realnode"
VARIABLE = "REDOUBT_E2E_CHAIN"
# The real runtime is interpreted and takes most of its block time to make a block.
BLOCK_TIME_MS = {DEVCHAIN: 500, REALNODE: 1000}
OTHER_CLOCK_MS = "1700000000000"


def kind():
    """Which chain the suite runs on; the project's own unless told otherwise."""
    name = os.environ.get(VARIABLE, DEVCHAIN)
    if name not in BLOCK_TIME_MS:
        raise ValueError(f"{VARIABLE}={name}: known are {', '.join(BLOCK_TIME_MS)}")
    return name


def start(work_dir, name="chain"):
    """Starts the suite's chain: `url` is where it listens, `process` what it says, `stop()` ends it."""
    block_time_ms = BLOCK_TIME_MS[kind()]
    if kind() == REALNODE:
        return realnode.RealNode(work_dir, block_time_ms, name=name)
    return devchain.Devchain(work_dir, "--chain-spec", devchain.funded_spec(work_dir), "--block-time", f"{block_time_ms}ms",
                             name=name)


def start_another(work_dir, name="other_chain"):
    """A chain of the same kind with another genesis."""
    if kind() == REALNODE:
        return realnode.RealNode(work_dir, BLOCK_TIME_MS[REALNODE], now=OTHER_CLOCK_MS, name=name)
    return devchain.Devchain(work_dir, "--authorities", "2", name=name)
