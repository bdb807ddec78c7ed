// P05's peer: decodes a read proof with @acala-network/chopsticks-executor. Reads {root, nodes, keys} from stdin and
// prints CPU microseconds per proof.
import { readFileSync } from 'node:fs';
import { decode_proof } from '@acala-network/chopsticks-executor';

const ROUNDS = 60;
const { root, nodes, keys } = JSON.parse(readFileSync(0, 'utf8'));

async function decode(rounds) {
  for (let i = 0; i < rounds; i++) {
    const values = new Map(await decode_proof(root, nodes));
    if (keys.some((key) => !values.has(key))) {
      throw new Error('the proof does not hold a key');
    }
  }
}

await decode(ROUNDS / 4);
const before = process.cpuUsage();
await decode(ROUNDS);
const used = process.cpuUsage(before);
console.log((used.user + used.system) / ROUNDS);
