/** Payloads as JSON, deflated where it pays. PROTOCOL.md, "Payloads". */

import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";
import { Flag, type Frame, Malformed } from "./frame";
import { dictionary1, maxPayload } from "./tables.gen";

/** Payloads below this many bytes are sent as they are. */
const worthDeflating = 64;
/** From this many bytes the browser's own compression, off this thread, beats the dictionary. */
const worthStreaming = 64 << 10;
/** Inflating goes in slices, so that a bomb is noticed before it has grown. */
const inflateSlice = 4 << 10;

export interface Payload {
  bytes: Uint8Array;
  flags: number;
}

/** Encodes and decodes payloads. It holds the dictionary, so there is one for a link. */
export class Codec {
  private readonly dictionary = strToU8(dictionary1);

  /** Encodes a JSON value: at once, or later where that keeps a large one off the page's thread. */
  encode(value: unknown): Payload | Promise<Payload> {
    const bytes = strToU8(JSON.stringify(value));
    if (bytes.length < worthDeflating) return { bytes, flags: 0 };
    if (bytes.length >= worthStreaming && typeof CompressionStream === "function") return compress(bytes);
    return { bytes: deflateSync(bytes, { dictionary: this.dictionary }), flags: Flag.deflated };
  }

  /** The frame's payload as text, of at most limit bytes. Throws Malformed. */
  text(frame: Frame, limit = maxPayload): string {
    const deflated = (frame.flags & Flag.deflated) !== 0;
    if (!deflated && frame.payload.length > limit) throw new Malformed("payload is too long");
    return strFromU8(deflated ? this.inflate(frame.payload, limit) : frame.payload);
  }

  /** The frame's payload as JSON. It comes from outside: look before you trust its shape. Throws Malformed. */
  json(frame: Frame, limit = maxPayload): unknown {
    const text = this.text(frame, limit);
    try {
      return JSON.parse(text);
    } catch {
      throw new Malformed("payload is not JSON");
    }
  }

  private inflate(bytes: Uint8Array, limit: number): Uint8Array {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let ended = false;
    const inflate = new Inflate({ dictionary: this.dictionary }, (chunk, final) => {
      length += chunk.length;
      ended = final;
      chunks.push(chunk);
    });
    try {
      for (let at = 0; at < bytes.length && length <= limit; at += inflateSlice) {
        inflate.push(bytes.subarray(at, at + inflateSlice), at + inflateSlice >= bytes.length);
      }
    } catch (cause) {
      throw new Malformed("payload does not inflate", { cause });
    }
    if (length > limit) throw new Malformed("payload inflates past its bound");
    if (!ended) throw new Malformed("payload is cut off");
    return join(chunks, length);
  }
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

/** Deflates without the dictionary, which a decoder with the dictionary reads all the same. */
async function compress(bytes: Uint8Array): Promise<Payload> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return { bytes: new Uint8Array(await new Response(stream).arrayBuffer()), flags: Flag.deflated };
}
