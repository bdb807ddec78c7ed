"""Trusted calls and the worker's own endpoint, as another implementation of a wallet sees them."""
import base64
import json
import ssl
import subprocess

from .crypto import rsa_oaep_encrypt
from .scale import Reader, sized, u32, u128
from .websocket import ANSWER_SECONDS_MAX, JsonRpc

ED25519_OID = bytes.fromhex("300506032b6570")
INDIRECT_CALL = b"\x00"


def balance_transfer(sender, to, amount):
    return b"\x02" + sender + to + u128(amount)


def balance_unshield(sender, beneficiary, amount, shard):
    """Paid out through EnclaveBridge.unshield_funds."""
    return b"\x07" + sender + beneficiary + u128(amount) + shard


def counter_add(sender, amount):
    """Redoubt's own call 200: a module's name and the module's call (00: add, u64)."""
    return b"\xc8" + sender + sized(b"counter") + sized(b"\x00" + amount.to_bytes(8, "little"))


def gated_open(sender, threshold):
    """Module "gated", 00: opens the sender's room, or changes what it asks for."""
    return b"\xc8" + sender + sized(b"gated") + sized(b"\x00" + u128(threshold))


def gated_enter(sender, room):
    """Module "gated", 01: lets the sender in when it holds enough on the chain."""
    return b"\xc8" + sender + sized(b"gated") + sized(b"\x01" + room)


def signed_operation(key, call, nonce, fingerprint, shard, signature=None):
    """SCALE of TrustedOperation::indirect_call, signed with an Ed25519 key (or carrying `signature` instead)."""
    if signature is None:
        signature = key.sign(call + u32(nonce) + fingerprint + shard)
    return INDIRECT_CALL + call + u32(nonce) + b"\x00" + b"\x00" + signature


def signed_getter(key, shard, getter):
    """The parameter of state_executeGetter: a getter that its owner signed."""
    return "0x" + (shard + sized(b"\x01" + getter + b"\x00" + b"\x00" + key.sign(getter))).hex()


def account_getter(owner):
    return b"\x00" + owner


def counter_getter(owner):
    """A module query (200) to "counter", 00: get."""
    return b"\xc8" + owner + sized(b"counter") + sized(b"\x00")


def returned(result):
    """The value inside an RpcReturnValue; raises when its status says Error."""
    reader = Reader(bytes.fromhex(result.removeprefix("0x")))
    value = reader.sized()
    reader.take(1)
    if reader.integer(1) == 2:
        raise RuntimeError(Reader(value).sized().decode())
    return value


def getter_answer(result):
    """What a getter gives, None when it is refused."""
    value = returned(result)
    return None if value[0] == 0 else Reader(value[1:]).sized()


def read_account(answer):
    """(nonce, free balance) in the shard."""
    reader = Reader(answer)
    nonce = reader.integer(4)
    reader.take(12)
    return nonce, reader.integer(16)


class Endpoint:
    """A connection to the trusted endpoint. It takes any certificate: `ed25519_certificate_key` looks at the key."""

    def __init__(self, url):
        self.rpc = JsonRpc.connect(url, any_certificate())

    def value(self, method, *params):
        """The value inside an RpcReturnValue; raises when its status says Error."""
        return returned(self.rpc.call(method, *params))

    def shielding_key(self):
        """(modulus, exponent) of the RSA key."""
        parts = json.loads(Reader(self.value("author_getShieldingKey")).sized())
        return int.from_bytes(bytes(parts["n"]), "little"), int.from_bytes(bytes(parts["e"]), "little")

    def encrypt(self, plaintext):
        modulus, exponent = self.shielding_key()
        return rsa_oaep_encrypt(modulus, exponent, plaintext)

    def getter(self, key, shard, getter):
        """The value that a signed getter gives, None when it is refused."""
        return getter_answer(self.rpc.call("state_executeGetter", signed_getter(key, shard, getter)))

    def account_info(self, key, shard):
        """(nonce, free balance) in the shard."""
        return read_account(self.getter(key, shard, account_getter(key.public)))

    def counter(self, key, shard):
        return int.from_bytes(self.getter(key, shard, counter_getter(key.public)), "little")

    def inside(self, key, shard, room):
        """The block in which the key entered a room last, or None: a module query to "gated", 00: inside."""
        answer = self.getter(key, shard, b"\xc8" + key.public + sized(b"gated") + sized(b"\x00" + room))
        return int.from_bytes(answer[1:], "little") if answer[0] else None

    def door(self, key, shard, room):
        """A module query to "gated", 01: (threshold or None, balance on the chain, whether it opens, block number, hash)."""
        reader = Reader(self.getter(key, shard, b"\xc8" + key.public + sized(b"gated") + sized(b"\x01" + room)))
        threshold = reader.integer(16) if reader.integer(1) else None
        return threshold, reader.integer(16), reader.integer(1) == 1, reader.integer(4), reader.take(32)

    def call_status(self, call_hash):
        return self.rpc.call("redoubt_callStatus", "0x" + call_hash.hex())

    def close(self):
        self.rpc.close()


def any_certificate():
    """A TLS context that checks no certificate; a worker's is self-signed and compared by its key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def ed25519_certificate_key(address):
    """The 32-byte key of the certificate that the endpoint at `host:port` shows to a client which knows Ed25519 only."""
    done = subprocess.run(["openssl", "s_client", "-connect", address, "-sigalgs", "ed25519"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=ANSWER_SECONDS_MAX)
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if begin not in done.stdout:
        raise RuntimeError(f"no certificate from {address}: {done.stderr}")
    certificate = base64.b64decode(done.stdout.split(begin)[1].split(end)[0])
    # SubjectPublicKeyInfo: the algorithm, then a BIT STRING of 33 bytes with no unused bits.
    head = ED25519_OID + bytes.fromhex("032100")
    at = certificate.index(head) + len(head)
    return certificate[at:at + 32]


def health(address):
    """What system_health says at host:port."""
    endpoint = Endpoint(f"wss://{address}")
    try:
        return endpoint.rpc.call("system_health")
    finally:
        endpoint.rpc.close()
