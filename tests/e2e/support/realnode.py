"""A local chain that executes Integritee's real runtime."""
import json
import re

from . import material, npm_folder
from .chain import ACCOUNT_PREFIX, PAYER_FUNDS, PAYERS
from .process import Process
from .scale import blake2_128_concat, u32, u128

START_SECONDS_MAX = 300
CHAIN_SPEC = "vectors/chainspec/integritee-paseo.json"
TOTAL_ISSUANCE = "0xc2261276cc9d1f8598ea4b6a74b15c2f57c875e4cff74148e4628f264b974c80"
# As the runtime marks accounts whose flags are of the present format.
NEW_LOGIC_FLAG = 1 << 127


def installed_copy():
    """The folder with the chain's program and its npm packages."""
    return npm_folder.installed(material.shared_folder() / "realnode")


def funded_spec(work_dir, extra_state=None):
    """The chain spec with the funds of the tests' own payers, and further entries of the state (key and value in hex)."""
    spec = json.loads((material.shared_folder() / CHAIN_SPEC).read_text())
    top = spec["genesis"]["raw"]["top"]
    for key in PAYERS.values():
        counters = u32(0) + u32(0) + u32(1) + u32(0)
        top["0x" + (ACCOUNT_PREFIX + blake2_128_concat(key.public)).hex()] = \
            "0x" + (counters + u128(PAYER_FUNDS) + u128(0) + u128(0) + u128(NEW_LOGIC_FLAG)).hex()
    issued = int.from_bytes(bytes.fromhex(top[TOTAL_ISSUANCE][2:]), "little") + PAYER_FUNDS * len(PAYERS)
    top[TOTAL_ISSUANCE] = "0x" + u128(issued).hex()
    top.update(extra_state or {})
    path = work_dir / "realnode-spec.json"
    path.write_text(json.dumps(spec))
    return path


class RealNode:
    """Starts the chain with funded dev accounts; blocks come every `block_time_ms`, or as fast as the machine can."""

    def __init__(self, work_dir, block_time_ms=1000, now="wall", name="chain",
                 program="realnode.mjs", extra_state=None):
        self.process = Process(name, ["node", program, funded_spec(work_dir, extra_state), 0, "--fund", "--now", now,
                                      "--block-time", block_time_ms], work_dir / f"{name}.log", cwd=installed_copy())
        said = self.process.wait_line(lambda line: "RPC listening on" in line, START_SECONDS_MAX)
        self.url = re.search(r"ws://\S+", self.process.lines[said]).group(0)

    def stop(self):
        """Ends it; it keeps nothing, and has no gentler way."""
        self.process.kill()
