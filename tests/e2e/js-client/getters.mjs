// Connects the stock worker client, unchanged, to a trusted endpoint and prints what it gets as one JSON line:
//
//     node getters.mjs wss://127.0.0.1:2000 SHARD MRENCLAVE        (both base58)
//
// Gets the shielding key, the nonce and the balance of //Alice. Without SHARD and MRENCLAVE it asks the worker for
// both. With `--refusals` it also asks for the shard's vault and tries a direct call, which this worker refuses, and
// prints what the client makes of that.
// Certificate checks are off, as in the original's own tools: the client has no way to know the enclave's key.
import { Keyring } from "@polkadot/keyring";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import { IntegriteeWorker } from "@encointer/worker-api";
import bs58 from "bs58";
import WebSocket from "websocket";

const TIMEOUT_MS = 20_000;

const createWebSocket = (url) =>
    new WebSocket.w3cwebsocket(url, undefined, undefined, undefined, { rejectUnauthorized: false });

/** One question without the client: the value of an RpcReturnValue that holds 32 bytes, in base58. */
function askHash(url, method) {
    return new Promise((resolve, reject) => {
        const socket = createWebSocket(url);
        socket.onerror = () => reject(new Error(`cannot connect to ${url}`));
        socket.onopen = () => socket.send(JSON.stringify({ jsonrpc: "2.0", method, params: [], id: 1 }));
        socket.onmessage = (message) => {
            const { result } = JSON.parse(message.data);
            socket.close();
            resolve(bs58.encode(Buffer.from(result.slice(4, 68), "hex")));
        };
    });
}

/** The message of a refusal. This client throws it in its message handler instead of rejecting the promise. */
function refusalOf(request) {
    return new Promise((resolve) => {
        const onError = (error) => resolve(error.message);
        process.once("uncaughtException", onError);
        request.then(
            (value) => resolve(`not refused: ${value}`),
            (error) => resolve(error.message),
        ).finally(() => process.off("uncaughtException", onError));
    });
}

async function main() {
    const isTryingRefusals = process.argv.includes("--refusals");
    const [url, givenShard, givenMrenclave] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
    if (url === undefined) {
        throw new Error("usage: node getters.mjs URL [SHARD MRENCLAVE] [--refusals]");
    }
    const shard = givenShard ?? (await askHash(url, "author_getShard"));
    const mrenclave = givenMrenclave ?? (await askHash(url, "author_getFingerprint"));

    await cryptoWaitReady();
    const keyring = new Keyring({ type: "sr25519" });
    const alice = keyring.addFromUri("//Alice", { name: "Alice" });
    const worker = new IntegriteeWorker(url, { keyring, createWebSocket });
    const options = { timeout: TIMEOUT_MS };

    const key = await worker.getShieldingKey(options);
    const nonce = await worker.getNonce(alice, shard, options);
    const balance = await worker.getBalance(alice, shard, options);
    const answer = {
        shielding_key: { algorithm: key.algorithm.name, bits: key.algorithm.modulusLength },
        shard,
        mrenclave,
        nonce: nonce.toNumber(),
        balance: balance.toString(),
    };
    if (isTryingRefusals) {
        answer.shard_vault = await refusalOf(worker.getShardVault(options));
        answer.submission = await refusalOf(
            worker.trustedBalanceTransfer(alice, shard, mrenclave, alice.address, alice.address, 1, options),
        );
    }
    await worker.close();
    return answer;
}

// The client prints what it sends and receives; standard output is for the answer alone.
console.log = () => {};
main().then(
    (answer) => {
        process.stdout.write(JSON.stringify(answer) + "\n");
        process.exitCode = 0;
    },
    (error) => {
        process.stderr.write(`${error.stack ?? error}\n`);
        process.exitCode = 1;
    },
);
