#!/usr/bin/env python3
"""What the wallet says of a worker whose chain is not verified, or does not go on."""
import unittest

from support import suite
from support.stage import Stage

EVENT_SECONDS_MAX = 120
work = None


def setUpModule():
    global work
    work = suite.work_dir()


class Warnings(unittest.TestCase):
    def start(self, *options):
        self.stage = Stage(work / self._testMethodName, worker=False)
        self.addCleanup(self.stage.stop)
        self.stage.start_worker(*options)
        self.wallet = self.stage.wallet
        self.pin = ["--fingerprint", "0x" + self.stage.fingerprint.hex()]

    def warnings(self, *words):
        """The codes of a command's warnings; each of them is a line on standard error, too."""
        result = self.wallet.run(*self.pin, "trusted", *words)
        self.assertEqual(result.code, 0, str(result))
        found = result.json.get("warnings", [])
        self.assertEqual([line for line in result.error.splitlines() if line.startswith("warning: ")],
                         ["warning: " + one["message"] for one in found])
        self.assertNotIn("warnings", [] if found else result.json)
        return [one["code"] for one in found]

    def people_read(self, *words):
        """The warnings of the same command without --json."""
        result = self.wallet.run(*self.pin, "trusted", *words, json_output=False)
        self.assertEqual(result.code, 0, str(result))
        self.assertNotIn("warning", result.output)
        return [line for line in result.error.splitlines() if line.startswith("warning: ")]

    def test_unverified_finality(self):
        self.start("--unverified-finality")
        self.assertEqual(self.warnings("balance", "//Alice"), ["finality_unverified"])
        self.assertEqual(self.warnings("counter", "add", "//Bob", "1", "--print-call"),
                         ["finality_unverified", "worker_unattested"])
        said = self.people_read("balance", "//Alice")
        self.assertEqual(len(said), 1)
        self.assertIn("does not verify the chain's finality", said[0])

    def test_a_program_that_nobody_has_named(self):
        self.start()
        self.assertEqual(self.warnings("balance", "//Alice"), [])
        self.pin = []
        for words in (["balance", "//Alice"], ["counter", "get", "//Alice"]):
            self.assertEqual(self.warnings(*words), ["program_unrestricted"])
        self.assertEqual(self.warnings("counter", "add", "//Bob", "1", "--print-call"),
                         ["program_unrestricted", "worker_unattested"])
        verified = self.wallet.ok("worker", "verify")
        self.assertEqual([one["code"] for one in verified["warnings"]], ["program_unrestricted", "evidence_simulated"])
        shielded = self.wallet.ok("shield", "//Bob", "//Bob", "1", "--print-call")
        self.assertEqual([one["code"] for one in shielded["warnings"]], ["program_unrestricted", "worker_unattested"])
        # Without evidence no policy says which program it is, whatever it names.
        self.pin = ["--trust-registry"]
        self.assertEqual(self.warnings("balance", "//Alice"), ["program_unrestricted", "registry_trusted"])
        self.pin += ["--fingerprint", "0x" + self.stage.fingerprint.hex()]
        self.assertEqual(self.warnings("balance", "//Alice"), ["registry_trusted"])
        result = self.wallet.run("--trust-registry", "worker", "verify")
        self.assertEqual((result.code, result.json["error"]["code"]), (2, "evidence_options_contradict"), str(result))
        self.pin = ["--fingerprint", "0x" + "11" * 32]
        for words in (["trusted", "balance", "//Alice"], ["shield", "//Bob", "//Bob", "1"], ["worker", "verify"]):
            result = self.wallet.run(*self.pin, *words)
            self.assertEqual((result.code, result.json["error"]["code"]), (5, "program_not_pinned"), str(result))

    def test_stale_state_until_the_chain_goes_on(self):
        self.start("--stale-after", "10")
        self.assertEqual(self.warnings("balance", "//Alice"), [])
        self.assertEqual(self.people_read("balance", "//Alice"), [])
        self.stage.node.call("dev_setFinality", "stall")
        position, stale = self.stage.worker.wait_event("stale", EVENT_SECONDS_MAX)
        self.assertEqual(self.warnings("balance", "//Alice"), ["state_stale"])
        said = self.people_read("balance", "//Alice")
        self.assertEqual(len(said), 1)
        self.assertIn("too old", said[0])
        answer = self.wallet.ok("trusted", "balance", "//Alice")
        self.assertEqual(answer["state_block"], stale["last_block"])
        self.stage.node.call("dev_setFinality", "resume")
        self.stage.worker.wait_event("fresh", EVENT_SECONDS_MAX, position)
        self.assertEqual(self.warnings("balance", "//Alice"), [])
        self.assertGreater(self.wallet.ok("trusted", "balance", "//Alice")["state_block"], stale["last_block"])


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
