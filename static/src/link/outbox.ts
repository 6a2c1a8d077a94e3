/**
 * What one source publishes, kept so that any carrier can be served from any
 * position: the browser's twin of relay/stream.go.
 */

import { compare, encodeFrame, Flag, follows, isKeyframe, type Position } from "../wire/frame";
import { type Part, partLength, partOf } from "../wire/packet";
import { type Class, channels, fadingLife } from "../wire/tables.gen";

/** How many bytes may follow a keyframe before it is all forgotten, and a new keyframe made. */
const maxKeyed = 8 << 20;
const maxFading = 512;
/** A request for a keyframe within this time after one has been sent has crossed it, in milliseconds. */
const crossing = 2_000;
const maxLog = 5000;

interface Entry {
  seq: number;
  flags: number;
  time: number;
  payload: Uint8Array;
  /** When it was published, by the monotonic clock. */
  at: number;
  /** The encoded frame, made when it is first sent. */
  bytes?: Uint8Array;
}

/** One published stream. Entries are addressed by an index that never comes back. */
class OutStream {
  readonly class: Class;
  readonly priority: number;
  entries: Entry[] = [];
  first = 0;
  seq = 0;
  private size = 0;

  constructor(
    readonly outbox: Outbox,
    readonly channel: number,
  ) {
    const properties = channels.get(channel);
    if (!properties) throw new Error(`unknown channel ${channel}`);
    this.class = properties.class;
    this.priority = properties.priority;
  }

  get end(): number {
    return this.first + this.entries.length;
  }

  get showable(): boolean {
    return this.class !== "keyed" || ((this.entries[0]?.flags ?? 0) & Flag.keyframe) !== 0;
  }

  /** The index of the first entry after that position. */
  after(at: Position): number {
    const { epoch } = this.outbox;
    const i = this.entries.findIndex(({ seq }) => compare(at, { epoch, seq }) < 0);
    return i < 0 ? this.end : this.first + i;
  }

  /** Whether who stands at that position can go on with the entry of that index, or has everything. */
  goesOn(index: number, at: Position): boolean {
    const { epoch } = this.outbox;
    if (at.epoch !== epoch || at.seq === 0) return false;
    const next = this.entries[index - this.first];
    if (!next) return at.seq >= this.seq;
    return isKeyframe(next) || follows(at, { epoch, seq: next.seq });
  }

  add(payload: Uint8Array, flags: number, time: number, now: number): void {
    switch (this.class) {
      case "keyed":
        if (flags & Flag.keyframe || this.size > maxKeyed) this.forget(this.entries.length);
        break;
      case "latest":
        this.forget(this.entries.length);
        break;
      case "fading":
        this.expire(now);
        if (this.entries.length >= maxFading) this.forget(1);
        break;
      case "log":
        if (this.entries.length >= maxLog) this.forget(1);
        break;
    }
    this.seq++;
    this.size += payload.length;
    this.entries.push({ seq: this.seq, flags, time, payload, at: now });
  }

  expire(now: number): void {
    if (this.class !== "fading") return;
    let n = 0;
    while (n < this.entries.length && now - (this.entries[n]?.at ?? now) >= fadingLife) n++;
    this.forget(n);
  }

  /** Numbers what is kept anew, from 1, for a new epoch. */
  restart(): void {
    this.seq = 0;
    for (const entry of this.entries) {
      entry.seq = ++this.seq;
      delete entry.bytes;
    }
  }

  encoded(index: number): Sending {
    const entry = this.entries[index - this.first];
    if (!entry) throw new Error("no entry with that index");
    entry.bytes ??= encodeFrame({
      channel: this.channel,
      source: this.outbox.source,
      epoch: this.outbox.epoch,
      seq: entry.seq,
      flags: entry.flags,
      time: entry.time,
      payload: entry.payload,
    });
    return { epoch: this.outbox.epoch, seq: entry.seq, flags: entry.flags, bytes: entry.bytes };
  }

  private forget(n: number): void {
    for (const entry of this.entries.splice(0, n)) this.size -= entry.payload.length;
    this.first += n;
  }
}

export interface OutboxOptions {
  /** Channels of class keyed that this source publishes, so that a keyframe can be asked for before the first. */
  keyed: number[];
  /** A keyframe of that channel is wanted. It may be called often; the publisher throttles. */
  onKeyframe(channel: number): void;
  /** The monotonic clock, in milliseconds. */
  now(): number;
}

export class Outbox {
  source = 0;
  epoch = 0;
  readonly streams = new Map<number, OutStream>();
  readonly feeds = new Set<Feed>();

  constructor(readonly options: OutboxOptions) {
    for (const channel of options.keyed) this.stream(channel);
  }

  /** Publishes as that source from now on. In another epoch than before, what is kept is numbered anew. */
  join(source: number, epoch: number): void {
    if (source === this.source && epoch === this.epoch) return;
    this.source = source;
    this.epoch = epoch;
    for (const stream of this.streams.values()) stream.restart();
  }

  publish(channel: number, payload: Uint8Array, flags: number, time: number): void {
    this.stream(channel).add(payload, flags, time, this.options.now());
    for (const feed of this.feeds) feed.onPending();
  }

  stream(channel: number): OutStream {
    let stream = this.streams.get(channel);
    if (!stream) {
      stream = new OutStream(this, channel);
      this.streams.set(channel, stream);
      for (const feed of this.feeds) feed.follow(stream, { epoch: 0, seq: 0 });
    }
    return stream;
  }
}

interface Cursor {
  stream: OutStream;
  next: number;
  /** Only a keyframe will do. */
  waiting: boolean;
  /** A frame of which offset bytes are sent already. */
  sending: Sending | null;
  offset: number;
  /** When a keyframe was last sent, by the monotonic clock. */
  keyframeAt: number;
}

interface Sending extends Position {
  flags: number;
  bytes: Uint8Array;
}

/** What one carrier has yet to send of an outbox. */
export class Feed {
  private cursors: Cursor[] = [];

  /**
   * @param at where the other end stands, by channel; what is missing starts as its class says
   * @param carries whether this carrier carries a channel just now
   * @param onPending there is something to send
   */
  constructor(
    private readonly outbox: Outbox,
    at: Map<number, Position>,
    private readonly carries: (channel: number) => boolean,
    readonly onPending: () => void,
  ) {
    outbox.feeds.add(this);
    for (const stream of [...outbox.streams.values()]) {
      this.follow(stream, at.get(stream.channel) ?? { epoch: 0, seq: 0 });
    }
  }

  close(): void {
    this.outbox.feeds.delete(this);
    this.cursors = [];
  }

  follow(stream: OutStream, at: Position): void {
    if (this.cursors.some((c) => c.stream === stream)) return; // made while this feed was
    this.cursors.push({ stream, next: 0, waiting: false, sending: null, offset: 0, keyframeAt: -crossing });
    this.cursors.sort((a, b) => a.stream.priority - b.stream.priority);
    this.seek(stream.channel, at);
  }

  /**
   * Goes on after that position; if that is not kept, from the keyframe; else
   * asks for one, as it does when the keyframe has been sent already and was of
   * no use. The other end asks again while an answer is on its way: what is
   * being sent goes on if it is what is wanted.
   */
  seek(channel: number, at: Position): void {
    const cursor = this.cursors.find((c) => c.stream.channel === channel);
    if (!cursor || answers(cursor, at)) return;
    const { stream } = cursor;
    const index = stream.after(at);
    if (stream.class !== "keyed" || stream.goesOn(index, at)) {
      move(cursor, index, false);
      return;
    }
    const unsent = cursor.next <= stream.first;
    if (unsent && stream.showable) move(cursor, stream.first, false);
    else if (unsent) move(cursor, stream.end, true);
    const sent = !unsent && this.outbox.options.now() - cursor.keyframeAt < crossing;
    if ((cursor.waiting || !unsent) && !sent && this.carries(channel))
      this.outbox.options.onKeyframe(channel);
  }

  /**
   * Skips what the other end has got by another carrier, but for the last frame
   * of it: by that the room, which has seen none of it, knows that its own
   * picture is old.
   */
  skip(channel: number, to: Position): void {
    const cursor = this.cursors.find((c) => c.stream.channel === channel);
    if (!cursor || to.epoch !== this.outbox.epoch || to.seq === 0) return;
    const last = cursor.stream.after(to) - 1;
    if (last <= cursor.next) return;
    cursor.next = last;
    cursor.waiting = false;
  }

  get pending(): boolean {
    return this.cursors.some((c) => this.carries(c.stream.channel) && isPending(c));
  }

  /** Asks again for the keyframes that are still waited for. */
  askAgain(): void {
    for (const c of this.cursors) {
      if (c.waiting && !isPending(c) && this.carries(c.stream.channel)) {
        this.outbox.options.onKeyframe(c.stream.channel);
      }
    }
  }

  /** The next parts to send, the urgent first: at least one if there is any, and no more once budget bytes are reached. */
  gather(budget: number): Part[] {
    const parts: Part[] = [];
    const now = this.outbox.options.now();
    let left = budget;
    for (const cursor of this.cursors) {
      if (!this.carries(cursor.stream.channel)) continue;
      cursor.stream.expire(now);
      while (left > 0 && isPending(cursor)) {
        const part = nextPart(cursor, this.outbox.source, now);
        parts.push(part);
        left -= partLength(part);
      }
    }
    return parts;
  }
}

function move(c: Cursor, next: number, waiting: boolean): void {
  c.next = next;
  c.waiting = waiting;
  c.sending = null;
}

/** Whether the frame that is being sent is what who stands at that position needs next. */
function answers({ sending }: Cursor, at: Position): boolean {
  return sending !== null && compare(at, sending) < 0 && (isKeyframe(sending) || follows(at, sending));
}

function isPending(c: Cursor): boolean {
  if (c.sending) return true;
  c.next = Math.max(c.next, c.stream.first);
  if (c.waiting && c.stream.showable) {
    c.next = c.stream.first;
    c.waiting = false;
  }
  return !c.waiting && c.next < c.stream.end;
}

function nextPart(c: Cursor, source: number, now: number): Part {
  if (!c.sending) {
    c.sending = c.stream.encoded(c.next);
    c.offset = 0;
    c.next++;
  }
  const part = partOf({ source, channel: c.stream.channel }, c.sending.bytes, c.offset);
  c.offset += part.bytes.length;
  if (c.offset === c.sending.bytes.length) {
    if (isKeyframe(c.sending)) c.keyframeAt = now;
    c.sending = null;
  }
  return part;
}
