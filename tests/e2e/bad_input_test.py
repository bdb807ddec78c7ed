#!/usr/bin/env python3
"""Wrong surroundings: another chain, a damaged or shared data directory, and the enclave's own sandbox."""
import os
import pathlib
import shutil
import stat
import unittest

from support import chains, suite
from support.chain import Chain
from support.stage import UNIT, Stage, user
from support.worker import Worker, children_of

EXIT_DATA_DIRECTORY = 4
END_SECONDS_MAX = 300
stage = None


def setUpModule():
    global stage
    stage = Stage(suite.work_dir())
    stage.shield(user(40), 7 * UNIT)
    stage.wait_account(user(40), (0, 7 * UNIT))


def tearDownModule():
    if stage is not None:
        stage.stop()


class Sandbox(unittest.TestCase):
    def processes(self):
        """The enclave, the keeper beside it, and the process that makes evidence."""
        enclave = stage.worker.enclave_pid()
        keeper, = children_of(enclave)
        evidence, = children_of(keeper)
        return [enclave, keeper, evidence]

    def status(self, pid):
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
        return dict(line.split(":\t", 1) for line in lines if ":\t" in line)

    def test_seccomp_filter_without_new_privileges(self):
        for pid in self.processes():
            status = self.status(pid)
            self.assertEqual((status["Seccomp"], status["NoNewPrivs"]), ("2", "1"))

    def test_has_one_thread(self):
        for pid in self.processes():
            self.assertEqual(self.status(pid)["Threads"], "1")

    def test_holds_its_channels_and_its_error_output(self):
        # The host's channel and the one to the keeper; the keeper's ends of that and of the one to what makes evidence, which has one.
        for pid, channels in zip(self.processes(), (2, 2, 1), strict=True):
            held = [str(entry.readlink()) for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir()]
            self.assertEqual(len([one for one in held if one.startswith("socket:")]), channels, held)
            for one in held:
                self.assertTrue(one == "/dev/null" or one.startswith(("pipe:", "socket:")), held)

    def test_leaves_no_core_file(self):
        for pid in self.processes():
            limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
            core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
            self.assertEqual(core.split()[4:6], ["0", "0"], core)


class WrongSurroundings(unittest.TestCase):
    def ended(self, worker, code, *words):
        """The worker ends with the code and names cause and remedy."""
        self.assertEqual(worker.process.wait_exit(END_SECONDS_MAX), code, worker.process.tail())
        said = "\n".join(worker.process.lines).lower()
        for word in words:
            self.assertIn(word, said)

    def test_second_worker_on_the_same_data(self):
        second = Worker(stage.node.url, stage.work_dir / "data", name="second")
        self.ended(second, EXIT_DATA_DIRECTORY, "another", str(stage.work_dir / "data").lower())
        stage.wait_processed(stage.chain.number())

    def test_chain_with_another_genesis(self):
        self.assertEqual(stage.worker.stop(), 0)
        other = chains.start_another(stage.work_dir)
        try:
            other_chain = Chain(other.url)
            self.addCleanup(other_chain.close)
            self.assertNotEqual(other_chain.genesis_hash, stage.chain.genesis_hash)
            stranger = Worker(other.url, stage.work_dir / "data", name="wrong_chain")
            self.ended(stranger, EXIT_DATA_DIRECTORY, "genesis", other_chain.genesis_hash)
        finally:
            other.stop()
        stage.start_worker()
        self.assertEqual(stage.account_info(user(40)), (0, 7 * UNIT), "nothing is lost")

    def test_damaged_data_directory(self):
        self.assertEqual(stage.worker.stop(), 0)
        data, kept = stage.work_dir / "data", stage.work_dir / "kept"
        shutil.copytree(data, kept)
        damaged = 0
        for path in sorted(data.rglob("*")):
            if path.is_file() and path.stat().st_size > 64 and path.suffix in (".sst", ".log"):
                content = bytearray(path.read_bytes())
                middle = len(content) // 2
                content[middle:middle + 16] = bytes(byte ^ 0x55 for byte in content[middle:middle + 16])
                path.write_bytes(content)
                damaged += 1
        self.assertGreater(damaged, 0)
        broken = Worker(stage.node.url, data, name="damaged")
        self.ended(broken, EXIT_DATA_DIRECTORY, str(data).lower())
        shutil.rmtree(data)
        shutil.copytree(kept, data)
        stage.start_worker()
        self.assertEqual(stage.account_info(user(40)), (0, 7 * UNIT))

    def test_data_of_another_enclave_platform(self):
        """Without the platform's secret the sealed identity cannot be opened; the worker says so and keeps it."""
        self.assertEqual(stage.worker.stop(), 0)
        data, kept = stage.work_dir / "data", stage.work_dir / "kept_platform"
        shutil.copytree(data, kept)
        secret = next(path for path in data.rglob("*") if path.is_file() and path.stat().st_size == 32)
        secret.write_bytes(bytes(32))
        stranger = Worker(stage.node.url, data, name="foreign_platform")
        self.ended(stranger, EXIT_DATA_DIRECTORY, "platform")
        shutil.rmtree(data)
        shutil.copytree(kept, data)
        stage.start_worker()
        self.assertEqual(stage.account_info(user(40)), (0, 7 * UNIT))


class Private(unittest.TestCase):
    """What the worker's user has is for nobody else, and the enclave has no rights beyond computing."""

    def test_the_enclave_has_no_capability_also_as_root(self):
        status = pathlib.Path(f"/proc/{stage.worker.enclave_pid()}/status").read_text().splitlines()
        rights = dict(line.split(":\t", 1) for line in status if line.startswith("Cap"))
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(rights[name], 16), 0, name)
        if os.geteuid() == 0:
            own = pathlib.Path("/proc/self/status").read_text().split("CapEff:\t")[1].split()[0]
            if int(own, 16) >> 8 & 1:  # CAP_SETPCAP: may reduce the bounding set
                self.assertEqual(int(rights["CapBnd"], 16), 0)

    def test_the_enclave_has_limits(self):
        text = pathlib.Path(f"/proc/{stage.worker.enclave_pid()}/limits").read_text()
        limits = {line[:25].strip(): line[25:].split()[:2] for line in text.splitlines()[1:]}
        for name in ("Max core file size", "Max open files", "Max processes", "Max file size"):
            self.assertEqual(limits[name], ["0", "0"], name)
        self.assertEqual(limits["Max address space"], [str(8 << 30)] * 2)

    def test_the_data_directory_is_private_and_a_wider_one_is_narrowed(self):
        folder = stage.work_dir / "data"

        def wide():
            return [str(path) for path in [folder, *folder.rglob("*")] if stat.S_IMODE(path.lstat().st_mode) & 0o077]
        self.assertEqual(wide(), [])
        self.assertEqual(stage.worker.stop(), 0)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o777)
        stage.start_worker()
        self.assertEqual(wide(), [])
        self.assertIn("could be reached by other users", "\n".join(stage.worker.process.lines))


if __name__ == "__main__":
    suite.main("chain", "worker")
