// polkadot-api, unchanged: connects, submits, watches, and decodes every block and event.
// Usage: node polkadot-api.mjs ws://127.0.0.1:PORT; prints one JSON object of what it saw.
import assert from 'node:assert/strict';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { Enum } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { createWsClient } from 'polkadot-api/ws';
import { WebSocket } from 'ws';

const UNIT = 1_000_000_000_000n;
await cryptoWaitReady();
const client = createWsClient(process.argv[2], { websocketClass: WebSocket });
const api = client.getUnsafeApi();
const keyring = new Keyring({ type: 'sr25519' });
const alice = keyring.addFromUri('//Alice');
const stranger = keyring.addFromUri('//Outlander');
const signer = getPolkadotSigner(alice.publicKey, 'Sr25519', (bytes) => alice.sign(bytes));

/** Every finalized block as it comes, with its decoded events: the client keeps blocks only for a while. */
const decoded = { blocks: 0, extrinsics: 0, events: 0, numbers: [] };
const follower = client.finalizedBlock$.subscribe((block) => {
  decoded.numbers.push(block.number);
  decode(block).catch((error) => { console.error(error); process.exit(1); });
});
async function decode(block) {
  const [body, events] = await Promise.all([
    client.getBlockBody(block.hash), api.query.System.Events.getValue({ at: block.hash })]);
  assert.ok(body.length >= 1, `block ${block.number} is empty`);
  for (const { event } of events) {
    assert.ok(event.type && event.value.type);
  }
  decoded.blocks += 1;
  decoded.extrinsics += body.length;
  decoded.events += events.length;
}

/** Submits and waits for the end; gives what was seen on the way. */
function submit(transaction) {
  const seen = [];
  return new Promise((resolve, reject) => {
    transaction.signSubmitAndWatch(signer).subscribe({
      next: (event) => {
        seen.push(event.type === 'txBestBlocksState' ? `${event.type}:${event.found}` : event.type);
        if (event.type === 'finalized') resolve({ seen, ...event });
      },
      error: reject,
    });
  });
}

async function checkChain() {
  const spec = await client.getChainSpecData();
  assert.equal(spec.properties.ss58Format, 42);
  const version = await api.constants.System.Version();
  const genesis = await client._request('chainSpec_v1_genesisHash', []);
  assert.equal(spec.genesisHash, genesis);
  assert.equal((await api.apis.Core.version()).spec_version, version.spec_version);
  return { chain: spec.name, spec: version.spec_name };
}

async function checkTransfers() {
  await client._request('dev_setFinality', [null, 2]);
  const transfer = api.tx.Balances.transfer_keep_alive({ dest: Enum('Id', stranger.address), value: 5n * UNIT });
  assert.ok(await transfer.getEstimatedFees(alice.address) > 0n);
  const done = await submit(transfer);
  assert.ok(done.ok, JSON.stringify(done.dispatchError));
  for (const step of ['signed', 'broadcasted', 'txBestBlocksState:true', 'finalized']) {
    assert.ok(done.seen.includes(step), `${step} is missing: ${done.seen}`);
  }
  assert.ok(done.events.some((event) => event.type === 'Balances' && event.value.type === 'Transfer'));
  const account = await api.query.System.Account.getValue(stranger.address);
  assert.equal(account.data.free, 5n * UNIT);
  return done.seen;
}

async function checkFailure() {
  const done = await submit(api.tx.Balances.force_transfer({
    source: Enum('Id', alice.address), dest: Enum('Id', stranger.address), value: UNIT }));
  assert.equal(done.ok, false);
  assert.equal(done.dispatchError.type, 'BadOrigin');
}

async function checkState() {
  assert.ok((await api.query.System.Account.getEntries()).length >= 12);
  const several = await api.query.System.Account.getValues([[alice.address], [stranger.address]]);
  assert.equal(several.length, 2);
  const [best] = await client.getBestBlocks();
  const header = await client.getBlockHeader(best.hash);
  assert.equal(header.number, best.number);
}

/** A value that changes is told. */
async function checkSubscription() {
  const values = [];
  const enough = new Promise((resolve, reject) => {
    const subscription = api.query.System.Account.watchValue(stranger.address, { at: 'best' }).subscribe({
      next: (told) => {
        values.push((told.value ?? told).data.free);
        if (values.length === 2) { subscription.unsubscribe(); resolve(); }
      },
      error: reject,
    });
  });
  await submit(api.tx.Utility.batch_all({ calls: [
    api.tx.System.remark({ remark: new Uint8Array([1]) }).decodedCall,
    api.tx.Balances.transfer_allow_death({ dest: Enum('Id', stranger.address), value: UNIT }).decodedCall] }));
  await enough;
  assert.equal(values[1] - values[0], UNIT);
}

const report = await checkChain();
report.seen = await checkTransfers();
await checkFailure();
await checkState();
await checkSubscription();
follower.unsubscribe();
const first = decoded.numbers[0];
assert.deepEqual(decoded.numbers, decoded.numbers.map((_, i) => first + i), 'finalized blocks were skipped');
delete decoded.numbers;
console.log(JSON.stringify({ ...report, ...decoded }));
client.destroy();
process.exit(0);
