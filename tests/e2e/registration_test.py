#!/usr/bin/env python3
"""Registration with evidence: a quote under a root of the tests, its collateral, removal, renewal, and refusals."""
import unittest

from support import suite
from support.attester import Attester
from support.scale import blake2_128_concat, compact
from support.stage import Stage
from support.worker import Worker

SOVEREIGN_ENCLAVES = bytes.fromhex("d4907aad4a0ea0b2bdacc420d36be978076919f9acc01e6f59369d3a394747ac")
SUDO = bytes([5, 0])
DEV_SET_STORAGE = bytes([100, 2])
# Exit codes of redoubtd.
USAGE, CHAIN = 2, 3
END_SECONDS_MAX = 300

stage = None
attester = Attester()


def setUpModule():
    global stage
    stage = Stage(suite.work_dir(), worker=False, start_chain=attester.start_chain)
    (stage.work_dir / "root.der").write_bytes(attester.root)
    (stage.work_dir / "collateral.json").write_text(attester.collateral)


def tearDownModule():
    if stage is not None:
        stage.stop()


def bytes_of(hex_text):
    return bytes.fromhex(hex_text.removeprefix("0x"))


class Registration(unittest.TestCase):
    """One story in steps; the names keep them in order."""

    def launch(self, *options, data="data"):
        stage.worker = Worker(stage.node.url, stage.work_dir / data, *options)
        return stage.worker

    def dcap(self, quote="quote.bin"):
        return ["--attestation", "dcap", "--attestation-collateral", stage.work_dir / "collateral.json",
                "--attestation-evidence", stage.work_dir / quote, "--attestation-test-root", stage.work_dir / "root.der"]

    def write_quote(self, waiting, name, **how):
        """At once as a whole, so that nobody reads half of it."""
        partial = stage.work_dir / "quote.part"
        partial.write_bytes(attester.quote(bytes_of(waiting["account_hex"]), bytes_of(waiting["measurement"]), **how))
        partial.rename(stage.work_dir / name)

    def entries(self):
        return stage.wallet.ok("registry", "list")["enclaves"]

    def last_words(self, worker, exit_code):
        self.assertEqual(worker.process.wait_exit(END_SECONDS_MAX), exit_code)
        return "\n".join(worker.process.lines)

    def test_1_needs_evidence(self):
        said = self.last_words(self.launch(), CHAIN)
        self.assertIn("AllowSkippingAttestation", said)
        self.assertIn("--attestation dcap", said)

    def test_2_registers_with_a_quote_and_its_collateral(self):
        worker = self.launch(*self.dcap())
        _, waiting = worker.wait_event("waiting_for_evidence")
        self.write_quote(waiting, "quote.bin")
        stage.ready = worker.wait_ready()
        self.assertEqual(stage.ready["account_hex"], waiting["account_hex"])
        self.assertEqual(stage.ready["registration"], "registered (Dcap)")
        self.assertEqual([event["kind"] for event in worker.events("collateral_registered")], ["quoting_enclave", "tcb_info"])
        self.assertEqual(worker.events("registered")[-1]["method"], "Dcap")
        entry, = self.entries()
        self.assertEqual((entry["method"], entry["status"], entry["build_mode"]), ("Dcap", "Ok", "Production"))
        self.assertTrue(entry["hardware"])
        collateral = stage.wallet.ok("registry", "collateral")
        self.assertFalse(collateral["allows_skipping"])
        self.assertFalse(collateral["quoting_enclave"]["expired"])
        self.assertEqual([info["fmspc"] for info in collateral["tcb_infos"]], ["0123456789ab"])

    def test_3_notices_that_its_entry_was_removed(self):
        seen = len(stage.worker.process.lines)
        key = SOVEREIGN_ENCLAVES + blake2_128_concat(stage.account)
        stage.chain.send("//Alice", SUDO + DEV_SET_STORAGE + compact(len(key)) + key + b"\x00")
        stage.worker.wait_event("registration_removed", after=seen)
        stage.worker.wait_event("registered", after=seen)
        self.assertEqual([entry["method"] for entry in self.entries()], ["Dcap"])
        self.assertEqual(len(stage.worker.events("collateral_registered")), 2, "what the chain has is not sent again")

    def test_4_nobody_removes_a_fresh_entry(self):
        removal = stage.wallet.run("registry", "unregister", "0x" + stage.account.hex(), "--from", "//Alice")
        self.assertNotEqual(removal.code, 0)
        self.assertIn("UnregisterActiveEnclaveIsNotAllowed", str(removal))

    def test_5_renews_before_the_entry_is_removable(self):
        before, = self.entries()
        self.assertEqual(stage.worker.stop(), 0)
        worker = self.launch(*self.dcap(), "--reregister-after", "60")
        worker.wait_ready()
        worker.wait_event("registered")
        after, = self.entries()
        self.assertGreater(after["timestamp_ms"], before["timestamp_ms"])
        self.assertEqual(after["method"], "Dcap")

    def test_6_tells_why_evidence_is_refused(self):
        self.assertEqual(stage.worker.stop(), 0)
        another = ["--shard", "0x" + "07" * 32]
        said = self.last_words(self.launch(*self.dcap(), *another, data="other"), CHAIN)
        self.assertIn("vouches for the account", said)
        self.assertIn("whose report data begin with this enclave's account", said)

        worker = self.launch(*self.dcap("debug.bin"), *another, data="other")
        self.write_quote(worker.wait_event("waiting_for_evidence")[1], "debug.bin", debug=True)
        said = self.last_words(worker, CHAIN)
        self.assertIn("SgxAllowDebugMode", said)

        damaged = bytearray((stage.work_dir / "debug.bin").read_bytes())
        damaged[100] ^= 1
        (stage.work_dir / "damaged.bin").write_bytes(damaged)
        said = self.last_words(self.launch(*self.dcap("damaged.bin"), *another, data="other"), CHAIN)
        self.assertIn("QUOTE_SIGNATURE_INVALID", said)
        self.assertEqual(len(self.entries()), 1)

    def test_7_does_not_register_what_a_simulated_tee_makes(self):
        options = ["--attestation", "dcap", "--attestation-collateral", stage.work_dir / "collateral.json",
                   "--attestation-test-root", stage.work_dir / "root.der", "--shard", "0x" + "07" * 32]
        said = self.last_words(self.launch(*options, data="other"), CHAIN)
        self.assertIn("the registry takes quotes of SGX", said)
        self.assertEqual(len(self.entries()), 1)

    def test_8_wants_options_that_fit_together(self):
        self.assertIn("--attestation-collateral", self.last_words(self.launch("--attestation", "dcap"), USAGE))
        self.assertIn("--attestation-evidence", self.last_words(self.launch("--attestation", "ias"), USAGE))


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
