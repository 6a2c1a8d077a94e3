import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LinkState } from "../link/link";
import { ChatModel, type ReadMarks, TypingNotice } from "../wire/chat";
import type { LeadStatus, NewLead, SiteView } from "../wire/messages";
import { type Api, Problem } from "./api";
import { Farewell } from "./farewell";
import { type EndedBy, type Lead, leadOf, type Saved, saveLead } from "./saved";
import type { Slot } from "./slot";
import type { Tab, TabRecord } from "./tab";
import { type Marks, Talk, type Voice } from "./talk";
import { text } from "./text";
import type { Watcher } from "./watching";

/** What is known of the queue: `place` is null until the server has told, 0 when it is the customer's turn. */
export interface Queue {
  place: number | null;
  agentsOnline: number;
  agent: string;
}

/** Where the customer stands, as this tab shows it. */
export type Stage =
  | { kind: "idle" }
  | { kind: "form"; site: SiteView | null; busy: boolean; problem: Problem | null }
  | ({ kind: "waiting" } & Queue)
  | { kind: "message"; busy: boolean; problem: Problem | null }
  | { kind: "active" }
  | { kind: "remarks"; by: EndedBy; busy: boolean; problem: Problem | null }
  | { kind: "thanks"; for: "remarks" | "message"; reach: Lead["reach"] }
  | { kind: "missed" }
  | { kind: "broken"; why: "version" | "load" | "other" };

/** What the customer has entered in the request. */
export type Draft = Required<Pick<NewLead, "name" | "email" | "phone" | "topic" | "message">>;

/** This tab's part in the session, from the moment that the lead is there. */
export interface Live extends Voice {
  retryNow(): void;
  stop(): void;
}

export interface LiveOptions {
  token: string;
  tab: Readonly<TabRecord>;
  read: ReadMarks;
  chat: ChatModel;
  notice(publish: (typing: boolean) => void): TypingNotice;
  onStatus(status: LeadStatus): void;
  onWatchers(watchers: Watcher[]): void;
  onLink(state: LinkState): void;
  onColor(color: string): void;
  /** A part could not be loaded. */
  onBroken(): void;
  /** The tab got the focus. */
  onFocus(since: number): void;
}

/** What a visit needs of the page, so that a test can do without one. */
export interface VisitDeps {
  site: string;
  api: Api;
  saved: Slot<Saved>;
  marks: Slot<Marks>;
  tab: Tab;
  join(options: LiveOptions): Promise<Live>;
  page: { url(): string; title(): string; visible(): boolean; focused(): boolean };
  color(color: string): void;
  report(error: unknown): void;
  now(): number;
  /** Calls f in some time; returns how to forget it. */
  later(ms: number, f: () => void): () => void;
}

const unknownQueue: Queue = { place: null, agentsOnline: 0, agent: "" };
/** A connection that is back within this time is not worth a word. */
const lostAfter = 1500;
/** A tab that takes another name again within this time has another problem. */
const renewPause = 10_000;
/** How long a page that the browser brings back waits for the page after it to let go, in all. */
const restoreSteps = 10;
const restoreStep = 50;

/** The customer's way from the launcher to the thanks, as one tab goes it. */
export class Visit {
  readonly talk: Talk;
  readonly #deps: VisitDeps;
  readonly #farewell: Farewell;
  readonly #stage = signal<Stage>({ kind: "idle" });
  readonly #watchers = signal<readonly Watcher[]>([]);
  readonly #lost = signal(false);
  readonly #folded = signal(false);
  readonly #ending = signal(false);
  readonly #agent = signal("");
  readonly #news = signal("");
  /** What is entered stays when the form is closed and opened again. */
  readonly draft: Signal<Draft> = signal({ name: "", email: "", phone: "", topic: "", message: "" });

  /** The lead whose session this tab has joined or is joining; empty for none. */
  #entered = "";
  #live: Live | null = null;
  #queue: Queue = unknownQueue;
  /** Rises whenever the tab joins or leaves, so that what comes late is known as late. */
  #turn = 0;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #forgetLost = () => {};

  constructor(deps: VisitDeps) {
    const later = (ms: number, f: () => void) => deps.later(ms, () => this.#safely(f));
    this.#deps = { ...deps, later };
    const { api, saved, marks, tab, page, report, now } = deps;
    this.talk = new Talk({
      tab,
      marks,
      visible: page.visible,
      nameOf: (source) => this.nameOf(source),
      report,
      now,
      later,
    });
    this.#farewell = new Farewell({
      api,
      saved,
      tab,
      page,
      idle: () => this.#stage.value.kind === "idle",
      ask: (lead) => this.#askForRemarks(lead),
      withdraw: () => {
        if (this.#stage.value.kind === "remarks") this.#stage.value = { kind: "idle" };
      },
      now,
      later,
    });
  }

  get stage(): ReadonlySignal<Stage> {
    return this.#stage;
  }
  get watchers(): ReadonlySignal<readonly Watcher[]> {
    return this.#watchers;
  }
  /** The connection is gone for longer than a moment. */
  get lost(): ReadonlySignal<boolean> {
    return this.#lost;
  }
  /** The bar, or the waiting card, is folded away. */
  get folded(): ReadonlySignal<boolean> {
    return this.#folded;
  }
  /** The customer is asked whether to end. */
  get ending(): ReadonlySignal<boolean> {
    return this.#ending;
  }
  /** Name of the agent; empty before there is one. */
  get agent(): ReadonlySignal<string> {
    return this.#agent;
  }
  /** What screen readers are to say. */
  get news(): ReadonlySignal<string> {
    return this.#news;
  }
  /** How the customer can be reached later. */
  get reach(): Lead["reach"] {
    return this.#lead?.reach ?? "none";
  }
  /** What the customer wrote in the request. */
  get request(): string {
    return this.#lead?.message ?? "";
  }

  /** The name of who is behind a source at the agent's side. */
  nameOf(source: number): string {
    const watcher = this.#watchers.value.find((other) => other.source === source);
    return watcher?.name || this.#agent.value || text.agent;
  }

  /** Takes up what an earlier page or another tab has begun. */
  resume(): void {
    const lead = this.#lead;
    if (lead?.phase === "open") this.#enter(lead);
    else this.#farewell.resume();
  }

  /** The browser has brought this page back as it was left. The page after it may be about to let go of the tab. */
  restored(steps = restoreSteps): void {
    const { tab, later } = this.#deps;
    if (steps === 0 || tab.isReleased) this.resume();
    else later(restoreStep, () => this.restored(steps - 1));
  }

  /** Shows the request for support, or what it has become. */
  open(): void {
    const stage = this.#stage.value;
    if (stage.kind === "waiting" || stage.kind === "message") this.fold(false);
    else if (stage.kind === "active") this.showChat(true);
    else if (stage.kind === "broken" && this.#lead) this.resume();
    else if (stage.kind !== "form" && stage.kind !== "remarks") void this.loadForm();
  }

  /** Shows the form and asks the server for what it needs. */
  async loadForm(): Promise<void> {
    const turn = ++this.#turn;
    const form = { kind: "form", site: null, busy: false, problem: null } as const;
    this.#stage.value = form;
    const show = (change: { site: SiteView } | { problem: Problem }) => {
      if (turn === this.#turn && this.#stage.value.kind === "form")
        this.#stage.value = { ...form, ...change };
    };
    try {
      const site = await this.#deps.api.site(this.#deps.site);
      this.#takeColor(site.color);
      show({ site });
    } catch (error) {
      show({ problem: this.#problem(error) });
    }
  }

  closeForm(): void {
    const stage = this.#stage.value;
    if (stage.kind === "form" && !stage.busy) this.#stage.value = { kind: "idle" };
  }

  /** Sends the request. */
  async connect(): Promise<void> {
    const stage = this.#stage.value;
    if (stage.kind !== "form" || stage.busy) return;
    this.#stage.value = { ...stage, busy: true, problem: null };
    const { site, api, page } = this.#deps;
    const draft = this.draft.value;
    try {
      const created = await api.createLead({
        ...filled(draft),
        site,
        pageUrl: page.url().slice(0, 2048),
        pageTitle: page.title().slice(0, 300),
      });
      const reach = draft.email ? "email" : draft.phone ? "phone" : "none";
      const { id, token, agentsOnline } = created;
      this.#save({ id, token, phase: "open", agent: "", reach, message: draft.message });
      this.resume();
      this.#wait({ ...unknownQueue, agentsOnline });
    } catch (error) {
      this.#stage.value = { ...stage, busy: false, problem: this.#problem(error) };
    }
  }

  /** Takes the request back. */
  async cancel(): Promise<void> {
    const lead = this.#lead;
    this.#finish({ kind: "idle" });
    // If the server does not hear of it, it closes the request by itself soon.
    if (lead) await this.#deps.api.cancel(lead.token).catch((error) => void this.#problem(error));
  }

  /** Shows the form for a message, or goes back to waiting. */
  writeMessage(on: boolean): void {
    const kind = this.#stage.value.kind;
    if (on && kind === "waiting") this.#stage.value = { kind: "message", busy: false, problem: null };
    if (!on && kind === "message") this.#wait(this.#queue);
  }

  async leaveMessage(message: string): Promise<void> {
    const [stage, lead] = [this.#stage.value, this.#lead];
    if (stage.kind !== "message" || stage.busy || !lead) return;
    this.#stage.value = { ...stage, busy: true, problem: null };
    try {
      await this.#deps.api.leaveMessage(lead.token, message);
      this.#finish({ kind: "thanks", for: "message", reach: lead.reach });
      this.draft.value = { ...this.draft.value, message: "" };
    } catch (error) {
      const problem = this.#problem(error);
      if (this.#stage.value.kind === "message") this.#stage.value = { kind: "message", busy: false, problem };
    }
  }

  fold(on: boolean): void {
    this.#folded.value = on;
    this.#deps.tab.update({ folded: on });
    if (on) this.talk.show(false);
  }

  showChat(on: boolean): void {
    batch(() => {
      this.talk.show(on);
      if (on && this.#folded.value) this.fold(false);
    });
  }

  retryNow(): void {
    this.#live?.retryNow();
  }

  /** Asks the customer whether to end, or takes the question back. */
  askEnd(on: boolean): void {
    this.#ending.value = on && this.#stage.value.kind === "active";
  }

  /** Ends the session. The agent's picture stops at once, whatever becomes of the call. */
  async end(): Promise<void> {
    const lead = this.#lead;
    if (!lead || this.#stage.value.kind !== "active") return;
    this.#leave();
    await this.#farewell.endHere(lead);
  }

  /** Sends what the customer says of the session. */
  async remark(remarks: string, rating: number): Promise<void> {
    const [stage, lead] = [this.#stage.value, this.#lead];
    if (stage.kind !== "remarks" || stage.busy || !lead) return;
    this.#stage.value = { ...stage, busy: true, problem: null };
    try {
      await this.#farewell.remark(lead, remarks.trim(), rating);
      this.#finish({ kind: "thanks", for: "remarks", reach: lead.reach });
    } catch (error) {
      const problem = this.#problem(error);
      if (this.#stage.value.kind === "remarks") this.#stage.value = { ...stage, busy: false, problem };
    }
  }

  /** Puts away what is shown after the end. */
  dismiss(): void {
    const kind = this.#stage.value.kind;
    if (kind === "remarks") this.#finish({ kind: "idle" });
    if (kind === "thanks" || kind === "missed" || kind === "broken") this.#stage.value = { kind: "idle" };
  }

  /** Another tab of the site changed what is shared. */
  sharedChanged(): void {
    const lead = this.#lead;
    const kind = this.#stage.value.kind;
    if (!lead) {
      if (this.#entered || kind === "remarks") this.#finish({ kind: "idle" }, false);
    } else if (lead.phase === "ended") {
      if (this.#entered) this.#over(lead.by ?? "system");
    } else if (this.#entered !== lead.id && kind !== "broken") {
      this.#enter(lead);
    }
    this.talk.sharedChanged();
  }

  /** The page came to the front, or went away from it. */
  visibilityChanged(): void {
    this.talk.look();
    if (this.#deps.page.visible() && this.#stage.value.kind === "idle") this.#farewell.resume();
  }

  /** The page is left. It may be brought back as it is: then `restored` is called. */
  pageLeft(): void {
    const { tab } = this.#deps;
    this.#leave();
    this.#farewell.release();
    tab.update({ draft: this.talk.draft.value });
    tab.release();
    if (this.#stage.value.kind !== "form") this.#stage.value = { kind: "idle" };
  }

  get #lead(): Lead | undefined {
    return leadOf(this.#deps.saved);
  }

  #save(lead: Lead | undefined): void {
    saveLead(this.#deps.saved, lead);
  }

  /** Joins the lead's session, or its queue. */
  #enter(lead: Lead): void {
    this.#leave();
    const record = this.#deps.tab.take(lead.id);
    this.#entered = lead.id;
    batch(() => {
      this.talk.restore();
      this.#folded.value = record.folded;
      this.#agent.value = lead.agent;
      if (lead.agent) this.#stage.value = { kind: "active" };
      else this.#wait(unknownQueue);
    });
    const turn = this.#turn;
    const current = <A extends unknown[]>(f: (...args: A) => void) => {
      return (...args: A) => {
        if (turn === this.#turn) this.#safely(() => f(...args));
      };
    };
    const options: LiveOptions = {
      token: lead.token,
      tab: record,
      read: this.talk.read(lead.id),
      chat: new ChatModel(0),
      notice: (publish) => new TypingNotice(publish),
      onStatus: current((status) => this.#follow(status)),
      onWatchers: current((watchers) => this.#setWatchers(watchers)),
      onLink: current((state) => this.#setLink(state)),
      onColor: current((color) => this.#takeColor(color)),
      onBroken: current(() => this.#break("load")),
      onFocus: current((since) => this.#deps.tab.update({ since })),
    };
    this.#deps.join(options).then(
      (live) => (turn === this.#turn ? this.#joined(live) : live.stop()),
      current((error) => {
        this.#deps.report(error);
        this.#break("load");
      }),
    );
  }

  #joined(live: Live): void {
    this.#live = live;
    this.talk.attach(live);
  }

  /** Leaves the session, as far as this tab goes. Nothing is captured or sent after it. */
  #leave(): void {
    this.#turn++;
    this.#entered = "";
    const live = this.#live;
    this.#live = null;
    if (live) this.#safely(() => live.stop());
    this.#forgetLost();
    batch(() => {
      this.talk.detach();
      this.#lost.value = false;
      this.#ending.value = false;
      this.#watchers.value = [];
    });
  }

  /** Is done with the lead; `forget` tells the other tabs too. */
  #finish(stage: Stage, forget = true): void {
    this.#leave();
    if (forget) this.#save(undefined);
    this.#stage.value = stage;
  }

  #follow(status: LeadStatus): void {
    switch (status.state) {
      case "waiting":
      case "assigned":
        this.#queue = {
          place: status.place ?? 0,
          agentsOnline: status.agentsOnline,
          agent: status.agent ?? "",
        };
        if (this.#stage.value.kind !== "message") this.#wait(this.#queue);
        return;
      case "active":
        this.#activate(status.agent ?? "");
        return;
      case "ended":
        this.#over(status.endedBy ?? "system");
        return;
      case "cancelled":
        this.#finish({ kind: "idle" });
        return;
      default:
        if (this.#stage.value.kind === "message" && this.#stage.value.busy) return; // it has just been sent
        this.#finish({ kind: "missed" });
    }
  }

  #wait(queue: Queue): void {
    this.#queue = queue;
    this.#stage.value = { kind: "waiting", ...queue };
  }

  #activate(agent: string): void {
    const lead = this.#lead;
    const isNew = this.#stage.value.kind !== "active";
    batch(() => {
      this.#stage.value = { kind: "active" };
      this.#agent.value = agent;
      if (isNew) {
        this.fold(false);
        this.#news.value = text.bar.news(agent || text.agent);
      }
    });
    if (lead?.phase === "open" && lead.agent !== agent) this.#save({ ...lead, agent });
  }

  #setWatchers(watchers: Watcher[]): void {
    this.#watchers.value = watchers;
    this.talk.refresh();
  }

  #setLink(state: LinkState): void {
    if (state.kind === "closed") {
      if (state.reason) this.#refused(state.reason.code);
      return;
    }
    if (state.kind === "open") {
      this.#forgetLost();
      if (this.#lost.value) this.#news.value = text.bar.backNews;
      this.#lost.value = false;
    } else if (!this.#lost.value) {
      this.#forgetLost();
      this.#forgetLost = this.#deps.later(lostAfter, () => {
        this.#lost.value = true;
        this.#news.value = text.bar.lostNews;
      });
    }
  }

  /** The server does not want this tab, and trying again will not help. */
  #refused(code: string): void {
    const { now, tab } = this.#deps;
    const lead = this.#lead;
    if (code === "ended" || code === "unauthorized") {
      this.#over(lead?.by ?? "system");
    } else if (code === "replaced" && lead && now() - this.#renewedAt > renewPause) {
      this.#renewedAt = now();
      tab.renew();
      this.#enter(lead);
    } else {
      this.#break(code === "version" ? "version" : "other");
    }
  }

  #break(why: "version" | "load" | "other"): void {
    this.#leave();
    this.#stage.value = { kind: "broken", why };
  }

  /** The session has ended, or what was waiting for one. */
  #over(by: EndedBy): void {
    const lead = this.#lead;
    if (!lead || (lead.phase === "open" && lead.agent === "")) {
      // It never began: there is nothing to say about it.
      this.#finish(by === "customer" ? { kind: "idle" } : { kind: "missed" });
      return;
    }
    this.#leave();
    this.#stage.value = { kind: "idle" };
    this.#farewell.endedElsewhere(lead, by);
  }

  #askForRemarks(lead: Lead): void {
    batch(() => {
      this.#agent.value = lead.agent;
      this.#stage.value = { kind: "remarks", by: lead.by ?? "system", busy: false, problem: null };
      this.#news.value = text.remarks.news;
    });
  }

  #takeColor(color: string): void {
    const { saved } = this.#deps;
    this.#deps.color(color);
    if (saved.get().color !== color) saved.set({ ...saved.get(), color });
  }

  #problem(error: unknown): Problem {
    if (error instanceof Problem) return error;
    this.#deps.report(error);
    return new Problem("internal");
  }

  #safely(f: () => void): void {
    try {
      f();
    } catch (error) {
      this.#deps.report(error);
    }
  }
}

/** The fields that something is in. */
function filled(draft: Draft): Partial<Draft> {
  const entries = Object.entries(draft).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}
