"""What the tests read from and send to the chain themselves, with the layouts of the runtime they run (spec 50)."""
import hashlib
import time

from .crypto import dev_key
from .scale import Reader, base58, blake2_128_concat, blake2_256, compact, sized, u32, u128
from .websocket import JsonRpc

# Public keys (sr25519) of the accounts that the wallet signs for; every chain funds them.
DEV_ACCOUNTS = {
    "//Alice": bytes.fromhex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"),
    "//Bob": bytes.fromhex("8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48"),
    "//Charlie": bytes.fromhex("90b5ab205c6974c9ea841be688864633dc9ca8a357843eeacf2314649965fe22"),
    "//Dave": bytes.fromhex("306721211d5404bd9da88e0204360a1a9ab8b87c66c1bc2fcdd37f3c2222cc20"),
    "//Eve": bytes.fromhex("e659a7a1628cdd93febc04a4e0646ea20e9f5f0ce097d9a05290d4a9e054df4e"),
    "//Ferdie": bytes.fromhex("1cbd2d43530a44705ad088af313e18f80b53ef16b36177cd4b77b846f2a5f07c"),
}
# The tests themselves sign for the Ed25519 accounts of the same names, which the test's chain funds too.
PAYERS = {uri: dev_key(uri) for uri in ("//Alice", "//Bob")}
PAYER_FUNDS = 10**18

# For what takes a few blocks: it is there in seconds, and much later on a machine that has other work.
BLOCKS_SECONDS_MAX = 300

INVOKE = bytes([54, 0])
SHIELD_FUNDS = bytes([54, 2])
TRANSFER_KEEP_ALIVE = bytes([10, 3])
TIMESTAMP_SET = bytes([3, 0])


def _twox_128(name):
    """Known prefixes only: xxHash is not in Python's library."""
    return bytes.fromhex({"System": "26aa394eea5630e07c48ae0c9558cef7", "Account": "b99d880ec681799c0cf30e8886371da9",
                          "EventTopics": "bb94e1c21adab714983cf06622e1de76"}[name])


ACCOUNT_PREFIX = _twox_128("System") + _twox_128("Account")
EVENT_TOPICS_PREFIX = _twox_128("System") + _twox_128("EventTopics")


class Extrinsic:
    """A decoded extrinsic: its call, and the signer where there is one.

    With `checks_metadata` the runtime has CheckMetadataHash as its last extension: `mode` is then 1 when the metadata's
    digest was signed, and 0 when not.
    """

    def __init__(self, hex_text, checks_metadata=False):
        self.bytes = bytes.fromhex(hex_text.removeprefix("0x"))
        reader = Reader(self.bytes)
        reader.compact()
        version = reader.integer(1)
        self.signer = None
        if version & 0x80:
            if reader.integer(1) != 0:
                raise ValueError("the signer is no account id")
            self.signer = reader.take(32)
            reader.take({0: 64, 1: 64, 2: 65}[reader.integer(1)])
            if reader.integer(1) != 0:
                reader.take(1)
            self.nonce = reader.compact()
            reader.compact()
            self.mode = reader.integer(1) if checks_metadata else None
        self.call = reader.rest()
        self.hash = blake2_256(self.bytes)

    def leaf(self):
        """blake2_256 of the indirect call in this extrinsic, None when it holds none."""
        arguments = self.call[2:]
        if self.call[:2] == SHIELD_FUNDS:
            return blake2_256(b"\x00" + arguments)
        if self.call[:2] == INVOKE:
            return blake2_256(b"\x01" + arguments)
        if self.call[:2] == TIMESTAMP_SET:
            return blake2_256(b"\x02" + arguments)
        return None


def invoke_call(shard, ciphertext):
    return INVOKE + shard + sized(ciphertext)


def shield_call(shard, encrypted_account, amount):
    return SHIELD_FUNDS + shard + sized(encrypted_account) + u128(amount)


def transfer_call(to, amount):
    return TRANSFER_KEEP_ALIVE + b"\x00" + to + compact(amount)


class Chain:
    """A connection for questions, and another one for finalized heads."""

    def __init__(self, url):
        self.url = url
        self.rpc = JsonRpc.connect(url)
        self.genesis_hash = self.rpc.call("chain_getBlockHash", 0)
        self._checks_metadata = b"CheckMetadataHash".hex() in self.rpc.call("state_getMetadata")
        self._sent = {}

    def close(self):
        self.rpc.close()

    def number(self):
        return int(self.rpc.call("chain_getHeader", self.rpc.call("chain_getFinalizedHead"))["number"], 16)

    def block(self, number):
        """(hash, extrinsics) of a block."""
        block_hash = self.rpc.call("chain_getBlockHash", number)
        block = self.rpc.call("chain_getBlock", block_hash)["block"]
        return block_hash, [Extrinsic(text, self._checks_metadata) for text in block["extrinsics"]]

    def account(self, account_id):
        """(nonce, free balance) of an account."""
        key = "0x" + (ACCOUNT_PREFIX + blake2_128_concat(account_id)).hex()
        value = self.rpc.call("state_getStorage", key)
        if value is None:
            return 0, 0
        reader = Reader(bytes.fromhex(value[2:]))
        nonce = reader.integer(4)
        reader.take(12)
        return nonce, reader.integer(16)

    def has_event_of(self, topic, block_hash):
        """Whether the block has an event with this topic."""
        key = "0x" + (EVENT_TOPICS_PREFIX + blake2_128_concat(topic)).hex()
        return self.rpc.call("state_getStorage", key, block_hash) is not None

    def next_nonce(self, account_id):
        """The nonce of an account's next transaction: those that this connection sent count, in a block or not."""
        nonce = max(self.account(account_id)[0], self._sent.get(account_id, 0))
        self._sent[account_id] = nonce + 1
        return nonce

    def signed(self, key, nonce, call):
        """An immortal version 4 extrinsic, signed with an Ed25519 key."""
        version = self.rpc.call("state_getRuntimeVersion")
        genesis = bytes.fromhex(self.genesis_hash[2:])
        mode, digest = (b"\x00", b"\x00") if self._checks_metadata else (b"", b"")
        extra = b"\x00" + compact(nonce) + compact(0) + mode
        payload = call + extra + u32(version["specVersion"]) + u32(version["transactionVersion"]) + genesis + genesis + digest
        signature = key.sign(blake2_256(payload) if len(payload) > 256 else payload)
        return sized(b"\x84\x00" + key.public + b"\x00" + signature + extra + call)

    def send(self, payer, call):
        """Submits `call`, signed and paid by one of PAYERS; returns the extrinsic's hash."""
        key = PAYERS[payer]
        extrinsic = self.signed(key, self.next_nonce(key.public), call)
        self.rpc.call("author_submitExtrinsic", "0x" + extrinsic.hex())
        return blake2_256(extrinsic)

    def wait_until(self, probe, timeout_s=BLOCKS_SECONDS_MAX):
        """Asks `probe(self)` now and after each finalized block until the answer is truthy, and returns it."""
        answer = probe(self)
        if answer:
            return answer
        deadline = time.monotonic() + timeout_s
        heads = JsonRpc.connect(self.url)
        try:
            heads.call("chain_subscribeFinalizedHeads")
            while True:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise TimeoutError(f"not seen on the chain within {timeout_s} s")
                heads.next_notification(remaining)
                answer = probe(self)
                if answer:
                    return answer
        finally:
            heads.close()

    def find_extrinsic(self, extrinsic_hash, since, timeout_s=BLOCKS_SECONDS_MAX):
        """(block number, block hash, index) of a submitted extrinsic, waited for."""
        seen = [since]

        def look(chain):
            head = chain.number()
            while seen[0] <= head:
                block_hash, extrinsics = chain.block(seen[0])
                for index, extrinsic in enumerate(extrinsics):
                    if extrinsic.hash == extrinsic_hash:
                        return seen[0], block_hash, index
                seen[0] += 1
            return None
        return self.wait_until(look, timeout_s)


def ss58(account_id, prefix=13):
    """The SS58 text of an account (two-byte prefixes are not needed here)."""
    body = bytes([prefix]) + account_id
    return base58(body + hashlib.blake2b(b"SS58PRE" + body).digest()[:2])
