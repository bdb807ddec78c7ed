"""Remembers everything that a worker has told anybody, and objects when it is not true any more."""
import random
import ssl
import threading

from .stage import CONFIRM_PROCESSED, Confirmation
from .trusted import Endpoint, account_getter, counter_getter, getter_answer, read_account, signed_getter
from .websocket import JsonRpc, WebSocketError

# How an endpoint looks that was killed, or does not stand yet. Waiting in vain is something else.
AWAY = (WebSocketError, ConnectionError, ssl.SSLError)
UNKNOWN, PAID = "unknown", "paid"
STATUSES_NEW, STATUSES_OLD, STATUSES_MAX = 24, 12, 48
# What system_health says of the state after a block: the same whenever it is asked for that block.
STATE_FIELDS = ("lastBlock", "lastBlockHash", "chainTime", "outboxSize", "stateRoot")


class Objection(AssertionError):
    """What was acknowledged is gone, or is not what the blocks say."""


class Witness(threading.Thread):
    """After each block reads the chain, asks the endpoint for everything in one message, and compares with the ledger.

    `known` is the highest block of which anything was told: by the endpoint, a confirmation on the chain or an event of the
    daemon. No later answer may stand before it.
    """

    def __init__(self, chain, ledger, endpoint_url, account, shard, users):
        super().__init__(daemon=True)
        self.failure = None
        self.answers = 0
        self.connections = 0
        self.confirmed = {}  # block number -> (block hash, root)
        self.states = {}  # block number -> what system_health said of the state after it
        self.paid = set()
        self._chain, self.ledger = chain, ledger
        self._url, self._account, self._users = endpoint_url, account, users
        getters = [getter(key.public) for key in users for getter in (account_getter, counter_getter)]
        owners = [key for key in users for _ in range(2)]
        self._questions = [("system_health", [])] + [("state_executeGetter", [signed_getter(key, shard, getter)])
                                                     for key, getter in zip(owners, getters)]
        self._choose = random.Random(0)
        self._endpoint = None
        self._known = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    @property
    def known(self):
        with self._lock:
            return self._known

    def hear(self, number):
        """The worker said that it has imported a block."""
        with self._lock:
            self._known = max(self._known, number)

    def run(self):
        heads = JsonRpc.connect(self._chain.url)
        try:
            heads.call("chain_subscribeFinalizedHeads")
            while not self._stopping.is_set():
                self.look(int(heads.next_notification()["params"]["result"]["number"], 16))
        except Exception as error:  # told by check()
            self.failure = error
        finally:
            heads.close()

    def check(self):
        """Raises what it objected to."""
        if self.failure is not None:
            raise self.failure

    def finish(self):
        self._stopping.set()
        self.join()
        self.check()

    def look(self, head):
        """Reads the chain up to `head` and asks the endpoint. Returns what it says of the state, None when it is away."""
        self.ledger.read_to(head, self._read_block)
        asked = [one for one in self.ledger.decided if one.status_hash is not None]
        old = asked[:-STATUSES_NEW]
        return self._ask(asked[-STATUSES_NEW:] + self._choose.sample(old, min(STATUSES_OLD, len(old))))

    def look_at_every_call(self):
        """Asks for the status of each call that any block holds."""
        asked = [one for one in self.ledger.decided if one.status_hash is not None]
        for first in range(0, len(asked), STATUSES_MAX):
            if self._ask(asked[first:first + STATUSES_MAX]) is None:
                raise Objection("the endpoint is away")

    def hang_up(self):
        if self._endpoint is not None:
            self._endpoint.close()
        self._endpoint = None

    def _read_block(self, number, block_hash, extrinsics):
        for one in extrinsics:
            if one.call[:2] == CONFIRM_PROCESSED and one.signer == self._account:
                told = Confirmation(one)
                before = self.confirmed.setdefault(told.block_number, (told.block_hash, told.root))
                if before != (told.block_hash, told.root):
                    raise Objection(f"block {told.block_number} is confirmed a second time with something else")
                self.hear(told.block_number)

    def _ask(self, asked):
        try:
            if self._endpoint is None:
                self._endpoint = Endpoint(self._url)
                self.connections += 1
            known = self.known  # by now: what is told meanwhile need not be in this answer
            health, *rest = self._endpoint.rpc.batch(
                self._questions + [("redoubt_callStatus", ["0x" + one.status_hash.hex()]) for one in asked])
        except AWAY:
            self.hang_up()
            return None
        number = health["lastBlock"]
        if number is None or number < known:
            raise Objection(f"the worker stands at block {number} and has told of block {known} before")
        self.ledger.read_to(number, self._read_block)
        accounts, statuses = rest[:2 * len(self._users)], rest[2 * len(self._users):]
        self._compare_accounts(number, accounts)
        self._compare_statuses(number, asked, statuses)
        state = {name: health[name] for name in STATE_FIELDS if name in health}
        before = self.states.setdefault(number, state)
        if before != state:
            raise Objection(f"the state after block {number} is {state} and was {before}")
        self.hear(number)
        self.answers += 1
        return state

    def _compare_accounts(self, number, answers):
        for index, key in enumerate(self._users):
            account, counter = (getter_answer(answer) for answer in answers[2 * index:2 * index + 2])
            told = (*read_account(account), int.from_bytes(counter, "little"))
            expected = self.ledger.after(number).of(key.public)
            if told != expected:
                raise Objection(f"after block {number} user {index} has (nonce, balance, counter) {told}, by the chain's blocks "
                                f"it is {expected}")

    def _compare_statuses(self, number, asked, answers):
        for one, told in zip(asked, answers, strict=True):
            done = one.block <= number
            expected = (one.status, one.block) if done else (UNKNOWN, None)
            if (told["status"], told["block_number"]) != expected:
                raise Objection(f"after block {number} a call has the status {told}, by the chain's blocks it is {expected}")
            if one.status_hash in self.paid and told["payment"] != PAID:
                raise Objection(f"after block {number} a payment is {told['payment']} that was said to be paid")
            if told["payment"] == PAID:
                self.paid.add(one.status_hash)
