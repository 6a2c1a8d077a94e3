import { isRecord, type Slot } from "./slot";

/** What the tabs of one site share, in localStorage. */
export interface Saved {
  /** The site's theme colour, for the next page's launcher. */
  color?: string;
  /** The customer's request, from Connect until nothing more is to be asked. */
  lead?: Lead;
}

export type EndedBy = "customer" | "agent" | "system";

export interface Lead {
  id: string;
  /** The customer's proof for this one lead. */
  token: string;
  phase: "open" | "ended";
  /** The agent who served it; empty before. */
  agent: string;
  /** How the customer can be reached later. */
  reach: "email" | "phone" | "none";
  /** What the customer wrote in the request, for leaving it as a message. */
  message: string;
  /** Of an ended one: who ended it, when, and the tab that asks for remarks. */
  by?: EndedBy;
  ended?: number;
  asking?: string;
  /** The server has not been told of the end yet. */
  owed?: boolean;
}

/** For how long after the end remarks are asked for, in milliseconds. */
export const remarksLife = 10 * 60_000;

export function parseSaved(value: unknown): Saved {
  if (!isRecord(value)) return {};
  const saved: Saved = {};
  if (typeof value.color === "string") saved.color = value.color;
  const lead = parseLead(value.lead);
  if (lead) saved.lead = lead;
  return saved;
}

function parseLead(value: unknown): Lead | null {
  if (!isRecord(value)) return null;
  const { id, token, phase, reach, by, ended, asking } = value;
  if (typeof id !== "string" || typeof token !== "string" || !id || !token) return null;
  const lead: Lead = {
    id,
    token,
    phase: phase === "ended" ? "ended" : "open",
    agent: typeof value.agent === "string" ? value.agent : "",
    reach: reach === "email" || reach === "phone" ? reach : "none",
    message: typeof value.message === "string" ? value.message : "",
  };
  if (by === "customer" || by === "agent" || by === "system") lead.by = by;
  if (typeof ended === "number") lead.ended = ended;
  if (typeof asking === "string") lead.asking = asking;
  if (value.owed === true) lead.owed = true;
  return lead;
}

export function leadOf(saved: Slot<Saved>): Lead | undefined {
  return saved.get().lead;
}

/** Keeps the lead, or forgets it. */
export function saveLead(saved: Slot<Saved>, lead: Lead | undefined): void {
  saved.set({ ...saved.get(), lead });
}

/** Whether this tab is to ask for remarks, or could once it is in front. */
export function mayAsk(lead: Lead | undefined, tab: string, now: number): lead is Lead {
  if (lead?.phase !== "ended" || isStale(lead, now)) return false;
  return lead.asking === undefined || lead.asking === tab;
}

/** An ended lead about which it is too late to ask. */
export function isStale(lead: Lead, now: number): boolean {
  return lead.phase === "ended" && now - (lead.ended ?? 0) > remarksLife;
}
