#!/usr/bin/env python3
"""Genuine evidence sent to the real runtime: the bytes that it was recorded with, taken and refused as recorded."""
import json
import unittest

from support import material, realnode, suite
from support.chain import ACCOUNT_PREFIX, Chain, Extrinsic
from support.scale import blake2_128_concat, compact, sized, u32, u128

SYSTEM_EVENTS = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7"
# The real runtime's chain takes this for any account's signature (sr25519).
MOCK_SIGNATURE = b"\x01" + bytes.fromhex("deadbeef") + b"\xcd" * 60
FUNDS = 10**15
BLOCK_TIME_MS = 1000
# Within these spans of the clock the recorded steps belong together.
SCENES = {"quotes": (1671606747000, 1671606799000), "reports": (1587899869000, 1587900097000)}


def recorded(scene):
    """The steps of a scene that Teerex decides on and that need no other flags than the chain has."""
    first, last = SCENES[scene]
    transcript = json.loads((material.shared_folder() / "vectors/chainspec/teerex-paseo50-transcript.json").read_text())
    return [step for step in transcript if step.get("call", "").startswith("teerex.") and first <= int(step["now"]) <= last
            and "not allowed" not in step["label"]]


def last_event(step):
    """What decides: the pallet's own event when it took the call, the system's when it did not."""
    own = [event["scale"] for event in step["events"] if event["name"].startswith("teerex.")]
    return bytes.fromhex((own or [step["events"][-1]["scale"]])[-1][2:])


class RegistryReplay(unittest.TestCase):
    def replay(self, scene):
        steps = recorded(scene)
        self.assertGreater(len(steps), 2)
        signers = [Extrinsic(step["extrinsicHex"]).signer for step in steps]
        folder = suite.work_dir() / scene
        folder.mkdir(parents=True)
        extra = {}
        for account in signers:
            counters = u32(0) + u32(0) + u32(1) + u32(0)
            extra["0x" + (ACCOUNT_PREFIX + blake2_128_concat(account)).hex()] = \
                "0x" + (counters + u128(FUNDS) + u128(0) + u128(0) + u128(realnode.NEW_LOGIC_FLAG)).hex()
        node = realnode.RealNode(folder, BLOCK_TIME_MS, now=str(SCENES[scene][1]), extra_state=extra)
        try:
            chain = Chain(node.url)
            for step, signer in zip(steps, signers):
                with self.subTest(step["label"]):
                    self.send(chain, signer, bytes.fromhex(step["callHex"][2:]), last_event(step))
                    print(f"same outcome: {step['label']}", flush=True)
            chain.close()
        finally:
            node.stop()

    def send(self, chain, signer, call, expected):
        extra = b"\x00" + compact(chain.next_nonce(signer)) + compact(0)
        extrinsic = sized(b"\x84\x00" + signer + MOCK_SIGNATURE + extra + call)
        since = chain.number()
        chain.rpc.call("author_submitExtrinsic", "0x" + extrinsic.hex())

        def events(asked):
            for number in range(since, asked.number() + 1):
                block = asked.rpc.call("chain_getBlockHash", number)
                text = asked.rpc.call("chain_getBlock", block)["block"]["extrinsics"]
                if "0x" + extrinsic.hex() in text:
                    return asked.rpc.call("state_getStorage", SYSTEM_EVENTS, block)
            return None
        self.assertIn(expected.hex(), chain.wait_until(events))

    def test_quotes_and_collateral(self):
        self.replay("quotes")

    def test_reports(self):
        self.replay("reports")


if __name__ == "__main__":
    suite.main("realnode")
