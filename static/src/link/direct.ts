/** A direct data channel to one other source: negotiated over the server, then independent of it. */

import type { Signal } from "../wire/messages";
import { decodePacket, emptyPacket, encodePacket, isEmpty, type Packet } from "../wire/packet";
import { clock, elapsed } from "./socket";

/** How long a negotiation may take, in milliseconds. */
const openTimeout = 10_000;
const pingEvery = 500;
/** Without any sign of life for this long, the path is dead. */
const deadAfter = 2_000;
/** Chrome's bufferedamountlow event is not to be relied on alone. */
const drainPoll = 20;

export interface DirectOptions {
  /** The source at the other end. */
  peer: number;
  ice: RTCIceServer[];
  signal(step: Pick<Signal, "kind" | "body" | "attempt">): void;
  onOpen(): void;
  onPacket(packet: Packet): void;
  /** There is room to send again. */
  onDrained(): void;
  /** Adds to each ping what there is to say. */
  heartbeat(packet: Packet): void;
  onRoundTrip(ms: number): void;
  /** It is over; called once. */
  onClose(): void;
}

export class Direct {
  private readonly pc: RTCPeerConnection;
  private readonly channel: RTCDataChannel;
  private remote: Promise<unknown> = Promise.resolve();
  private heard = 0;
  private ticked = 0;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private drain: ReturnType<typeof setTimeout> | undefined;
  private readonly opening: ReturnType<typeof setTimeout>;
  private closed = false;

  /** @param attempt names the negotiation, so that late steps of an earlier one are told apart */
  constructor(
    readonly attempt: string,
    private readonly options: DirectOptions,
  ) {
    this.pc = new RTCPeerConnection({ iceServers: options.ice });
    this.channel = this.pc.createDataChannel("beside", { negotiated: true, id: 0, ordered: true });
    this.channel.binaryType = "arraybuffer";
    this.channel.bufferedAmountLowThreshold = 16 << 10;
    this.opening = setTimeout(() => this.close(), openTimeout);
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate) this.say("candidate", JSON.stringify(candidate));
    };
    this.pc.onconnectionstatechange = () => {
      if (this.pc.connectionState === "failed" || this.pc.connectionState === "closed") this.close();
    };
    this.channel.onopen = () => this.opened();
    this.channel.onclose = () => this.close();
    this.channel.onmessage = (event) => this.receive(event.data);
    this.channel.onbufferedamountlow = () => this.drained();
  }

  get open(): boolean {
    return !this.closed && this.channel.readyState === "open";
  }

  get buffered(): number {
    return this.channel.bufferedAmount;
  }

  /** Starts the negotiation. */
  offer(): void {
    this.step(async () => {
      await this.pc.setLocalDescription(await this.pc.createOffer());
      this.say("offer", this.pc.localDescription?.sdp ?? "");
    });
  }

  /** Takes a step of the other end's. */
  receiveSignal({ kind, body = "" }: Signal): void {
    switch (kind) {
      case "offer":
        this.step(async () => {
          await this.pc.setRemoteDescription({ type: "offer", sdp: body });
          await this.pc.setLocalDescription(await this.pc.createAnswer());
          this.say("answer", this.pc.localDescription?.sdp ?? "");
        });
        break;
      case "answer":
        this.step(() => this.pc.setRemoteDescription({ type: "answer", sdp: body }));
        break;
      case "candidate":
        this.step(() => this.pc.addIceCandidate(JSON.parse(body)));
        break;
      case "bye":
        this.close();
        break;
    }
  }

  send(packet: Packet): void {
    if (!this.open || isEmpty(packet)) return;
    try {
      this.channel.send(encodePacket(packet) as Uint8Array<ArrayBuffer>);
    } catch {
      this.close();
    }
  }

  /** Calls onDrained once there is room again. */
  awaitDrain(): void {
    this.drain ??= setTimeout(() => this.drained(), drainPoll);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.opening);
    clearTimeout(this.drain);
    clearInterval(this.pinger);
    this.say("bye");
    this.channel.onclose = null;
    this.pc.close();
    this.options.onClose();
  }

  /** Steps run one after another: a candidate waits for the description before it. */
  private step(run: () => Promise<unknown>): void {
    this.remote = this.remote.then(run).catch(() => this.close());
  }

  private say(kind: Signal["kind"], body?: string): void {
    this.options.signal({ kind, body, attempt: this.attempt });
  }

  private opened(): void {
    clearTimeout(this.opening);
    this.heard = this.ticked = performance.now();
    this.pinger = setInterval(() => this.ping(), pingEvery);
    this.options.onOpen();
    this.ping();
  }

  private ping(): void {
    const now = performance.now();
    // A page that was busy or asleep has not looked at what came meanwhile.
    const late = now - this.ticked > 2 * pingEvery + 500;
    this.ticked = now;
    if (!late && now - this.heard > deadAfter) {
      this.close();
      return;
    }
    const packet = { ...emptyPacket(), ping: [clock()] };
    this.options.heartbeat(packet);
    this.send(packet);
  }

  private receive(data: unknown): void {
    if (this.closed) return;
    this.heard = performance.now();
    if (!(data instanceof ArrayBuffer)) return;
    try {
      const packet = decodePacket(new Uint8Array(data));
      if (packet.ping.length > 0) this.send({ ...emptyPacket(), pong: packet.ping.slice(0, 1) });
      for (const sent of packet.pong) this.options.onRoundTrip(elapsed(sent));
      this.options.onPacket(packet);
    } catch {
      this.close(); // the other end does not keep to the protocol
    }
  }

  private drained(): void {
    clearTimeout(this.drain);
    this.drain = undefined;
    if (this.open) this.options.onDrained();
  }
}
