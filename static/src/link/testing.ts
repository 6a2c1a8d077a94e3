/** A network for tests: sockets to a room, and direct paths, that can be slowed, cut and killed. */

import {
  decodeFrame,
  encodeFrame,
  type Frame,
  isKeyframe,
  type Mark,
  type Position,
  streamKey,
} from "../wire/frame";
import type { Hello, Signal } from "../wire/messages";
import { Assembler, decodePacket, emptyPacket, encodePacket, type Packet, partOf } from "../wire/packet";
import { channels, partSize, type Role } from "../wire/tables.gen";

type Data = string | Uint8Array<ArrayBuffer>;

/** One direction of a connection: in order, after a while, or not at all. */
class Pipe {
  buffered = 0;
  private freeAt = 0;
  private lastAt = 0;
  private dead = false;

  constructor(
    private readonly net: Network,
    private readonly bytesPerMs: () => number,
    private readonly deliver: (data: Data) => void,
    private readonly onDrain: () => void = () => {},
  ) {}

  send(data: Data): void {
    const size = data.length;
    this.buffered += size;
    if (this.dead) return;
    const now = performance.now();
    this.freeAt = Math.max(now, this.freeAt) + size / this.bytesPerMs();
    this.lastAt = Math.max(this.lastAt, this.freeAt + this.net.latency);
    this.after(this.freeAt - now, () => {
      this.buffered -= size;
      this.onDrain();
    });
    this.after(this.lastAt - now, () => this.deliver(data));
  }

  /** Loses what is on its way and all that comes, and says nothing. */
  kill(): void {
    this.dead = true;
  }

  private after(ms: number, act: () => void): void {
    setTimeout(() => {
      if (!this.dead) act();
    }, ms);
  }
}

/** The network and its server. Make one for each test, with fake timers running. */
export class Network {
  /** One way, in milliseconds. */
  latency = 5;
  bytesPerMs = 10_000;
  /** Where only the sockets are slow. */
  socketBytesPerMs = Number.POSITIVE_INFINITY;
  /** Whether the server answers. */
  up = true;
  /** Whether direct paths can be opened at all. */
  directAllowed = true;
  room = new Room(this);
  readonly sockets = new Set<FakeSocket>();
  readonly peers = new Map<string, FakePeerConnection>();
  private names = 0;

  /** The globals to stub. */
  globals(): { WebSocket: unknown; RTCPeerConnection: unknown } {
    const net = this;
    return {
      WebSocket: class extends FakeSocket {
        static readonly OPEN = 1;
        constructor() {
          super(net);
        }
      },
      RTCPeerConnection: class extends FakePeerConnection {
        constructor() {
          super(net, `pc${++net.names}`);
        }
      },
    };
  }

  /** All direct paths die without a word, or lose only what one end sends. */
  killDirect(end?: "offers" | "answers"): void {
    for (const peer of this.peers.values()) if (!end || peer.end === end) peer.channel.kill();
  }

  directOpen(): boolean {
    return [...this.peers.values()].some((peer) => peer.channel.alive);
  }

  socketOf(source: number): FakeSocket | undefined {
    return [...this.sockets].find((socket) => socket.member?.source === source);
  }

  /** The server comes up again with nothing but the logs. */
  restart(): void {
    const { room } = this;
    this.room = new Room(this);
    this.room.inherit(room);
    for (const socket of [...this.sockets]) socket.drop();
  }
}

/** The browser's end of a socket. */
class FakeSocket {
  readyState = 0;
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  member: Member | null = null;
  private readonly out: Pipe;
  private readonly in: Pipe;

  constructor(private readonly net: Network) {
    const rate = () => Math.min(net.bytesPerMs, net.socketBytesPerMs);
    this.out = new Pipe(net, rate, (data) => net.room.receive(this, data));
    this.in = new Pipe(net, rate, (data) => {
      if (this.readyState === 1)
        this.onmessage?.({ data: typeof data === "string" ? data : data.slice().buffer });
    });
    net.sockets.add(this);
    setTimeout(() => {
      if (this.readyState !== 0) return;
      if (!net.up) return this.drop();
      this.readyState = 1;
      this.onopen?.();
    }, net.latency * 2);
  }

  get bufferedAmount(): number {
    return this.out.buffered;
  }

  send(data: Data): void {
    if (this.readyState === 0) throw new Error("InvalidStateError");
    if (this.readyState === 1) this.out.send(data);
  }

  close(): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    setTimeout(() => this.drop(), this.net.latency);
  }

  /** The connection ends, and both ends notice. */
  drop(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.freeze();
    this.leave();
    this.onclose?.();
  }

  /** The connection dies without a word; the server notices in its own time. */
  freeze(): void {
    this.out.kill();
    this.in.kill();
  }

  /** The server's end. */
  push(data: Data): void {
    this.in.send(data);
  }

  leave(): void {
    this.net.sockets.delete(this);
    this.net.room.leave(this);
    this.member = null;
  }
}

/** One end of a direct path. */
class FakePeerConnection {
  connectionState = "new";
  localDescription: { sdp: string } | null = null;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly channel: FakeChannel;
  end: "offers" | "answers" = "answers";
  private remote = "";

  constructor(
    private readonly net: Network,
    private readonly name: string,
  ) {
    net.peers.set(name, this);
    this.channel = new FakeChannel(net, () => net.peers.get(this.remote)?.channel);
  }

  createDataChannel(): FakeChannel {
    return this.channel;
  }

  async createOffer(): Promise<{ sdp: string }> {
    this.end = "offers";
    return { sdp: this.name };
  }

  async createAnswer(): Promise<{ sdp: string }> {
    return { sdp: this.name };
  }

  async setLocalDescription(description: { sdp: string }): Promise<void> {
    this.localDescription = description;
    setTimeout(() => this.onicecandidate?.({ candidate: { candidate: this.name } }), 0);
  }

  async setRemoteDescription({ type, sdp }: { type: string; sdp: string }): Promise<void> {
    this.remote = sdp;
    if (type !== "answer") return;
    const other = this.net.peers.get(sdp);
    setTimeout(() => {
      if (!this.net.directAllowed || this.connectionState === "closed" || other?.connectionState === "closed")
        return;
      this.channel.open();
      other?.channel.open();
    }, 2 * this.net.latency);
  }

  async addIceCandidate(): Promise<void> {
    if (!this.remote) throw new Error("a candidate before its description");
  }

  close(): void {
    if (this.connectionState === "closed") return;
    this.connectionState = "closed";
    this.net.peers.delete(this.name);
    this.channel.end();
  }
}

class FakeChannel {
  readyState = "connecting";
  binaryType = "";
  bufferedAmountLowThreshold = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onbufferedamountlow: (() => void) | null = null;
  /** Packets delivered to this end. */
  received = 0;
  private dead = false;
  private readonly out: Pipe;
  private other: FakeChannel | undefined;

  constructor(
    private readonly net: Network,
    private readonly find: () => FakeChannel | undefined,
  ) {
    this.out = new Pipe(
      net,
      () => net.bytesPerMs,
      (data) => this.other?.receive(data),
      () => {
        if (this.out.buffered <= this.bufferedAmountLowThreshold) this.onbufferedamountlow?.();
      },
    );
  }

  get alive(): boolean {
    return this.readyState === "open" && !this.dead;
  }

  get bufferedAmount(): number {
    return this.out.buffered;
  }

  open(): void {
    this.other = this.find();
    this.readyState = "open";
    this.onopen?.();
  }

  send(data: Data): void {
    if (this.readyState !== "open") throw new Error("InvalidStateError");
    this.out.send(data);
  }

  kill(): void {
    this.dead = true;
    this.out.kill();
  }

  /** This end has closed; the other notices if the path is alive. */
  end(): void {
    this.readyState = "closed";
    const { other } = this;
    if (!other || this.dead) return;
    setTimeout(() => other.hangUp(), this.net.latency);
  }

  private hangUp(): void {
    if (this.readyState !== "open") return;
    this.readyState = "closed";
    this.onclose?.();
  }

  private receive(data: Data): void {
    if (this.readyState !== "open") return;
    this.received++;
    this.onmessage?.({ data: typeof data === "string" ? data : data.slice().buffer });
  }
}

/** A source's connection as the room sees it. */
interface Member {
  socket: FakeSocket;
  source: number;
  role: Role;
  assembler: Assembler;
  cursors: Map<number, { next: number; waiting: boolean }>;
}

interface Stored {
  frames: Frame[];
  first: number;
  head: Position;
  asked: number;
}

interface Source {
  number: number;
  kind: "tab" | "console";
  epoch: number;
  online: boolean;
}

/** The server's room: what relay does, without its bounds. */
class Room {
  private readonly streams = new Map<number, Stored>();
  private readonly sources = new Map<string, Source>();
  private readonly members = new Set<Member>();
  private readonly ticker: ReturnType<typeof setInterval>;
  private epochs = 0;

  constructor(private readonly net: Network) {
    this.ticker = setInterval(() => this.askWaiting(), 250);
  }

  /** Takes over what a server keeps on disk. */
  inherit(before: Room): void {
    clearInterval(before.ticker);
    this.epochs = before.epochs;
    for (const [key, source] of before.sources) this.sources.set(key, { ...source, online: false });
    for (const [key, stored] of before.streams) {
      if (channels.get(key % 256)?.class === "log") this.streams.set(key, { ...stored, asked: -Infinity });
    }
  }

  /** What the transcript has of a source's stream. */
  kept(source: number, channel: number): Frame[] {
    return this.streams.get(streamKey({ source, channel }))?.frames ?? [];
  }

  receive(socket: FakeSocket, data: Data): void {
    if (typeof data !== "string") {
      this.receivePacket(socket, decodePacket(data));
      return;
    }
    const message = JSON.parse(data) as (Hello & { type: "hello" }) | (Signal & { type: "signal" });
    if (message.type === "hello") this.join(socket, message);
    else this.signal(socket, message);
  }

  leave(socket: FakeSocket): void {
    const { member } = socket;
    if (!member || !this.members.delete(member)) return;
    const source = [...this.sources.values()].find(({ number }) => number === member.source);
    if (source && !this.net.socketOf(member.source)) source.online = false;
    this.tellPresence();
  }

  private join(socket: FakeSocket, hello: Hello): void {
    const key = `${hello.role}:${hello.window}`;
    let source = this.sources.get(key);
    if (!source) {
      const kind = hello.role === "console" ? "console" : "tab";
      source = { number: this.sources.size + 1, kind, epoch: 0, online: false };
      this.sources.set(key, source);
    }
    const { number } = source;
    source.epoch = hello.epoch && hello.epoch >= source.epoch ? hello.epoch : 1000 + ++this.epochs;
    this.net.socketOf(number)?.drop();
    source.online = true;
    const role: Role = source.kind === "console" ? "agent" : "customer";
    const member: Member = {
      socket,
      source: number,
      role,
      assembler: new Assembler((s) => channels.get(s.channel)?.maxFrame ?? 0),
      cursors: new Map(),
    };
    socket.member = member;
    this.members.add(member);
    const positions = new Map((hello.positions ?? []).map((p) => [streamKey(p), p]));
    const have: Mark[] = [];
    for (const [k, stored] of this.streams) {
      const stream = { source: k >> 8, channel: k & 255 };
      if (stream.source === number) have.push({ ...stream, ...stored.head });
      this.subscribe(member, k, positions.get(k) ?? { epoch: 0, seq: 0 });
    }
    this.say(member, { type: "welcome", v: 1, build: "test" });
    this.say(member, { type: "joined", source: number, epoch: source.epoch, have, ice: [] });
    this.flush(member);
    this.tellPresence();
  }

  private say(member: Member, message: object): void {
    member.socket.push(JSON.stringify(message));
  }

  private tellPresence(): void {
    const sources = [...this.sources.values()].map(({ number, kind, online }) => {
      return { source: number, kind, name: "", state: online ? "online" : "away" };
    });
    const consoles = sources.filter(({ kind, state }) => kind === "console" && state === "online");
    for (const member of this.members) {
      this.say(member, { type: "presence", sources, direct: consoles.length === 1 });
    }
  }

  private signal({ member }: FakeSocket, message: Signal): void {
    const to = message.to ? this.net.socketOf(message.to)?.member : undefined;
    if (member && to) this.say(to, { ...message, to: undefined, from: member.source });
  }

  private receivePacket({ member }: FakeSocket, packet: Packet): void {
    if (!member) return;
    if (packet.ping.length > 0) member.socket.push(pack({ ...emptyPacket(), pong: packet.ping }));
    for (const mark of packet.resume) this.seek(member, streamKey(mark), mark);
    for (const part of packet.parts) {
      if (part.source !== member.source) throw new Error("a part of a foreign source");
      const bytes = member.assembler.add(part);
      if (bytes) this.add(decodeFrame(bytes.slice()));
    }
    for (const other of this.members) this.flush(other);
  }

  private add(frame: Frame): void {
    const key = streamKey(frame);
    let stored = this.streams.get(key);
    if (!stored) {
      stored = { frames: [], first: 0, head: { epoch: 0, seq: 0 }, asked: -Infinity };
      this.streams.set(key, stored);
      for (const member of this.members) this.subscribe(member, key, { epoch: 0, seq: 0 });
    }
    const { head } = stored;
    if (frame.epoch < head.epoch || (frame.epoch === head.epoch && frame.seq <= head.seq)) return;
    const next = frame.epoch === head.epoch && frame.seq === head.seq + 1;
    const properties = channels.get(frame.channel);
    if (properties?.class === "latest" || (properties?.class === "keyed" && (isKeyframe(frame) || !next))) {
      stored.first += stored.frames.length;
      stored.frames = [];
    }
    stored.frames.push(frame);
    stored.head = { epoch: frame.epoch, seq: frame.seq };
  }

  private subscribe(member: Member, key: number, at: Position): void {
    const properties = channels.get(key & 255);
    if (!properties?.to.includes(member.role)) return;
    if (key >> 8 === member.source && properties.class !== "log") return;
    member.cursors.set(key, { next: 0, waiting: false });
    this.seek(member, key, at);
  }

  private seek(member: Member, key: number, at: Position): void {
    const cursor = member.cursors.get(key);
    const stored = this.streams.get(key);
    if (!cursor || !stored) return;
    const { frames, first, head } = stored;
    const before = (f: Position) => f.epoch < at.epoch || (f.epoch === at.epoch && f.seq <= at.seq);
    const unsent = cursor.next <= first;
    const i = frames.filter(before).length;
    const next = frames[i];
    cursor.next = first + i;
    cursor.waiting = false;
    if (channels.get(key & 255)?.class !== "keyed") return;
    const known = at.seq > 0;
    if (known && !next && before(head)) return;
    if (known && next && (isKeyframe(next) || (next.epoch === at.epoch && next.seq === at.seq + 1))) return;
    if (unsent && showable(stored)) cursor.next = first;
    else {
      cursor.next = first + frames.length;
      cursor.waiting = true;
      this.ask(key, stored);
    }
  }

  private flush(member: Member): void {
    for (const [key, cursor] of member.cursors) {
      const stored = this.streams.get(key);
      if (!stored) continue;
      if (cursor.waiting && cursor.next <= stored.first && showable(stored)) cursor.waiting = false;
      cursor.next = Math.max(cursor.next, stored.first);
      if (cursor.waiting) continue;
      for (const frame of stored.frames.slice(cursor.next - stored.first)) this.send(member, frame);
      cursor.next = stored.first + stored.frames.length;
    }
  }

  private send(member: Member, frame: Frame): void {
    const bytes = encodeFrame(frame);
    for (let offset = 0; offset < bytes.length; offset += partSize) {
      member.socket.push(pack({ ...emptyPacket(), parts: [partOf(frame, bytes, offset)] }));
    }
  }

  private ask(key: number, stored: Stored): void {
    const now = performance.now();
    if (now - stored.asked < 500) return;
    for (const member of this.members) {
      if (member.source !== key >> 8) continue;
      stored.asked = now;
      const resume = [{ source: key >> 8, channel: key & 255, epoch: 0, seq: 0 }];
      member.socket.push(pack({ ...emptyPacket(), resume }));
    }
  }

  private askWaiting(): void {
    for (const { cursors } of this.members) {
      for (const [key, cursor] of cursors) {
        const stored = this.streams.get(key);
        if (stored && cursor.waiting) this.ask(key, stored);
      }
    }
  }
}

function showable({ frames }: Stored): boolean {
  const first = frames[0];
  return first !== undefined && isKeyframe(first);
}

function pack(packet: Packet): Uint8Array<ArrayBuffer> {
  return encodePacket(packet) as Uint8Array<ArrayBuffer>;
}
