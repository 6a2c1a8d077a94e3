// Fails when what a browser loads has outgrown its limit. Sizes are of the
// files compressed with gzip -9, and do not vary from machine to machine.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const read = (mode) => JSON.parse(readFileSync(`dist/manifest-${mode}.json`, "utf8"));
const gzip = (file) => gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length;

/** The files that an entry loads at once: itself, what it imports statically, and their styles. */
function closure(manifest, key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the build has no ${key}`);
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const imported of chunk.imports ?? []) closure(manifest, imported, seen);
  return seen;
}

/** What is loaded, in which build, by which entries, in kB at most. */
const budgets = [
  ["loader", "widget", "widget/loader.ts", 3],
  ["capture, with its link", "widget", ["widget/session.ts", "widget/capture/capture.ts"], 40],
  ["console, first load", "console", "console/index.html", 60],
];

let failed = false;
for (const [name, mode, key, limit] of budgets) {
  const files = new Set([key].flat().flatMap((k) => [...closure(read(mode), k)]));
  const bytes = [...files].reduce((sum, file) => sum + gzip(file), 0);
  const over = bytes > limit * 1000;
  failed ||= over;
  console.log(`${over ? "TOO LARGE" : "ok"}  ${name}: ${(bytes / 1000).toFixed(2)} kB gzip of ${limit} kB`);
}
process.exit(failed ? 1 : 0);
