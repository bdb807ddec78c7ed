#!/usr/bin/env python3
"""Nothing readable on the host: what wallets say, what the shard holds and the enclave's keys are in no file of the data
directory, in no memory or core dump of redoubtd and in nothing that it says; and nobody can dump the enclave."""
import os
import pathlib
import resource
import signal
import subprocess
import sys
import unittest

from support import suite, traces
from support.chain import PAYERS, shield_call
from support.crypto import Ed25519Key
from support.memory import memory_of
from support.scale import sized
from support.stage import UNIT, Stage
from support.trusted import (account_getter, balance_transfer, balance_unshield, counter_add, counter_getter, gated_enter,
                             gated_open, signed_operation)
from support.unseal import identity_secrets

ANSWER_SECONDS_MAX = 60
# The folder of everything: its name is known to the daemon and said by it, as openly as can be.
OPEN_MARKER = "open-" + os.urandom(8).hex()
# Opens the memory of a process of its own and that of another one, without the right to look into everybody's.
OPEN_MEMORY = """
import os, signal, sys
child = os.fork()
if child == 0:
    signal.pause()
for pid in (child, int(sys.argv[1])):
    try:
        open(f"/proc/{pid}/mem", "rb").close()
        print("opened")
    except PermissionError:
        print("refused")
os.kill(child, signal.SIGKILL)
"""
stage = None


def setUpModule():
    global stage
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))  # the daemon inherits it
    stage = Stage(suite.work_dir() / OPEN_MARKER, worker=False)
    working_folder().mkdir()
    start_worker()


def tearDownModule():
    if stage is not None:
        stage.stop()


def working_folder():
    """Where the daemon and its enclave work, and would leave core files: nothing else is in it."""
    return stage.work_dir / "working"


def start_worker():
    stage.start_worker("--log-level", "trace", cwd=working_folder())


def random_number(size):
    """Of so many bytes, none of them at the ends zero."""
    return int.from_bytes(bytes([1 + os.urandom(1)[0] % 127]) + os.urandom(size - 2) + b"\x5a", "big")


class Plants:
    """Everything that has to stay inside: planted by calls and getters of users who exist in the shard only."""

    def __init__(self):
        self.secrets = {}  # name -> its forms
        self.rich, self.room, self.poor, self.hidden = (Ed25519Key(os.urandom(32)) for _ in range(4))
        for name in ("rich", "room", "poor", "hidden"):
            self.secrets[f"the account of {name}"] = traces.of_account(getattr(self, name).public)
        self.nonces = {}

    def number(self, name, size, width=16):
        value = random_number(size)
        self.secrets[name] = traces.of_number(value, width)
        return value

    def call(self, name, key, call, status="executed"):
        """Runs a signed call; its signature and its bytes are planted."""
        nonce = self.nonces.get(key.public, 0)
        operation = signed_operation(key, call, nonce, stage.fingerprint, stage.shard)
        self.secrets[f"the signature of {name}"] = traces.of_bytes(operation[-64:])
        self.secrets[f"the bytes of {name}"] = traces.of_bytes(call)
        top = stage.send(key, call, nonce, signature=operation[-64:])
        told = stage.wait_status(top)
        if told["status"] != status:
            raise AssertionError(f"{name}: {told}")
        self.nonces[key.public] = nonce + 1

    def getters(self):
        """Asks for everything that was made; signatures and answers are planted."""
        endpoint = stage.endpoint()
        try:
            for key, getter in ((self.rich, account_getter(self.rich.public)), (self.rich, counter_getter(self.rich.public)),
                                (self.room, account_getter(self.room.public)), (self.hidden, account_getter(self.hidden.public)),
                                (PAYERS["//Bob"], self.door())):
                self.secrets[f"the signature of the getter {getter.hex()[:80]}"] = traces.of_bytes(key.sign(getter))
                answer = endpoint.getter(key, stage.shard, getter)
                if answer is None:
                    raise AssertionError(f"no answer to {getter.hex()}")
        finally:
            endpoint.close()

    def door(self):
        return b"\xc8" + PAYERS["//Bob"].public + sized(b"gated") + sized(b"\x01" + self.room.public)

    def plant(self):
        fortune = self.number("a balance that was set", 15)
        stage.wallet.ok("trusted", "set-balance", "0x" + self.rich.public.hex(), f"{fortune // UNIT}.{fortune % UNIT:012}")
        gift = self.number("the amount of a transfer", 14)
        self.call("the transfer", self.rich, balance_transfer(self.rich.public, self.hidden.public, gift))
        self.secrets["what is left of a balance"] = traces.of_number(fortune - gift, 16)
        counted = self.number("what a counter counts", 8, 8)
        self.call("the counter's call", self.rich, counter_add(self.rich.public, counted))
        threshold = self.number("the threshold of a room", 6)
        self.call("the opening of a room", self.room, gated_open(self.room.public, threshold))
        bob = PAYERS["//Bob"]
        self.call("the entering of a room", bob, gated_enter(bob.public, self.room.public))
        too_much = self.number("the amount of a transfer that fails", 12)
        self.call("a transfer that fails", self.poor, balance_transfer(self.poor.public, self.hidden.public, too_much), "failed")
        self.pay_out()
        self.getters()

    def pay_out(self):
        """Beneficiary and amount are on the chain for everybody to read; who pays is not, nor whose account is shielded."""
        owner, beneficiary = Ed25519Key(os.urandom(32)), os.urandom(32)
        self.secrets["the account of an owner"] = traces.of_account(owner.public)
        stage.chain.send("//Alice", shield_call(stage.shard, stage.encrypt(owner.public), 9 * UNIT))
        stage.wait_account(owner, (0, 9 * UNIT))
        self.call("an unshield", owner, balance_unshield(owner.public, beneficiary, 4 * UNIT, stage.shard))
        stage.chain.wait_until(lambda chain: chain.account(beneficiary)[1])


class Secrecy(unittest.TestCase):
    """One story in steps; the names keep them in order."""

    @classmethod
    def setUpClass(cls):
        cls.plants = Plants()
        cls.plants.plant()
        platform_secret = (stage.worker.data_dir / "sim-platform").read_bytes()
        endpoint = stage.endpoint()
        modulus, _ = endpoint.shielding_key()
        endpoint.close()
        stored = b"".join(bytes(piece) for path in cls.files() for piece in traces.file_pieces(path))
        keys = identity_secrets(stored, platform_secret, stage.fingerprint, stage.account, modulus)
        cls.plants.secrets |= {"the platform's secret": traces.of_bytes(platform_secret)}
        cls.plants.secrets |= {f"the {name}": traces.of_bytes(value) for name, value in keys.items()}

    @classmethod
    def files(cls):
        """Everything in the data directory but the simulated platform itself."""
        return [path for path in sorted(stage.worker.data_dir.rglob("*")) if path.is_file() and path.name != "sim-platform"]

    def assert_clean(self, place, pieces, *open_forms):
        """No secret is in there, and what is there openly is found in the same way."""
        self.assertTrue(traces.holds(pieces, open_forms), f"{place} is not searched as it should be")
        found = [name for name, forms in self.plants.secrets.items() if traces.holds(pieces, forms)]
        self.assertEqual(found, [], f"readable in {place}")
        size = sum(map(len, pieces))
        print(f"  {place}: {len(self.plants.secrets)} secrets are not in its {size} bytes", flush=True)

    def memory(self):
        return [traces.dense(piece) for piece in memory_of(stage.worker.process.pid)]

    def genesis(self):
        return bytes.fromhex(stage.ready["genesis"][2:])

    def test_1_memory_of_the_daemon_that_made_everything(self):
        self.assert_clean("the memory of redoubtd", self.memory(), OPEN_MARKER.encode())

    def test_2_files_after_a_restart(self):
        stage.worker.kill()
        start_worker()
        self.plants.getters()
        tables = [path for path in self.files() if path.suffix == ".sst"]
        self.assertTrue(tables, "what the log held is in a table after a restart")
        for table in tables:
            self.assertIn(b"NoCompression", table.read_bytes(), f"a search in {table} proves nothing")
        pieces = {path: traces.file_pieces(path) for path in self.files()}
        self.assertTrue(any(traces.holds(pieces[table], [self.genesis()]) for table in tables))
        self.assertTrue(any(traces.holds(pieces[table], [b"RDJ"]) for table in tables), "sealed records are in the tables")
        self.assert_clean("the data directory", [piece for one in pieces.values() for piece in one], self.genesis())

    def test_3_memory_of_the_daemon_that_started_again(self):
        self.assert_clean("the memory of redoubtd", self.memory(), OPEN_MARKER.encode())
        own = [pathlib.Path(f"/proc/{stage.worker.process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
        own.append(pathlib.Path(f"/proc/{stage.worker.enclave_pid()}/cmdline").read_bytes())
        self.assert_clean("command lines and environment", own, OPEN_MARKER.encode())

    def test_4_nobody_dumps_the_enclave(self):
        enclave = stage.worker.enclave_pid()
        command = [sys.executable, "-c", OPEN_MEMORY, str(enclave)]
        if os.geteuid() == 0:
            command = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace", *command]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=ANSWER_SECONDS_MAX)
        self.assertEqual(said.stdout.split(), ["opened", "refused"])
        limits = pathlib.Path(f"/proc/{enclave}/limits").read_text().splitlines()
        self.assertEqual([line.split()[4:6] for line in limits if line.startswith("Max core file size")], [["0", "0"]])
        os.kill(enclave, signal.SIGABRT)
        _, event = stage.worker.wait_event("enclave_restarted")
        self.assertIn("signal 6", event["reason"])
        self.assertEqual(list(working_folder().iterdir()), [])
        self.plants.getters()

    def test_5_core_dump_by_a_debugger(self):
        core, why_not = traces.core_by_debugger(stage.worker.process.pid, stage.work_dir)
        if core is None:
            print(f"  {why_not}; the search in the memory of the running process stands for it", flush=True)
            return
        self.assert_clean("a core dump by gcore", [traces.dense(core.read_bytes())], OPEN_MARKER.encode())
        core.unlink()

    def test_6_core_dump_by_the_kernel(self):
        os.kill(stage.worker.process.pid, signal.SIGABRT)
        self.assertEqual(stage.worker.process.wait_exit(), -signal.SIGABRT)
        cores = list(working_folder().iterdir())
        if not traces.kernel_keeps_cores() or resource.getrlimit(resource.RLIMIT_CORE)[0] == 0:
            print("  the kernel leaves no core files here (core_pattern, RLIMIT_CORE): the search in the memory of the running "
                  "process stands for it", flush=True)
            return
        self.assertEqual(len(cores), 1, "one core file, and none of the enclave")
        self.assert_clean("a core file of redoubtd", [traces.dense(cores[0].read_bytes())], OPEN_MARKER.encode())
        cores[0].unlink()

    def test_7_what_was_said(self):
        log = stage.worker.process.log_path.read_bytes()
        self.assert_clean("what redoubtd said", [log], OPEN_MARKER.encode())


if __name__ == "__main__":
    suite.main("chain", "worker", "wallet")
