import { type Api, Problem } from "./api";
import { type EndedBy, isStale, type Lead, leadOf, mayAsk, type Saved, saveLead } from "./saved";
import type { Slot } from "./slot";
import type { Tab } from "./tab";

export interface FarewellDeps {
  api: Api;
  saved: Slot<Saved>;
  tab: Tab;
  page: { visible(): boolean; focused(): boolean };
  /** Whether there is nothing else that the tab shows. */
  idle(): boolean;
  /** Shows the question for remarks. */
  ask(lead: Lead): void;
  /** Another tab asks after all. */
  withdraw(): void;
  now(): number;
  later(ms: number, f: () => void): () => void;
}

/** A window without the focus waits so long before it asks, so that the one with it goes first. */
const politeness = 400;
/** What one tab writes, the others have seen after this time. */
const hearsay = 250;
const mostClaims = 4;
/** When the server is told again of an end that it did not hear of. */
const retries = [2000, 10_000, 30_000];

/**
 * What happens after a session's end: the server hears of it, and one tab of
 * those that were open, the one in front, asks for remarks.
 */
export class Farewell {
  readonly #deps: FarewellDeps;
  /** Rises with each claim, so that an older one that still waits gives up. */
  #claim = 0;

  constructor(deps: FarewellDeps) {
    this.#deps = deps;
  }

  /** The customer ends in this tab: it is this tab that asks. */
  async endHere(lead: Lead): Promise<void> {
    const { saved, tab, now, ask } = this.#deps;
    this.#claim++;
    const ended: Lead = {
      ...lead,
      phase: "ended",
      by: "customer",
      ended: now(),
      asking: tab.window,
      owed: true,
    };
    saveLead(saved, ended);
    ask(ended);
    await this.#tell(ended);
  }

  /** The session was ended elsewhere. */
  endedElsewhere(lead: Lead, by: EndedBy): void {
    // The tab in which the customer ended it has written that down, and asks.
    if (by === "customer") return;
    const { saved, now } = this.#deps;
    if (lead.phase === "open") saveLead(saved, { ...lead, phase: "ended", by, ended: now() });
    this.resume();
  }

  /** Goes on with what is left to do about an ended lead, if it is for this tab to do it. */
  resume(): void {
    const { saved, page, now, later } = this.#deps;
    const lead = leadOf(saved);
    if (lead?.phase !== "ended") return;
    if (isStale(lead, now())) {
      saveLead(saved, undefined);
      return;
    }
    if (lead.owed) void this.#tell(lead);
    const claim = ++this.#claim;
    if (page.focused()) this.#tryToAsk(claim);
    else later(politeness, () => this.#tryToAsk(claim));
  }

  /** The page goes away: the next one may ask. */
  release(): void {
    const { saved, tab } = this.#deps;
    this.#claim++;
    const lead = leadOf(saved);
    if (lead?.asking === tab.window && lead.asking) saveLead(saved, { ...lead, asking: undefined });
  }

  /** Sends what the customer says. Throws a Problem. */
  async remark(lead: Lead, remarks: string, rating: number): Promise<void> {
    const { api } = this.#deps;
    if (remarks === "" && rating === 0) return;
    if (lead.owed) await api.end(lead.token).catch(ignoreOver);
    await api.remark(lead.token, remarks, rating).catch(ignoreOver);
  }

  /** Claims the question for this tab, and asks. */
  #tryToAsk(claim: number): void {
    const { saved, tab, page, now, idle, ask, later } = this.#deps;
    const lead = leadOf(saved);
    if (claim !== this.#claim || !lead || !page.visible() || !idle()) return;
    tab.take(lead.id);
    if (!mayAsk(lead, tab.window, now())) return;
    const asking = { ...lead, asking: tab.window };
    saveLead(saved, asking);
    ask(asking);
    later(hearsay, () => this.#confirm(claim, mostClaims));
  }

  /** Other tabs may have claimed at the same moment: once all must have heard of it, only the last claim stands. */
  #confirm(claim: number, tries: number): void {
    const { saved, tab, later, withdraw } = this.#deps;
    const lead = leadOf(saved);
    if (claim !== this.#claim || lead?.phase !== "ended" || lead.asking === tab.window) return;
    if (lead.asking !== undefined || tries === 0) {
      withdraw();
      return;
    }
    saveLead(saved, { ...lead, asking: tab.window });
    later(hearsay, () => this.#confirm(claim, tries - 1));
  }

  async #tell(lead: Lead, tries = 0): Promise<void> {
    const { api, saved, later } = this.#deps;
    try {
      await api.end(lead.token).catch(ignoreOver);
    } catch {
      const wait = retries[tries];
      if (wait !== undefined) later(wait, () => void this.#tell(lead, tries + 1));
      return;
    }
    const now = leadOf(saved);
    if (now?.id === lead.id && now.owed) saveLead(saved, { ...now, owed: undefined });
  }
}

/** What is over for the server needs no more telling. */
function ignoreOver(error: unknown): void {
  if (!(error instanceof Problem) || error.kind !== "over") throw error;
}
