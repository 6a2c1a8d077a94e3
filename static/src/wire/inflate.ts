import { Inflate as Stream } from "fflate";
import { Malformed } from "./frame";

/** Inflating goes in slices, so that a bomb is noticed before it has grown. */
const slice = 4 << 10;

/** Inflates raw DEFLATE to at most limit bytes. Throws Malformed. */
export function inflate(bytes: Uint8Array, dictionary: Uint8Array, limit: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  const stream = new Stream({ dictionary }, (chunk, final) => {
    length += chunk.length;
    ended = final;
    chunks.push(chunk);
  });
  try {
    for (let at = 0; at < bytes.length && length <= limit; at += slice) {
      stream.push(bytes.subarray(at, at + slice), at + slice >= bytes.length);
    }
  } catch (cause) {
    throw new Malformed("payload does not inflate", { cause });
  }
  if (length > limit) throw new Malformed("payload inflates past its bound");
  if (!ended) throw new Malformed("payload is cut off");
  return join(chunks, length);
}

function join(chunks: Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
