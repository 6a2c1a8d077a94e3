/** Reads the fixtures that media's Go tests write, for tests only. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Bytes as a fixture has them: pieces in hexadecimal, each repeated if it says so. */
export type Data = { hex: string; times?: number }[];

export function fixture<T>(name: string): T {
  const path = fileURLToPath(new URL(`../../../media/testdata/${name}`, import.meta.url));
  return JSON.parse(readFileSync(path, "utf8")) as T;
}

export function bytesOf(data: Data): Uint8Array {
  return new Uint8Array(
    Buffer.concat(data.map(({ hex, times }) => repeat(Buffer.from(hex, "hex"), times ?? 1))),
  );
}

function repeat(bytes: Buffer, times: number): Buffer {
  return Buffer.alloc(bytes.length * times, bytes);
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
