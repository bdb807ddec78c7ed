#!/usr/bin/env python3
"""The wallet's commands against a chain and a worker, and what its exit codes mean."""
import json
import os
import signal
import socket
import subprocess
import unittest

from support import suite
from support.chain import DEV_ACCOUNTS, ss58
from support.material import program
from support.stage import UNIT, Stage, user
from support.wallet import Wallet

SUCCESS, REFUSED, USAGE, UNREACHABLE, TIMED_OUT, UNTRUSTED = range(6)
INTERRUPTED = 130
stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir())


def tearDownModule():
    if stage is not None:
        stage.stop()


class WalletTest(unittest.TestCase):
    def ok(self, *words):
        return stage.wallet.ok(*words)

    def assert_exit(self, code, *words, wallet=None):
        """The command ends with `code` and one JSON document that names cause and remedy."""
        result = (wallet or stage.wallet).run(*words)
        self.assertEqual(result.code, code, str(result))
        self.assertIsNotNone(result.json, str(result))
        error = result.json["error"]
        self.assertTrue(error["message"] and error["remedy"] and error["code"], result.json)
        return error


class Accounts(WalletTest):
    def test_new_list_inspect(self):
        made = self.ok("account", "new", "savings", "--no-password")
        listed = self.ok("account", "list")["accounts"]
        self.assertIn("savings", [account["name"] for account in listed])
        shown = self.ok("account", "inspect", "savings")
        self.assertEqual(shown["account_id"], made["account_id"])
        self.assert_exit(REFUSED, "account", "new", "savings")

    def test_alice_is_alice(self):
        shown = self.ok("account", "inspect", "//Alice")
        self.assertEqual(shown["account_id"], "0x" + DEV_ACCOUNTS["//Alice"].hex())

    def test_mistyped_address(self):
        address = ss58(DEV_ACCOUNTS["//Alice"])
        self.assert_exit(USAGE, "balance", address[:-1] + ("a" if address[-1] != "a" else "b"))


class ChainQueries(WalletTest):
    def test_info_names_genesis_and_pallets(self):
        info = self.ok("chain", "info")
        self.assertEqual(info["genesis_hash"], stage.chain.genesis_hash)
        self.assertTrue(info["has_teerex"] and info["has_enclave_bridge"])

    def test_head_grows(self):
        number = self.ok("chain", "head")["finalized"]["number"]
        stage.chain.wait_until(lambda chain: chain.number() > number)
        self.assertGreater(self.ok("chain", "head")["finalized"]["number"], number)

    def test_storage_of_a_pallet(self):
        found = self.ok("chain", "storage", "System", "Number")
        self.assertTrue(found["present"])

    def test_unknown_storage(self):
        self.assert_exit(USAGE, "chain", "storage", "System", "Nonsense")

    def test_events_of_a_block(self):
        events = self.ok("chain", "events")["events"]
        self.assertIn(("System", "ExtrinsicSuccess"), [(event["pallet"], event["event"]) for event in events])

    def test_metadata_lists_the_bridge(self):
        listed = self.ok("chain", "metadata")
        self.assertIn("EnclaveBridge", str(listed))


class Transfers(WalletTest):
    def test_transfer_arrives(self):
        to = user(100).public
        self.ok("transfer", "//Charlie", "0x" + to.hex(), "3")
        self.assertEqual(stage.chain.account(to)[1], 3 * UNIT)
        self.assertEqual(int(self.ok("balance", "0x" + to.hex())["free"]), 3 * UNIT)

    def test_more_than_there_is(self):
        self.assert_exit(REFUSED, "transfer", "//Charlie", "//Dave", "99999999")

    def test_negative_and_senseless_amounts(self):
        self.assert_exit(USAGE, "transfer", "//Charlie", "//Dave", "-1")
        self.assert_exit(USAGE, "transfer", "//Charlie", "//Dave", "plenty")
        self.assert_exit(USAGE, "transfer", "//Charlie")


    def test_nothing_is_no_payment(self):
        for words in (("transfer", "//Charlie", "//Dave", "0"), ("shield", "//Charlie", "//Dave", "0.0"),
                      ("trusted", "transfer", "//Charlie", "//Dave", "0"), ("trusted", "unshield", "//Charlie", "//Dave", "0")):
            self.assertEqual(self.assert_exit(USAGE, *words)["code"], "amount_zero", words)


class Words(WalletTest):
    """What every program answers to a word that it does not know, and to --version."""

    def test_an_unknown_command_is_named_with_the_nearest(self):
        error = self.assert_exit(USAGE, "transfr", "//Alice", "//Bob", "1")
        self.assertIn("'transfr'", error["message"])
        self.assertIn("redoubt transfer", error["remedy"])
        for name in ("redoubt", "redoubtd", "redoubt-devchain"):
            done = self.run_program(name, "bogus")
            self.assertEqual(done.returncode, USAGE, done)
            self.assertIn("'bogus' is no command", done.stderr)

    def test_all_programs_tell_their_version(self):
        for name in ("redoubt", "redoubtd", "redoubt-devchain", "redoubt-enclave"):
            done = self.run_program(name, "--version")
            self.assertEqual(done.returncode, SUCCESS, done)
            self.assertRegex(done.stdout, rf"^{name} \d+\.\d+")

    def run_program(self, name, *words):
        return subprocess.run([program(name), *words], capture_output=True, text=True, timeout=60)


class LostOutput(WalletTest):
    """Every program ends with 1 and says so when nobody can read what it prints."""

    COMMANDS = (("redoubt", "version"), ("redoubt", "--help"), ("redoubt", "--json", "account", "inspect", "//Alice"),
                ("redoubtd", "version"), ("redoubtd", "config", "show"),
                ("redoubt-devchain", "export-spec"), ("redoubt-devchain", "--version"))

    def end(self, name, *words, redirection):
        """Runs a program by a shell that redirects its standard output."""
        return subprocess.run(["sh", "-c", f'exec "$0" "$@" {redirection}', program(name), *words], stderr=subprocess.PIPE,
                              text=True, timeout=60)

    def test_a_full_device_and_a_closed_descriptor(self):
        for words in self.COMMANDS:
            for redirection in (">/dev/full", ">&-"):
                done = self.end(*words, redirection=redirection)
                self.assertEqual(done.returncode, REFUSED, done)
                self.assertIn("standard output cannot be written", done.stderr, done)

    def test_questions_to_the_chain(self):
        for redirection in (">/dev/full", ">&-"):
            for words in (("balance", "//Alice"), ("--json", "chain", "info")):
                done = self.end("redoubt", "--chain", stage.wallet.chain_url, *words, redirection=redirection)
                self.assertEqual(done.returncode, REFUSED, done)
                self.assertIn("standard output cannot be written", done.stderr, done)

    def test_a_pipe_that_nobody_reads(self):
        for words in self.COMMANDS:
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run([program(words[0]), *words[1:]], stdout=writer, stderr=subprocess.PIPE, timeout=60)
            os.close(writer)
            self.assertNotEqual(done.returncode, SUCCESS, done)

    def test_an_account_whose_phrase_is_lost_is_not_kept(self):
        for redirection in (">/dev/full", ">&-"):
            done = self.end("redoubt", "--keystore", str(stage.wallet.keystore), "account", "new", "unseen", "--no-password",
                            redirection=redirection)
            self.assertEqual(done.returncode, REFUSED, done)
            self.assertIn("The account unseen was not kept", done.stderr)
            self.assertNotIn("unseen", [account["name"] for account in self.ok("account", "list")["accounts"]])


class Unreachable(WalletTest):
    def test_no_chain(self):
        with socket.socket() as unheard:  # holds the port and does not listen
            unheard.bind(("127.0.0.1", 0))
            nobody = Wallet(f"ws://127.0.0.1:{unheard.getsockname()[1]}", stage.work_dir / "keystore")
            error = self.assert_exit(UNREACHABLE, "chain", "head", wallet=nobody)
        self.assertIn("127.0.0.1", error["message"])

    def test_senseless_chain_address(self):
        self.assert_exit(USAGE, "chain", "head", wallet=Wallet("http//nonsense", stage.work_dir / "keystore"))


class Trusted(WalletTest):
    def test_shard_and_registry(self):
        self.assertEqual(self.ok("registry", "list")["enclaves"][0]["account_id"], "0x" + stage.account.hex())
        self.assertEqual(self.ok("shard", "show")["shard"], "0x" + stage.shard.hex())

    def test_only_alice_sets_balances(self):
        self.assert_exit(REFUSED, "trusted", "set-balance", "//Eve", "5", "--sudo", "//Eve")

    def start(self, *words):
        command = [program("redoubt"), "--chain", stage.wallet.chain_url, "--keystore", stage.wallet.keystore, *words]
        return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=stage.wallet.environment())

    def test_an_interrupted_call_tells_its_operation(self):
        wallet = self.start("trusted", "counter", "add", "//Ferdie", "1")
        operation = ""
        for line in wallet.stderr:
            if line.startswith("operation "):
                operation = line.split()[1]
            if line.startswith("submitted"):
                break
        wallet.send_signal(signal.SIGINT)
        output, error = wallet.communicate(timeout=60)
        self.assertEqual((wallet.returncode, output), (INTERRUPTED, ""), error)
        self.assertRegex(operation, "^0x[0-9a-f]{64}$", error)
        self.assertIn(f"may still take effect: ask redoubt trusted status {operation} before", error)
        self.assertEqual(self.ok("trusted", "status", "--wait", operation)["status"], "executed")

    def test_an_interrupted_call_tells_programs_its_operation(self):
        payer = DEV_ACCOUNTS["//Eve"]
        nonce = stage.chain.account(payer)[0]
        wallet = self.start("--json", "trusted", "--payer", "//Eve", "counter", "add", "//Eve", "1")
        stage.chain.wait_until(lambda chain: chain.account(payer)[0] > nonce)
        wallet.send_signal(signal.SIGTERM)
        output, error = wallet.communicate(timeout=60)
        self.assertEqual(wallet.returncode, INTERRUPTED, output + error)
        told = json.loads(output)["error"]
        self.assertEqual(told["code"], "interrupted")
        self.assertEqual(self.ok("trusted", "status", "--wait", told["details"]["operation_hash"])["status"], "executed")

    def test_unknown_shard(self):
        self.assert_exit(REFUSED, "trusted", "balance", "//Alice", "--shard", "0x" + "ab" * 32)

    def test_worker_whose_key_is_not_registered(self):
        """Another worker's endpoint under the registered one's name is not trusted."""
        impostor = Stage(stage.work_dir / "impostor")
        try:
            url = f"wss://{impostor.endpoint_address}"
            self.assert_exit(UNTRUSTED, "trusted", "balance", "//Alice", "--worker", url)
        finally:
            impostor.stop()


if __name__ == "__main__":
    suite.main("chain", "devchain", "worker", "wallet")
