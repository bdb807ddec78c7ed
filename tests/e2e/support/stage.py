"""Chain, worker and wallet together, and what tests do with all three."""
from . import chains
from .chain import BLOCKS_SECONDS_MAX, Chain, invoke_call, shield_call
from .crypto import Ed25519Key, rsa_oaep_encrypt
from .process import ProcessError
from .scale import Reader, blake2_256
from .trusted import Endpoint, signed_operation
from .wallet import Wallet
from .worker import Worker

CONFIRM_PROCESSED = bytes([54, 1])
PUBLISH_HASH = bytes([54, 4])
UNIT = 10**12


def user(number):
    """A wallet user's key that no other party knows."""
    return Ed25519Key(bytes([number]) * 32)


class Confirmation:
    """The arguments of a confirm_processed_parentchain_block extrinsic."""

    def __init__(self, extrinsic):
        reader = Reader(extrinsic.call[2:])
        self.signer = extrinsic.signer
        self.shard = reader.take(32)
        self.block_hash = reader.take(32)
        self.block_number = reader.integer(4)
        self.root = reader.take(32)


class PublishedRoot:
    """The arguments of a publish_hash extrinsic that names the root of a shard's state after a block."""

    def __init__(self, extrinsic):
        reader = Reader(extrinsic.call[2:])
        self.root = reader.take(32)
        self.topics = [reader.take(32) for _ in range(reader.compact())]
        self.block_number = int.from_bytes(reader.take(reader.compact()), "little")


class Stage:
    """A chain of its own with one worker in dev mode (unless told otherwise) and a wallet."""

    def __init__(self, work_dir, worker=True, start_chain=chains.start):
        self.work_dir = work_dir
        work_dir.mkdir(parents=True, exist_ok=True)
        self.node = start_chain(work_dir)
        self.chain = Chain(self.node.url)
        self.wallet = Wallet(self.node.url, work_dir / "keystore")
        self.worker = None
        self.ready = None
        if worker:
            try:
                self.start_worker()
            except ProcessError:
                self.stop()
                raise

    def start_worker(self, *options, dev=True, **how):
        """Starts (again) the worker on the same data directory and waits until it is ready."""
        self.worker = Worker(self.node.url, self.work_dir / "data", *options, dev=dev, **how)
        self.ready = self.worker.wait_ready()
        return self.ready

    def stop(self):
        if self.worker is not None and self.worker.process.running():
            self.worker.stop()
        self.chain.close()
        self.node.stop()

    # -- what the start-up report says --
    @property
    def account(self):
        """The enclave's account id: its Ed25519 signing key."""
        return bytes.fromhex(self.ready["account_hex"].removeprefix("0x"))

    @property
    def shard(self):
        return bytes.fromhex(self.ready["shard"].removeprefix("0x"))

    @property
    def fingerprint(self):
        return bytes.fromhex(self.ready["measurement"].removeprefix("0x"))

    @property
    def endpoint_address(self):
        """host:port that the trusted endpoint listens on."""
        return self.ready["listen"]

    def endpoint(self):
        return Endpoint(f"wss://{self.endpoint_address}")

    # -- calls --
    def encrypt(self, plaintext):
        endpoint = self.endpoint()
        try:
            return endpoint.encrypt(plaintext)
        finally:
            endpoint.close()

    def invoke(self, ciphertext, sender="//Alice", shard=None):
        """Submits EnclaveBridge.invoke; returns the extrinsic's hash."""
        return self.chain.send(sender, invoke_call(shard or self.shard, ciphertext))

    def encrypt_with_kept_key(self):
        """A function that encrypts to the enclave without asking it again, for times when it is down."""
        endpoint = self.endpoint()
        modulus, exponent = endpoint.shielding_key()
        endpoint.close()
        return lambda plaintext: rsa_oaep_encrypt(modulus, exponent, plaintext)

    def send(self, key, call, nonce, sender="//Alice", signature=None, encrypt=None):
        """Encrypts and invokes a signed call; returns the TOP hash."""
        operation = signed_operation(key, call, nonce, self.fingerprint, self.shard, signature)
        self.invoke((encrypt or self.encrypt)(operation), sender)
        return blake2_256(operation)

    def shield(self, key, amount, sender="//Alice"):
        """Submits a shielding of `amount` to a user; the worker credits it when it sees the block."""
        return self.chain.send(sender, shield_call(self.shard, self.encrypt(key.public), amount))

    def wait_status(self, call_hash, timeout_s=BLOCKS_SECONDS_MAX):
        """The final status of a call, as its owner is told."""
        def decided(_):
            endpoint = self.endpoint()
            try:
                status = endpoint.call_status(call_hash)
            finally:
                endpoint.close()
            return status if status["status"] != "unknown" else None
        return self.chain.wait_until(decided, timeout_s)

    def wait_account(self, key, expected, timeout_s=BLOCKS_SECONDS_MAX):
        """Waits until a user's (nonce, balance) in the shard is as expected."""
        def settled(_):
            return self.account_info(key) == expected
        try:
            self.chain.wait_until(settled, timeout_s)
        except TimeoutError as late:
            raise AssertionError(f"(nonce, balance) is {self.account_info(key)}, expected {expected}") from late

    def account_info(self, key):
        endpoint = self.endpoint()
        try:
            return endpoint.account_info(key, self.shard)
        finally:
            endpoint.close()

    def counter(self, key):
        endpoint = self.endpoint()
        try:
            return endpoint.counter(key, self.shard)
        finally:
            endpoint.close()

    # -- confirmations --
    def confirmations(self, first, last):
        """Every confirmation in the blocks first..last, in order."""
        found = []
        for number in range(first, last + 1):
            _, extrinsics = self.chain.block(number)
            found += [Confirmation(x) for x in extrinsics if x.call[:2] == CONFIRM_PROCESSED]
        return found

    def wait_confirmation(self, number, timeout_s=BLOCKS_SECONDS_MAX):
        """The enclave's confirmation of a block that concerns its shard, waited for."""
        return self._wait_confirmation(number, lambda confirmed: confirmed == number, timeout_s)

    def wait_processed(self, number, timeout_s=BLOCKS_SECONDS_MAX):
        """Waits until a block was processed, and returns the confirmation that shows it: its own, or a later block's when
        there was nothing to confirm in it."""
        return self._wait_confirmation(number, lambda confirmed: confirmed >= number, timeout_s)

    def _wait_confirmation(self, number, matches, timeout_s):
        scanned = [number + 1]

        def look(chain):
            head = chain.number()
            while scanned[0] <= head:
                for confirmation in self.confirmations(scanned[0], scanned[0]):
                    if confirmation.signer == self.account and matches(confirmation.block_number):
                        return confirmation
                scanned[0] += 1
            return None
        return self.chain.wait_until(look, timeout_s)
