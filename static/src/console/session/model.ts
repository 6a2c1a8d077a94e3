import { batch, computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { LinkOptions, LinkState, PathInfo } from "../../link/link";
import type { Missing } from "../../mirror/mirror";
import { type Frame, isKeyframe } from "../../wire/frame";
import type {
  Failure,
  Joined,
  LeadStatus,
  LeadView,
  Presence,
  ServerMessage,
  SourcePresence,
} from "../../wire/messages";
import { Channel } from "../../wire/tables.gen";
import type { Api } from "../api";
import { Connection } from "../connection";
import { customerName } from "../format";
import { text } from "../text";
import { Chat } from "./chat";
import { parsePointer, parseStroke } from "./inbound";
import type { MirrorPage, Stroke } from "./page";
import { Pictures } from "./pictures";
import { parseTabState, Strip } from "./strip";

/** What a session needs of its link. */
export interface SessionLink {
  readonly source: number;
  /** Reads payloads; throws when they don't parse. */
  readonly codec: { json(frame: Frame): unknown; text(frame: Frame): string };
  connect(): void;
  publish(channel: number, payload: unknown, keyframe?: boolean): void;
  /** Asks a source for a keyframe on a channel. */
  requestKeyframe(source: number, channel: number): void;
  openDirect(source: number): void;
  retryNow(): void;
  close(): void;
}

export type SessionLinkHandlers = Omit<LinkOptions, "url">;

export interface SessionOptions {
  id: string;
  /** The lead, if it is known already; "" otherwise. */
  lead: string;
  /** Names the browser's window, so that a reload is the same source. */
  window: string;
  link(handlers: SessionLinkHandlers): SessionLink;
  api: Pick<Api, "lead" | "end" | "remarks">;
  /** A lead of the desk's list; null when it is not on it. */
  findLead(id: string): LeadView | null;
  onBuild(build: string): void;
  onUnauthorized(): void;
}

/** When a tab is back whose page stayed the same, no first picture comes: after this time, in milliseconds. */
const directPatience = 1500;

/** Who ended a session. */
export type Ending = NonNullable<LeadStatus["endedBy"]>;

/** One co-browse that the agent takes part in, for as long as it is open in this window. */
export class SessionModel {
  readonly id: string;
  readonly strip = new Strip();
  readonly chat: Chat;
  readonly pictures: Pictures;
  readonly connection = new Connection();
  readonly joined: ReadonlySignal<Joined | null>;
  readonly lead: ReadonlySignal<LeadView | null>;
  readonly sources: ReadonlySignal<readonly SourcePresence[]>;
  /** All of the customer's tabs have been closed for longer than the grace. */
  readonly customerGone: ReadonlySignal<boolean>;
  /** How the viewed tab's frames come; null when they don't. */
  readonly path: ReadonlySignal<PathInfo | null>;
  /** Who ended the session, unless it was done here; null while it goes on. */
  readonly over: ReadonlySignal<Ending | null>;
  /** The lead of a session that was over before this window could join it. */
  readonly past = signal("");
  /** Why the server lets nobody in; null while it does. */
  readonly refused: ReadonlySignal<Failure | null>;
  /** What to call the customer. */
  readonly name: ReadonlySignal<string>;
  /** The parts of the picture that can't be shown. */
  readonly missing: ReadonlySignal<readonly Missing[]>;
  /** Whether the agent draws on the picture. */
  readonly penDown = signal(false);
  /** The remarks as far as they are written. */
  readonly remarks = signal("");

  #options: SessionOptions;
  #link: SessionLink;
  #joined = signal<Joined | null>(null);
  #lead = signal<LeadView | null>(null);
  #presence = signal<Presence | null>(null);
  #paths = signal<ReadonlyMap<number, PathInfo>>(new Map());
  #over = signal<Ending | null>(null);
  #ending = signal(false);
  /** Nothing is known of the session but that it is over. */
  #unknown = signal(false);
  #directTimer: ReturnType<typeof setTimeout> | undefined;
  #missing = signal<readonly Missing[]>([]);
  #page: MirrorPage | null = null;
  #watched = signal(false);
  #stops: (() => void)[];

  constructor(options: SessionOptions) {
    this.#options = options;
    this.id = options.id;
    this.joined = this.#joined;
    this.lead = this.#lead;
    this.missing = this.#missing;
    this.sources = computed(() => this.#presence.value?.sources ?? []);
    this.customerGone = computed(() => this.#presence.value?.customerGone ?? false);
    this.path = computed(() => this.#pathOf(this.strip.view.value));
    this.over = computed(() => (this.#ending.value ? null : this.#over.value));
    this.refused = computed(() => this.#refusal(this.connection.state.value));
    this.name = computed(() => this.#joined.value?.customer || this.#leadName());
    this.chat = new Chat({
      publishLine: (line) => this.#say(line),
      publishTyping: (typing) => this.#link.publish(Channel.typing, typing),
    });
    this.pictures = new Pictures({
      requestKeyframe: (source) => this.#link.requestKeyframe(source, Channel.dom),
      onFirst: (source) => this.#openDirect(source),
    });
    this.#link = options.link(this.#handlers());
    this.#stops = [effect(() => this.#look()), effect(() => this.#handPen())];
    void this.#loadLead(options.lead);
  }

  connect(): void {
    this.#link.connect();
  }

  retryNow(): void {
    this.#link.retryNow();
  }

  /** Leaves the session; it goes on for the others. */
  close(): void {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#directTimer);
    this.chat.close();
    this.#link.close();
    this.connection.reset();
  }

  /** Shows the session's picture in a page from now on; returns how to stop that. */
  attach(page: MirrorPage): () => void {
    this.#page = page;
    page.listen({
      onMissing: (missing) => {
        this.#missing.value = missing;
      },
      onLost: () => this.pictures.lost(),
      onStroke: (source, stroke) => this.#draw(source, stroke),
    });
    const detach = this.pictures.attach(page);
    this.#watched.value = true;
    return () => {
      detach();
      this.#page = null;
      this.#watched.value = false;
      this.#missing.value = [];
    };
  }

  /** Ends the session for everybody, with the remarks. Rejects with an ApiError. */
  async end(): Promise<void> {
    this.#ending.value = true;
    try {
      await this.#options.api.end(this.leadID, this.remarks.value.trim());
    } catch (error) {
      this.#ending.value = false;
      throw error;
    }
  }

  /** Saves the remarks of a session that is over. Rejects with an ApiError. */
  async saveRemarks(): Promise<void> {
    await this.#options.api.remarks(this.leadID, this.remarks.value.trim());
  }

  get leadID(): string {
    return this.#joined.value?.lead ?? this.#lead.value?.id ?? this.#options.lead;
  }

  /** Who is behind a source. */
  person(source: number): { name: string; agent: boolean } {
    const known = this.sources.value.find((one) => one.source === source);
    const agent = known?.kind === "console";
    return { name: known?.name || (agent ? text.chat.agent : this.name.value), agent };
  }

  #handlers(): SessionLinkHandlers {
    return {
      role: "agent",
      hello: () => ({ role: "console", session: this.id, window: this.#options.window }),
      onMessage: (message) => this.#receive(message),
      onFrame: (frame) => this.#frame(frame),
      onKeyframe: (channel) => {
        if (channel === Channel.state) this.#publishView();
      },
      onState: (state) => this.#connected(state),
      onPath: (source, path) => {
        this.#paths.value = new Map(this.#paths.value).set(source, path);
      },
    };
  }

  #connected(state: LinkState): void {
    this.connection.set(state);
    if (state.kind === "open") this.chat.settle();
    if (state.kind !== "closed" || !state.reason) return;
    if (state.reason.code === "unauthorized") this.#options.onUnauthorized();
    if (state.reason.code === "ended") void this.#loadEnding();
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.#options.onBuild(message.build);
        break;
      case "joined":
        this.#join(message);
        break;
      case "presence":
        this.#meet(message);
        break;
      case "lead":
        if (message.state === "ended" && this.#joined.value) this.#over.value = message.endedBy ?? "system";
    }
  }

  #join(joined: Joined): void {
    this.#joined.value = joined;
    this.chat.identify(joined.source);
    this.#publishView();
    if (!this.#lead.value) void this.#loadLead(joined.lead);
  }

  #meet(presence: Presence): void {
    batch(() => {
      this.#presence.value = presence;
      this.strip.presence(presence.sources);
    });
    this.pictures.retain(new Set(this.strip.tabs.value.map((tab) => tab.source)));
    clearTimeout(this.#directTimer);
    this.#directTimer = setTimeout(() => this.#openDirect(this.pictures.shown.value), directPatience);
  }

  /** Offers a direct path; the link knows when there is one already, or may not be one. */
  #openDirect(source: number): void {
    if (source !== 0) this.#link.openDirect(source);
  }

  /** Takes a frame; what does not parse is ignored, but a picture starts anew. */
  #frame(frame: Frame): void {
    const { codec } = this.#link;
    if (frame.channel === Channel.dom) {
      const batch = attempt(() => codec.text(frame));
      this.pictures.add(frame, isKeyframe(frame), batch);
      return;
    }
    const payload = attempt(() => codec.json(frame));
    switch (frame.channel) {
      case Channel.pointer:
        this.#point(frame.source, payload);
        break;
      case Channel.marker:
        this.#show(frame.source, payload);
        break;
      case Channel.chat:
        this.chat.receive(frame, payload);
        break;
      case Channel.typing:
        this.chat.receiveTyping(frame.source, payload);
        break;
      case Channel.state:
        this.#meetTab(frame.source, payload);
        break;
    }
  }

  #meetTab(source: number, payload: unknown): void {
    const state = parseTabState(payload);
    if (state) this.strip.state(source, state);
  }

  #point(source: number, payload: unknown): void {
    const pointer = parsePointer(payload);
    if (pointer && source === this.strip.view.value) this.#page?.pointer(pointer);
  }

  #show(source: number, payload: unknown): void {
    const marker = parseStroke(payload);
    if (marker && source !== this.#link.source && marker.on === this.strip.view.value) {
      this.#page?.stroke(marker);
    }
  }

  #draw(on: number, stroke: Stroke): void {
    this.#link.publish(Channel.marker, { on, ...stroke });
  }

  #say(line: { id: string; text: string }): void {
    this.#link.publish(Channel.chat, line);
    if (this.connection.state.value.kind === "open") this.chat.settle();
  }

  /** Runs whenever the agent turns to another tab, or to or from the session. */
  #look(): void {
    const view = this.strip.view.value;
    void this.#watched.value;
    untracked(() => {
      this.#page?.pointer(null);
      this.pictures.view(view);
      if (this.#joined.value) this.#publishView();
    });
  }

  /** Gives the page the pen, in the site's colour, or takes it away. */
  #handPen(): void {
    const color = this.#joined.value?.color;
    const down = this.penDown.value;
    if (!this.#watched.value || !color) return;
    this.#page?.color(color);
    this.#page?.pen(down);
  }

  #publishView(): void {
    const view = this.#watched.peek() ? this.strip.view.peek() : 0;
    this.#link.publish(Channel.state, { kind: "console", view });
  }

  #pathOf(source: number): PathInfo | null {
    if (this.sources.value.find((one) => one.source === source)?.state !== "online") return null;
    const path = this.#paths.value.get(source) ?? null;
    const open = this.connection.state.value.kind === "open";
    return open || path?.kind === "direct" ? path : null;
  }

  #refusal(state: LinkState): Failure | null {
    if (state.kind !== "closed" || !state.reason) return null;
    if (state.reason.code === "ended") return this.#unknown.value ? state.reason : null;
    return state.reason.code === "unauthorized" ? null : state.reason;
  }

  #leadName(): string {
    const lead = this.#lead.value;
    return lead ? customerName(lead) : text.visitor;
  }

  async #loadLead(id: string): Promise<void> {
    if (!id) return;
    const found = this.#options.findLead(id);
    if (found) this.#lead.value = found;
    try {
      this.#lead.value = (await this.#options.api.lead(id)).lead;
    } catch {
      // The session does without what is only in the lead.
    }
  }

  /** The server says that the session is over. */
  async #loadEnding(): Promise<void> {
    await this.#loadLead(this.leadID);
    const lead = this.#lead.value;
    if (this.#joined.value) this.#over.value ??= lead?.endedBy ?? "system";
    else if (lead) this.past.value = lead.id;
    else this.#unknown.value = true;
  }
}

/** What `read` returns; null when it throws. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
