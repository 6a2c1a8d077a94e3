import { Link, type LinkState } from "../link/link";
import type { ChatModel, TypingNotice } from "../wire/chat";
import type { Frame } from "../wire/frame";
import type { Joined, Presence, ServerMessage } from "../wire/messages";
import type { ChatPayload } from "../wire/payload";
import { Channel } from "../wire/tables.gen";
import type { Capture, CaptureOptions } from "./capture/capture";
import { MarkerLayer } from "./marker-layer";
import { PageState } from "./page-state";
import type { Live, LiveOptions } from "./visit";

/** The session's past has arrived within this time after joining, in milliseconds. */
const pastArrives = 1000;

export interface SessionOptions extends LiveOptions {
  /** Where the widget's server is, with a slash at its end. */
  base: string;
  /** Where markers are drawn. */
  root: ShadowRoot;
  /** The capture, which is being loaded meanwhile. */
  capture: Promise<{ Capture: new (options: CaptureOptions) => Capture }>;
  report(error: unknown): void;
}

/**
 * This tab in the session: it waits in the queue, and once an agent is there it
 * sends the page and shows what the agent draws and writes.
 */
export class Session implements Live {
  readonly chat: ChatModel;
  readonly #options: SessionOptions;
  readonly #link: Link;
  readonly #state: PageState;
  readonly #typing: TypingNotice;
  #capture: Capture | null = null;
  /** The page is wanted: the capture begins as soon as it is there. */
  #wanted = false;
  #joined: Joined | null = null;
  #markers: MarkerLayer | null = null;
  #presence: Presence | null = null;
  /** The tab that each console shows. */
  #views = new Map<number, number>();
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #newCapture: ((joined: Joined) => Capture) | null = null;
  #stopped = false;
  /** Lines of the page before, of which it is not known whether they arrived. */
  #unsent: ChatPayload[] = [];
  #sendAgain: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.chat = options.chat;
    const { base, tab, report } = options;
    this.#state = new PageState({
      publish: (state) => this.#link.publish(Channel.state, state),
      since: tab.since,
      onFocus: (since) => options.onFocus(since),
      report,
    });
    this.#typing = options.notice((typing) => this.#link.publish(Channel.typing, { typing }));
    this.#link = new Link({
      url: `${base.replace(/^http/, "ws")}ws`,
      role: "customer",
      hello: () => ({ role: "customer", token: options.token, window: tab.window }),
      onMessage: (message) => this.#safely(() => this.#take(message)),
      onFrame: (frame) => this.#safely(() => this.#show(frame)),
      onKeyframe: (channel) => this.#safely(() => this.#renew(channel)),
      onState: (state) => this.#safely(() => this.#follow(state)),
    });
  }

  start(): void {
    const { pending } = this.#options.tab;
    this.#unsent = this.chat.restore({ read: this.#options.read, pending });
    this.#link.connect();
    this.#options.capture.then(
      ({ Capture }) => this.#safely(() => this.#prepare(Capture)),
      (error) => {
        this.#options.report(error);
        if (!this.#stopped) this.#options.onBroken();
      },
    );
  }

  say(text: string): void {
    const said = this.chat.send(text);
    if (!said) return;
    this.#typing.stop();
    this.#publishLine(said);
  }

  draft(text: string): void {
    this.#typing.input(text);
  }

  retryNow(): void {
    this.#link.retryNow();
  }

  /** Ends it for this tab. Nothing is captured, drawn or sent after it. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#expiry);
    clearTimeout(this.#sendAgain);
    for (const part of [this.#capture, this.#markers, this.#state]) this.#safely(() => part?.stop());
    this.#capture = null;
    this.#markers = null;
    this.#safely(() => this.#link.close());
  }

  #take(message: ServerMessage): void {
    if (this.#stopped) return;
    switch (message.type) {
      case "lead":
        this.#options.onStatus(message);
        return;
      case "joined":
        this.#join(message);
        return;
      case "presence":
        this.#presence = message;
        this.#identify();
        this.#tellWatchers();
        return;
    }
  }

  #join(joined: Joined): void {
    this.#options.onColor(joined.color);
    this.#joined = joined;
    this.#markers ??= new MarkerLayer(
      this.#options.root,
      joined.color,
      (id) => this.#capture?.node(id) ?? null,
    );
    this.#identify();
    this.#state.start();
    // The server may have started anew and know nothing of this tab.
    this.#state.again();
    this.#capturePage();
    this.#sendAgain ??= setTimeout(() => this.#safely(() => this.#publishUnsent()), pastArrives);
  }

  /** Sends again what the page before had to say and did not come back with the session's past. */
  #publishUnsent(): void {
    const pending = new Set(this.chat.memory().pending.map(({ id }) => id));
    for (const said of this.#unsent) if (pending.has(said.id)) this.#publishLine(said);
    this.#unsent = [];
  }

  #prepare(Capture: new (options: CaptureOptions) => Capture): void {
    this.#newCapture = (joined) =>
      new Capture({
        policy: joined.policy,
        emit: (events, keyframe) => this.#link.publish(Channel.dom, events, keyframe),
        onPointer: (position) => this.#link.publish(Channel.pointer, position),
        onError: (error) => this.#options.report(error),
      });
    this.#capturePage();
  }

  /** Begins to capture, once it is wanted and everything for it is there. */
  #capturePage(): void {
    if (this.#stopped || this.#capture || !this.#wanted || !this.#joined || !this.#newCapture) return;
    this.#capture = this.#newCapture(this.#joined);
    this.#capture.start();
  }

  /** Somebody needs the stream from its beginning. The first who asks for the page starts its capture. */
  #renew(channel: number): void {
    if (this.#stopped) return;
    if (channel === Channel.state) this.#state.again();
    if (channel !== Channel.dom) return;
    this.#wanted = true;
    if (this.#capture) this.#capture.keyframe();
    else this.#capturePage();
  }

  #show(frame: Frame): void {
    if (this.#stopped) return;
    switch (frame.channel) {
      case Channel.chat:
        this.chat.receive(frame, this.#link.codec.json(frame));
        return;
      case Channel.typing:
        this.#showTyping(frame);
        return;
      case Channel.marker:
        if (this.#isConsole(frame.source))
          this.#markers?.draw(frame.source, this.#link.source, this.#link.codec.json(frame));
        return;
      case Channel.state:
        this.#showView(frame);
        return;
    }
  }

  #showTyping(frame: Frame): void {
    const payload = this.#link.codec.json(frame) as { typing?: unknown } | null;
    this.chat.typing(frame.source, payload?.typing === true);
    clearTimeout(this.#expiry);
    const expire = () => {
      const next = this.chat.expire();
      if (next > 0) this.#expiry = setTimeout(() => this.#safely(expire), next);
    };
    expire();
  }

  #showView(frame: Frame): void {
    const payload = this.#link.codec.json(frame) as { kind?: unknown; view?: unknown } | null;
    if (payload?.kind !== "console" || typeof payload.view !== "number") return;
    this.#views.set(frame.source, payload.view);
    this.#tellWatchers();
  }

  /** The customer's other tabs speak for the customer too. */
  #identify(): void {
    const tabs = this.#presence?.sources.filter(({ kind }) => kind === "tab") ?? [];
    this.chat.identify(
      this.#link.source,
      tabs.map(({ source }) => source),
    );
  }

  #isConsole(source: number): boolean {
    return (
      this.#presence?.sources.some((other) => other.source === source && other.kind === "console") ?? false
    );
  }

  #tellWatchers(): void {
    const consoles = this.#presence?.sources.filter(({ kind }) => kind === "console") ?? [];
    this.#options.onWatchers(
      consoles.map(({ source, name, state }) => {
        return { source, name, state, looking: this.#views.get(source) === this.#link.source };
      }),
    );
  }

  #follow(state: LinkState): void {
    if (!this.#stopped) this.#options.onLink(state);
  }

  #publishLine(said: ChatPayload): void {
    this.#link.publish(Channel.chat, said);
  }

  #safely(f: () => void): void {
    try {
      f();
    } catch (error) {
      this.#options.report(error);
    }
  }
}

/** Joins the lead's session, or its queue, in this tab. */
export function join(options: SessionOptions): Live {
  const session = new Session(options);
  session.start();
  return session;
}
