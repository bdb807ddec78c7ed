#!/usr/bin/env python3
"""The daemon with recorded reports of Intel's attestation service: each vouches for an enclave of the past, and none is sent."""
import json
import unittest

from support import material, suite
from support.attester import Attester
from support.stage import Stage
from support.worker import Worker

# Exit code of redoubtd.
CHAIN = 3
END_SECONDS_MAX = 300

stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir(), worker=False, start_chain=Attester().start_chain)


def tearDownModule():
    if stage is not None:
        stage.stop()


class RecordedReports(unittest.TestCase):
    def last_words(self, evidence):
        worker = Worker(stage.node.url, stage.work_dir / "data", "--attestation", "ias", "--attestation-evidence", evidence)
        self.assertEqual(worker.process.wait_exit(END_SECONDS_MAX), CHAIN, worker.process.tail())
        return "\n".join(worker.process.lines)

    def test_are_of_other_enclaves(self):
        folder = material.shared_folder() / "vectors/attestation"
        certificates = {entry["files"]["ra_cert"]: entry["expect"]["fields"]["report_data"]
                        for entry in json.loads((folder / "INDEX.json").read_text())["entries"] if "ra_cert" in entry["files"]}
        self.assertTrue(certificates)
        for name, report_data in certificates.items():
            with self.subTest(name):
                said = self.last_words(folder / name)
                self.assertIn(f"the report vouches for the account 0x{report_data[:64]}", said)
                damaged = bytearray((folder / name).read_bytes())
                damaged[len(damaged) // 2] ^= 1
                (stage.work_dir / "damaged.der").write_bytes(damaged)
                self.assertIn("is refused (", self.last_words(stage.work_dir / "damaged.der"))
        self.assertEqual(stage.wallet.ok("registry", "list")["enclaves"], [])

    def test_a_file_that_is_none(self):
        (stage.work_dir / "text.der").write_text("no certificate")
        self.assertIn("the certificate with the report is refused", self.last_words(stage.work_dir / "text.der"))


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet", "vectors")
