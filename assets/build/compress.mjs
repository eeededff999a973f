/** Writes .br and .gz beside every sheet, script and sprite, and fails the build when a page would weigh more than the budget. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const OUT = fileURLToPath(new URL("../../src/argosy/storefront/static", import.meta.url));
const BUDGET = [
  [/^app-.*\.css$/, 14_000],
  [/^app-.*\.js$/, 20_000],
  [/^inline\.svg$/, 4_000],
];

for (const name of readdirSync(OUT).filter((file) => /\.(css|js|svg)$/.test(file))) {
  const raw = readFileSync(join(OUT, name));
  const gz = gzipSync(raw, { level: 9 });
  const br = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } });
  writeFileSync(join(OUT, `${name}.gz`), gz);
  writeFileSync(join(OUT, `${name}.br`), br);
  console.log(`${name}: ${raw.length} B, gzip ${gz.length}, brotli ${br.length}`);
  const limit = BUDGET.find(([pattern]) => pattern.test(name))?.[1];
  if (limit !== undefined && gz.length > limit) throw new Error(`${name} is ${gz.length} B gzipped, the budget is ${limit}`);
}
