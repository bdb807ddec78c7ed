// P14's peer: verification of a quote by @phala/dcap-qvl-web, which keeps nothing from one call to the next.
//   node dcap_verify.mjs QUOTE COLLATERAL UNIX_SECONDS
// The TCB status and CPU microseconds per verification on stdout, as JSON.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initSync, js_verify } from '@phala/dcap-qvl-web/dcap-qvl-web.js';

const VERIFICATIONS = 60;

const wasm = createRequire(import.meta.url).resolve('@phala/dcap-qvl-web/dcap-qvl-web_bg.wasm');
initSync({ module: readFileSync(wasm) });
const [quoteFile, collateralFile, seconds] = process.argv.slice(2);
const quote = readFileSync(quoteFile);
const collateral = JSON.parse(readFileSync(collateralFile, 'utf8'));
const now = BigInt(seconds);

let status;
function verify(count) {
  for (let i = 0; i < count; i++) {
    ({ status } = js_verify(quote, collateral, now));
  }
}

verify(VERIFICATIONS / 4);
const before = process.cpuUsage();
verify(VERIFICATIONS);
const used = process.cpuUsage(before);
console.log(JSON.stringify({ status, us: (used.user + used.system) / VERIFICATIONS }));
