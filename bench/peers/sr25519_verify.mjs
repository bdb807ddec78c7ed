// P02's peer: sr25519 verification by @polkadot/wasm-crypto, CPU microseconds per signature on stdout.
import { sr25519KeypairFromSeed, sr25519Sign, sr25519Verify, waitReady } from '@polkadot/wasm-crypto';

const SIGNATURES = 2000;
const MESSAGE_BYTES = 100;

await waitReady();
const pair = sr25519KeypairFromSeed(new Uint8Array(32).fill(1));
const secretKey = pair.slice(0, 64);
const publicKey = pair.slice(64);
const message = new Uint8Array(MESSAGE_BYTES).fill(7);
const signature = sr25519Sign(publicKey, secretKey, message);

function verify(count) {
  for (let i = 0; i < count; i++) {
    if (!sr25519Verify(signature, message, publicKey)) {
      throw new Error('the signature was refused');
    }
  }
}

verify(SIGNATURES / 4);
const before = process.cpuUsage();
verify(SIGNATURES);
const used = process.cpuUsage(before);
console.log((used.user + used.system) / SIGNATURES);
