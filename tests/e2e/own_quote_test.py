#!/usr/bin/env python3
"""Registration with a quote that the enclave's own TEE makes: the enclave runs as in Gramine, on a platform of the tests' own."""
import os
import signal
import unittest

from support import suite
from support.attester import Attester
from support.chain import transfer_call
from support.gramine import Gramine
from support.material import program
from support.stage import Stage
from support.worker import Worker

# Exit codes of redoubtd, and of the wallet.
ENCLAVE = 5
UNTRUSTED = 5
END_SECONDS_MAX = 300
WARNING_SECONDS_MAX = 30
ACCOUNT_BYTES = 32

stage = None
gramine = None
attester = Attester()


def setUpModule():
    global stage, gramine
    stage = Stage(suite.work_dir(), worker=False, start_chain=attester.start_chain)
    gramine = Gramine(stage.work_dir / "sgx/attestation", attester, program("redoubt-enclave"))
    (stage.work_dir / "root.der").write_bytes(attester.root)
    (stage.work_dir / "collateral").mkdir()
    for path in ("collateral.json", "collateral/platform.json"):
        (stage.work_dir / path).write_text(attester.collateral)


def tearDownModule():
    if stage is not None:
        stage.stop()
    if gramine is not None:
        gramine.stop()


def bytes_of(hex_text):
    return bytes.fromhex(hex_text.removeprefix("0x"))


class OwnQuote(unittest.TestCase):
    """One story in steps; the names keep them in order."""

    def launch(self, *options, data="data", collateral="collateral.json"):
        stage.worker = Worker(stage.node.url, stage.work_dir / data, "--tee", "gramine-sgx", "--gramine", gramine.launcher,
                              "--attestation", "dcap", "--attestation-collateral", stage.work_dir / collateral,
                              "--attestation-test-root", stage.work_dir / "root.der", *options, dev=False)
        return stage.worker

    def fund(self, worker):
        """Development mode, which funds an account by itself, exists on the simulation only."""
        _, asked = worker.wait_event("waiting_for_funds")
        stage.chain.send("//Alice", transfer_call(bytes_of(asked["account_hex"]), int(asked["missing"])))

    def another(self):
        """A worker of another shard, which is not registered."""
        return self.launch("--shard", "0x" + "07" * 32, data="other")

    def entries(self):
        return stage.wallet.ok("registry", "list")["enclaves"]

    def last_words(self, worker, exit_code):
        self.assertEqual(worker.process.wait_exit(END_SECONDS_MAX), exit_code, worker.process.tail())
        return "\n".join(worker.process.lines)

    def test_1_registers_with_a_quote_for_its_account(self):
        worker = self.launch()
        self.fund(worker)
        stage.ready = worker.wait_ready()
        self.assertEqual(stage.fingerprint, gramine.measurement)
        self.assertEqual(stage.ready["registration"], "registered (Dcap)")
        # The first quote is the enclave's look at itself; this is the one of the registration.
        self.assertEqual(gramine.asked[-1][:ACCOUNT_BYTES], stage.account)
        names = [event["event"] for event in worker.said() if event.get("event") in ("collateral_registered", "registered")]
        self.assertEqual(names, ["collateral_registered", "collateral_registered", "registered"])
        entry, = self.entries()
        self.assertEqual((entry["method"], entry["status"], entry["build_mode"]), ("Dcap", "Ok", "Production"))
        self.assertTrue(entry["hardware"])

    def test_1_the_wallet_gets_the_collateral_with_the_quote(self):
        """It comes as far as the root, which is none of the vendors' here."""
        shown = stage.wallet.run("worker", "verify")
        self.assertEqual((shown.code, shown.json["evidence"]["reason"]), (UNTRUSTED, "CHAIN_UNTRUSTED"), str(shown))
        (stage.work_dir / "collateral.json").write_text("half a file")
        self.assertEqual(stage.wallet.run("worker", "verify").json["evidence"]["reason"], "CHAIN_UNTRUSTED", "the older one stays")
        stage.worker.process.wait_line(lambda line: "evidence goes out without newer endorsements" in line, WARNING_SECONDS_MAX)
        (stage.work_dir / "collateral.json").write_text(attester.collateral)

    def test_2_seals_with_the_key_of_the_tee(self):
        """The same enclave again finds its account, and registers its new address with a new quote."""
        before, quotes = stage.account, len(gramine.asked)
        self.assertEqual(stage.worker.stop(), 0)
        worker = self.launch(collateral="collateral")
        self.assertEqual(bytes_of(worker.wait_ready()["account_hex"]), before)
        worker.wait_event("registered")
        self.assertGreater(len(gramine.asked), quotes + 1)

    def test_3_shows_the_wallet_a_quote_for_its_nonce(self):
        """Which collateral of the folder belongs to it nobody said, so none is handed out."""
        quotes = len(gramine.asked)
        shown = stage.wallet.run("worker", "verify")
        self.assertEqual((shown.code, shown.json["evidence"]["reason"]), (UNTRUSTED, "COLLATERAL_MISSING"), str(shown))
        self.assertEqual((shown.json["registry"]["method"], shown.json["registry"]["status"]), ("Dcap", "Ok"))
        self.assertEqual(shown.json["evidence"]["type"], "sgx")
        self.assertEqual(len(gramine.asked), quotes + 1, "evidence is made for whoever asks")
        refused = stage.wallet.run("trusted", "balance", "//Alice")
        self.assertEqual(refused.code, UNTRUSTED, str(refused))
        self.assertIn("--worker-collateral", refused.json["error"]["remedy"])

    def test_3_the_wallet_has_no_root_but_the_vendors(self):
        shown = stage.wallet.run("--worker-collateral", stage.work_dir / "collateral.json", "worker", "verify")
        self.assertEqual((shown.code, shown.json["evidence"]["reason"]), (UNTRUSTED, "CHAIN_UNTRUSTED"), str(shown))
        nonsense = stage.wallet.run("--worker-collateral", stage.work_dir / "root.der", "worker", "verify")
        self.assertEqual(nonsense.json["error"]["code"], "evidence_malformed", str(nonsense))

    def test_3_the_enclave_is_started_again_when_what_makes_quotes_has_ended(self):
        """Inside Gramine nothing else could: a process that makes quotes is an enclave of its own."""
        worker = stage.worker
        maker, _ = worker.evidence_pids()
        heard = len(worker.process.lines)
        os.kill(maker, signal.SIGKILL)
        told, event = worker.wait_event("evidence_gone", after=heard)
        self.assertIn("signal 9", event["cause"])
        worker.wait_event("enclave_restarted", after=told)
        quotes = len(gramine.asked)
        self.assertEqual(stage.wallet.run("worker", "verify").json["evidence"]["type"], "sgx")
        self.assertGreater(len(gramine.asked), quotes)

    def test_4_says_that_a_quote_is_over_something_else(self):
        self.assertEqual(stage.worker.stop(), 0)
        handed_out = []

        def swap(quote):
            """What the enclave asks of itself at its start is answered well, and then the same comes again."""
            handed_out.append(quote)
            return handed_out[0]
        self.addCleanup(setattr, gramine, "change", gramine.change)
        gramine.change = swap
        said = self.last_words(self.another(), ENCLAVE)
        self.assertIn("no evidence: the evidence vouches for something else than was asked", said)
        self.assertIn("the enclave's TEE gives no evidence: the evidence vouches for something else than was asked", said)
        self.assertGreater(len(handed_out), 1)
        self.assertEqual(len(self.entries()), 1)

    def test_5_says_that_a_file_is_missing(self):
        hidden = gramine.folder / "hidden"
        for name in ("attestation_type", "quote", "keys/_sgx_mrenclave"):
            with self.subTest(name):
                (gramine.folder / name).rename(hidden)
                said = self.last_words(self.another(), ENCLAVE)
                hidden.rename(gramine.folder / name)
                self.assertIn("cannot use its TEE: evidence: there is no interface of the TEE", said)

    def test_6_says_that_the_manifest_has_no_dcap(self):
        kind = gramine.folder / "attestation_type"
        kind.write_bytes(b"none")
        said = self.last_words(self.another(), ENCLAVE)
        self.assertIn('set sgx.remote_attestation to \\"dcap\\" in the manifest', said)
        self.assertEqual(len(self.entries()), 1)


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet", "namespaces")
