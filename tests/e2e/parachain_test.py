#!/usr/bin/env python3
"""A worker of a parachain: its finality comes from a relay chain, which may lie, change its authorities and restart."""
import json
import socket
import threading
import unittest

from support import suite
from support.chain import PAYERS, Chain, ss58
from support.devchain import SS58_PREFIX, Devchain, funded_spec
from support.scale import compact, sized
from support.stage import Stage, user
from support.trusted import counter_add, health
from support.worker import Worker

work = None

PARA_ID = 2090
# Paras.Heads(2090)
HEAD_KEY = bytes.fromhex("cd710b30bd2eab0352ddcc26417aa1941b3c252fcb29d88eff4f3de5de4476c3c9b4b4f407d5e7a62a080000")
SUDO, DEV_SET_STORAGE = bytes([5, 0]), bytes([100, 2])
REFUSAL_SECONDS_MAX = 90
RECOVERY_SECONDS_MAX = 180

# The development chain's faults, as the relay chain tells them, and what they are called.
RELAY_FAULTS = {
    "bad-precommit-signature": {"justification_bad_signature"},
    "minority-precommits": {"justification_too_light"},
    "wrong-set-id": {"justification_bad_signature"},
    "unknown-voters": {"justification_foreign"},
    "truncated-justification": {"justification_unreadable"},
    "forged-proof-node": {"head_unusable", "head_proof_bad", "head_proof_missing"},
    "empty-proof": {"head_unusable", "head_proof_missing"},
    "proof-of-other-block": {"head_unusable", "head_proof_missing"},
}


def setUpModule():
    global work
    work = suite.work_dir()


def free_port():
    """A port that a node can listen on again after its restart."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def encoded_header(header):
    """A header as a node's JSON gives it, in SCALE."""
    def raw(text):
        return bytes.fromhex(text[2:])
    logs = header["digest"]["logs"]
    return (raw(header["parentHash"]) + compact(int(header["number"], 16)) + raw(header["stateRoot"])
            + raw(header["extrinsicsRoot"]) + compact(len(logs)) + b"".join(map(raw, logs)))


class Relay:
    """A development chain as a relay chain: what the parachain's node finalizes is put into Paras.Heads through Sudo."""

    def __init__(self, work_dir, para_url):
        work_dir.mkdir(parents=True)
        self.work_dir = work_dir
        spec = json.loads(funded_spec(work_dir).read_text())
        spec.update(authorities=4, sudo=ss58(PAYERS["//Alice"].public, SS58_PREFIX), id="relay_dev")
        self.spec = work_dir / "relay-spec.json"
        self.spec.write_text(json.dumps(spec))
        self.port = str(free_port())
        self.starts = 0
        self.para_url = para_url
        self.start()

    def start(self):
        self.starts += 1
        self.node = Devchain(self.work_dir, "--chain-spec", self.spec, "--block-time", "500ms",
                             "--base-path", self.work_dir / "chain", name=f"relay-{self.starts}", port=self.port)
        self.url = self.node.url
        self.stopped = threading.Event()
        self.inclusion = threading.Thread(target=self.include_heads)
        self.inclusion.start()

    def include_heads(self):
        """Does what backing and inclusion do on a relay chain."""
        para, relay = Chain(self.para_url), Chain(self.url)
        try:
            included = None
            while not self.stopped.wait(0.2):
                head = para.rpc.call("chain_getFinalizedHead")
                if head == included:
                    continue
                value = sized(encoded_header(para.rpc.call("chain_getHeader", head)))
                relay.send("//Alice", SUDO + DEV_SET_STORAGE + sized(HEAD_KEY) + b"\x01" + sized(value))
                included = head
        finally:
            para.close()
            relay.close()

    def stop(self):
        self.stopped.set()
        self.inclusion.join()
        self.node.stop()


class Parachain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(work / "parachain", worker=False)
        cls.addClassCleanup(cls.stage.stop)
        cls.relay = Relay(work / "relay", cls.stage.node.url)
        cls.addClassCleanup(lambda: cls.relay.stop())
        cls.options = ("--relay", cls.relay.url, "--para-id", str(PARA_ID))
        cls.stage.start_worker(*cls.options)
        cls.user = user(9)
        cls.calls = 0

    def count_once(self):
        call_hash = self.stage.send(self.user, counter_add(self.user.public, 1), self.calls)
        type(self).calls += 1
        self.assertEqual(self.stage.wait_status(call_hash, RECOVERY_SECONDS_MAX)["status"], "executed")
        self.assertEqual(self.stage.counter(self.user), self.calls)

    def finality(self):
        return health(self.stage.endpoint_address)["finality"]

    def imported_after(self, position):
        return self.stage.worker.wait_event("block_imported", RECOVERY_SECONDS_MAX, position)

    def test_1_follows_the_parachain_and_names_both_chains(self):
        relay_genesis = self.relay.node.call("chain_getBlockHash", 0)
        ready = self.stage.ready
        self.assertEqual(ready["finality"], "verified")
        self.assertEqual((ready["relay"]["genesis"], ready["relay"]["para_id"]), (relay_genesis, PARA_ID))
        self.assertEqual(ready["genesis"], self.stage.chain.genesis_hash)
        self.count_once()
        report = self.finality()
        self.assertEqual(report["anchor"], {"number": 0, "hash": relay_genesis})
        self.assertEqual((report["relay"]["genesis"], report["relay"]["paraId"]), (relay_genesis, PARA_ID))
        self.assertGreater(report["relay"]["finalized"]["number"], 0)
        block = report["finalized"]
        self.assertEqual(self.stage.node.call("chain_getBlockHash", block["number"]), block["hash"])
        self.stage.worker.wait_event("confirmed", RECOVERY_SECONDS_MAX)

    def test_2_refuses_each_lie_of_the_relay_chain_and_goes_on(self):
        worker = self.stage.worker
        pid = worker.enclave_pid()
        for fault, reasons in RELAY_FAULTS.items():
            with self.subTest(fault=fault):
                position = len(worker.process.lines)
                self.relay.node.call("dev_setFault", fault, True)
                where, refused = worker.wait_event("chain_refused", REFUSAL_SECONDS_MAX, position)
                self.assertIn(refused["reason"], reasons)
                self.assertTrue(refused["cause"] and refused["remedy"])
                self.relay.node.call("dev_clearFault", fault)
                worker.wait_event("chain_accepted", RECOVERY_SECONDS_MAX, where)
        self.assertEqual(worker.enclave_pid(), pid, "the enclave was not restarted for it")
        self.count_once()
        numbers = [event["number"] for event in worker.events("block_imported")]
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "each block once and in order")
        print(f"{len(RELAY_FAULTS)} faults of the relay chain refused, {len(numbers)} blocks imported")

    def test_3_follows_a_change_of_the_relay_chains_authorities(self):
        self.relay.node.call("dev_scheduleAuthorityChange", 3, 2, 1)
        worker = self.stage.worker
        position = len(worker.process.lines)
        while self.finality()["setId"] == 0:
            position, _ = self.imported_after(position + 1)
        self.assertEqual(self.finality()["authorities"], 3)
        self.count_once()

    def test_4_survives_a_restart_of_the_relay_node(self):
        self.relay.stop()
        worker = self.stage.worker
        position = len(worker.process.lines)
        self.relay.start()
        self.imported_after(position)
        self.count_once()

    def test_5_goes_on_after_its_own_restart_and_keeps_its_relay_chain(self):
        self.assertEqual(self.stage.worker.stop(), 0)
        data = self.stage.work_dir / "data"
        for options in ((), ("--relay", self.relay.url, "--para-id", "2091")):
            with self.subTest(options=options):
                other = Worker(self.stage.node.url, data, *options, name="refused")
                self.assertEqual(other.process.wait_exit(REFUSAL_SECONDS_MAX), 4)
        for options in (("--relay", self.relay.url), ("--para-id", "5"), (*self.options, "--unverified-finality")):
            with self.subTest(options=options):
                other = Worker(self.stage.node.url, data, *options, name="unfit")
                self.assertEqual(other.process.wait_exit(REFUSAL_SECONDS_MAX), 2)
        self.stage.start_worker(*self.options)
        self.count_once()

    def test_6_an_unknown_parachain_is_waited_for_and_named(self):
        other = Worker(self.stage.node.url, work / "unknown" / "data", "--relay", self.relay.url, "--para-id", "2091",
                       "--shard", "0x" + "07" * 32)
        self.addCleanup(other.stop)
        _, refused = other.wait_event("chain_refused", REFUSAL_SECONDS_MAX)
        self.assertEqual(refused["reason"], "parachain_unknown")
        self.assertIn("--para-id", refused["remedy"])


if __name__ == "__main__":
    suite.main("worker", "devchain")
