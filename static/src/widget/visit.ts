import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LinkState } from "../link/link";
import type { ChatLine, ChatModel } from "../wire/chat";
import type { LeadStatus, NewLead, SiteView } from "../wire/messages";
import { type Api, Problem } from "./api";
import { type EndedBy, isStale, type Lead, mayAsk, type Saved } from "./saved";
import type { Slot } from "./slot";
import type { Tab, TabRecord } from "./tab";
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

export interface ChatView {
  lines: readonly ChatLine[];
  unread: number;
  /** Names of those who are typing. */
  typing: readonly string[];
}

/** This tab's part in the session, from the moment that the lead is there. */
export interface Live {
  readonly chat: ChatModel;
  say(text: string): void;
  /** What stands in the chat's field and is not sent. */
  draft(text: string): void;
  retryNow(): void;
  stop(): void;
}

export interface LiveOptions {
  token: string;
  tab: Readonly<TabRecord>;
  read: Lead["read"];
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
const nothingSaid: ChatView = { lines: [], unread: 0, typing: [] };
/** A connection that is back within this time is not worth a word. */
const lostAfter = 1500;
/** After joining, the lines that were there before arrive: they are no news. */
const oldNews = 1500;
const toastLife = 7000;
/** When the server is told again of an end that it did not hear of. */
const endRetries = [2000, 10_000, 30_000];

/** The customer's way from the launcher to the thanks, as one tab goes it. */
export class Visit {
  readonly #deps: VisitDeps;
  readonly #stage = signal<Stage>({ kind: "idle" });
  readonly #chat = signal<ChatView>(nothingSaid);
  readonly #watchers = signal<readonly Watcher[]>([]);
  readonly #lost = signal(false);
  readonly #chatOpen = signal(false);
  readonly #folded = signal(false);
  readonly #ending = signal(false);
  readonly #agent = signal("");
  readonly #toast = signal<{ name: string; text: string } | null>(null);
  readonly #news = signal("");
  /** What stands in the chat's field. */
  readonly chatDraft: Signal<string> = signal("");
  /** What is entered stays when the form is closed and opened again. */
  readonly draft: Signal<Draft> = signal({ name: "", email: "", phone: "", topic: "", message: "" });

  #live: Live | null = null;
  #queue: Queue = unknownQueue;
  /** Rises whenever the tab joins or leaves, so that what comes late is known as late. */
  #turn = 0;
  #joinedAt = 0;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #forgetLost = () => {};
  #forgetToast = () => {};

  constructor(deps: VisitDeps) {
    this.#deps = deps;
  }

  get stage(): ReadonlySignal<Stage> {
    return this.#stage;
  }
  get chat(): ReadonlySignal<ChatView> {
    return this.#chat;
  }
  get watchers(): ReadonlySignal<readonly Watcher[]> {
    return this.#watchers;
  }
  /** The connection is gone for longer than a moment. */
  get lost(): ReadonlySignal<boolean> {
    return this.#lost;
  }
  get chatOpen(): ReadonlySignal<boolean> {
    return this.#chatOpen;
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
  /** A line that has just come while the chat is closed. */
  get toast(): ReadonlySignal<{ name: string; text: string } | null> {
    return this.#toast;
  }
  /** What screen readers are to say. */
  get news(): ReadonlySignal<string> {
    return this.#news;
  }
  /** Most characters of a chat line. */
  get longestLine(): number | undefined {
    return this.#live?.chat.longest;
  }
  /** How the customer can be reached later. */
  get reach(): Lead["reach"] {
    return this.#lead?.reach ?? "none";
  }
  /** What the customer wrote in the request. */
  get request(): string {
    return this.#lead?.message ?? "";
  }

  /** Takes up what an earlier page or another tab has begun. */
  resume(): void {
    const lead = this.#lead;
    if (!lead) return;
    if (lead.phase === "open") {
      this.#enter(lead);
      return;
    }
    if (lead.owed) void this.#tellEnd(lead);
    this.#ask();
  }

  /** Shows the request for support, or what it has become. */
  open(): void {
    const stage = this.#stage.value;
    if (stage.kind === "waiting" || stage.kind === "message") this.fold(false);
    else if (stage.kind === "active") this.showChat(true);
    else if (stage.kind === "broken" && this.#lead) this.resume();
    else if (stage.kind !== "form" && stage.kind !== "remarks") void this.#openForm();
  }

  /** Asks the server again for what the form needs. */
  async reload(): Promise<void> {
    await this.#openForm();
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
      this.#begin(created.id, created.token, draft, created.agentsOnline);
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
    if (on) this.showChat(false);
  }

  showChat(on: boolean): void {
    batch(() => {
      this.#chatOpen.value = on;
      this.#deps.tab.update({ chatOpen: on });
      if (on) this.#setToast(null);
      if (on && this.#folded.value) this.fold(false);
      this.#watch();
    });
  }

  /** Sends what stands in the chat's field. */
  say(): void {
    this.#live?.say(this.chatDraft.value);
    if (this.#live) this.chatDraft.value = "";
  }

  typing(draft: string): void {
    this.chatDraft.value = draft;
    this.#live?.draft(draft);
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
    const { now, tab } = this.#deps;
    const ended: Lead = {
      ...lead,
      phase: "ended",
      by: "customer",
      ended: now(),
      asking: tab.window,
      owed: true,
    };
    this.#save(ended);
    this.#showRemarks("customer");
    await this.#tellEnd(ended);
  }

  /** Sends what the customer says of the session. */
  async remark(remarks: string, rating: number): Promise<void> {
    const [stage, lead] = [this.#stage.value, this.#lead];
    if (stage.kind !== "remarks" || stage.busy || !lead) return;
    this.#stage.value = { ...stage, busy: true, problem: null };
    try {
      if (remarks.trim() !== "" || rating > 0) await this.#tellRemarks(lead, remarks.trim(), rating);
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
      if (this.#live || kind === "remarks") this.#finish({ kind: "idle" }, false);
    } else if (lead.phase === "ended") {
      if (this.#live) this.#over(lead.by ?? "system");
    } else if (!this.#live || this.#deps.tab.record?.lead !== lead.id) {
      if (kind !== "broken") this.#enter(lead);
    } else {
      this.#live.chat.restore({ read: lead.read });
    }
  }

  /** The page came to the front, or went away from it. */
  visibilityChanged(): void {
    this.#watch();
    if (this.#deps.page.visible() && this.#stage.value.kind === "idle" && this.#lead?.phase === "ended")
      this.#ask();
  }

  /** The page is left. It may be brought back as it is: then `resume` is called. */
  pageLeft(): void {
    const lead = this.#lead;
    if (this.#stage.value.kind === "remarks" && lead) this.#save({ ...lead, asking: undefined });
    this.#leave();
    this.#deps.tab.update({ draft: this.chatDraft.value });
    this.#deps.tab.release();
    if (this.#stage.value.kind !== "form") this.#stage.value = { kind: "idle" };
  }

  get #lead(): Lead | undefined {
    return this.#deps.saved.get().lead;
  }

  #save(lead: Lead | undefined): void {
    this.#deps.saved.set({ ...this.#deps.saved.get(), lead });
  }

  async #openForm(): Promise<void> {
    const form = { kind: "form", site: null, busy: false, problem: null } as const;
    const turn = ++this.#turn;
    this.#stage.value = form;
    const showForm = (change: Partial<typeof form> | { site: SiteView } | { problem: Problem }) => {
      if (turn === this.#turn && this.#stage.value.kind === "form")
        this.#stage.value = { ...form, ...change };
    };
    try {
      const site = await this.#deps.api.site(this.#deps.site);
      this.#takeColor(site.color);
      showForm({ site });
    } catch (error) {
      showForm({ problem: this.#problem(error) });
    }
  }

  #begin(id: string, token: string, draft: Draft, agentsOnline: number): void {
    const reach = draft.email ? "email" : draft.phone ? "phone" : "none";
    const lead: Lead = { id, token, phase: "open", agent: "", reach, message: draft.message, read: {} };
    this.#save(lead);
    this.#enter(lead);
    this.#wait({ ...unknownQueue, agentsOnline });
  }

  /** Joins the lead's session, or its queue. */
  #enter(lead: Lead): void {
    this.#leave();
    const record = this.#deps.tab.take(lead.id);
    batch(() => {
      this.#chatOpen.value = record.chatOpen;
      this.#folded.value = record.folded;
      this.chatDraft.value = record.draft;
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
      read: lead.read,
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
    this.#joinedAt = this.#deps.now();
    live.chat.subscribe(() => this.#safely(() => this.#chatChanged(live.chat)));
    this.#watch();
    this.#chatChanged(live.chat);
  }

  /** Leaves the session, as far as this tab goes. Nothing is captured or sent after it. */
  #leave(): void {
    this.#turn++;
    const live = this.#live;
    this.#live = null;
    if (live) this.#safely(() => live.stop());
    this.#forgetLost();
    this.#setToast(null);
    batch(() => {
      this.#lost.value = false;
      this.#ending.value = false;
      this.#watchers.value = [];
      this.#chat.value = nothingSaid;
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
    if (lead && lead.agent !== agent) this.#save({ ...lead, agent });
  }

  #setWatchers(watchers: Watcher[]): void {
    this.#watchers.value = watchers;
    if (this.#live) this.#chatChanged(this.#live.chat);
  }

  #setLink(state: LinkState): void {
    if (state.kind === "open") {
      this.#forgetLost();
      if (this.#lost.value) this.#news.value = text.bar.backNews;
      this.#lost.value = false;
    } else if (state.kind === "closed") {
      if (state.reason) this.#refused(state.reason.code);
    } else if (!this.#lost.value) {
      this.#forgetLost();
      this.#forgetLost = this.#later(lostAfter, () => {
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
    } else if (code === "replaced" && lead && now() - this.#renewedAt > 10_000) {
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

  #chatChanged(chat: ChatModel): void {
    const nameOf = (source: number) =>
      this.#watchers.value.find((watcher) => watcher.source === source)?.name ||
      this.#agent.value ||
      text.agent;
    const before = this.#chat.value;
    this.#chat.value = { lines: chat.lines, unread: chat.unread, typing: chat.typists.map(nameOf) };
    this.#keep(chat);
    const latest = chat.lines.findLast((line) => !line.mine);
    const isNews = latest && !before.lines.some((line) => line.id === latest.id);
    if (!isNews || this.#deps.now() - this.#joinedAt < oldNews) return;
    if (!chat.watched) this.#setToast({ name: nameOf(latest.source), text: latest.text });
  }

  /** Keeps what the next page, and the other tabs, need of the chat. */
  #keep(chat: ChatModel): void {
    const { read, pending } = chat.memory();
    const { tab } = this.#deps;
    if (JSON.stringify(pending) !== JSON.stringify(tab.record?.pending)) tab.update({ pending });
    const lead = this.#lead;
    if (lead && JSON.stringify(read) !== JSON.stringify(lead.read)) this.#save({ ...lead, read });
  }

  /** The chat is read while it is open in a page that is in front. */
  #watch(): void {
    if (this.#live) this.#live.chat.watched = this.#chatOpen.value && this.#deps.page.visible();
  }

  #setToast(toast: { name: string; text: string } | null): void {
    this.#forgetToast();
    this.#toast.value = toast;
    if (toast) this.#forgetToast = this.#later(toastLife, () => this.#setToast(null));
  }

  /** The session has ended. */
  #over(by: EndedBy): void {
    const lead = this.#lead;
    if (!lead || (lead.phase === "open" && lead.agent === "")) {
      // It never began: there is nothing to say about it.
      this.#finish(by === "customer" ? { kind: "idle" } : { kind: "missed" });
      return;
    }
    this.#leave();
    this.#stage.value = { kind: "idle" };
    if (lead.phase === "open") this.#save({ ...lead, phase: "ended", by, ended: this.#deps.now() });
    this.#ask();
  }

  /** Asks for remarks, if it is for this tab to ask. The window with the focus goes first. */
  #ask(patient = true): void {
    const { now, page, tab } = this.#deps;
    const lead = this.#lead;
    if (lead && isStale(lead, now())) this.#save(undefined);
    if (!lead || !page.visible()) return;
    tab.take(lead.id);
    if (!mayAsk(lead, tab.window, now()) || this.#stage.value.kind !== "idle") return;
    if (patient && !page.focused()) {
      this.#later(400, () => this.#ask(false));
      return;
    }
    this.#save({ ...lead, asking: tab.window });
    this.#showRemarks(lead.by ?? "system");
  }

  #showRemarks(by: EndedBy): void {
    const lead = this.#lead;
    batch(() => {
      this.#agent.value = lead?.agent ?? "";
      this.#stage.value = { kind: "remarks", by, busy: false, problem: null };
      this.#news.value = text.remarks.news;
    });
  }

  /** Tells the server of the end, and again if it can't be reached. */
  async #tellEnd(lead: Lead, tries = 0): Promise<void> {
    try {
      await this.#deps.api.end(lead.token);
    } catch (error) {
      if (this.#problem(error).kind !== "over") {
        const wait = endRetries[tries];
        if (wait !== undefined) this.#later(wait, () => void this.#tellEnd(lead, tries + 1));
        return;
      }
    }
    const saved = this.#lead;
    if (saved?.id === lead.id) this.#save({ ...saved, owed: undefined });
  }

  async #tellRemarks(lead: Lead, remarks: string, rating: number): Promise<void> {
    const { api } = this.#deps;
    if (lead.owed) await api.end(lead.token).catch(ignoreOver);
    await api.remark(lead.token, remarks, rating).catch(ignoreOver);
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

  #later(ms: number, f: () => void): () => void {
    return this.#deps.later(ms, () => this.#safely(f));
  }

  #safely(f: () => void): void {
    try {
      f();
    } catch (error) {
      this.#deps.report(error);
    }
  }
}

function ignoreOver(error: unknown): void {
  if (!(error instanceof Problem) || error.kind !== "over") throw error;
}

/** The fields that something is in. */
function filled(draft: Draft): Partial<Draft> {
  const entries = Object.entries(draft).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}
