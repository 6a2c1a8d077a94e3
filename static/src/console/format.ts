import type { LeadView } from "../wire/messages";
import { text } from "./text";

/** Writes moments for people, in their locale and zone. */
export class Dates {
  #exact;
  #full;
  #time;

  /** Without arguments, the browser's own locale and zone. */
  constructor(locale?: string, timeZone?: string) {
    this.#exact = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
    this.#full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long", timeZone });
    this.#time = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone });
  }

  /** Date and time to the minute. */
  exact(at: number): string {
    return this.#exact.format(at);
  }

  /** With weekday, seconds and zone. */
  full(at: number): string {
    return this.#full.format(at);
  }

  /** The time of day. */
  time(at: number): string {
    return this.#time.format(at);
  }
}

/** A span of time as a clock shows it: 0:07, 12:05, 1:02:05. Never negative. */
export function duration(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  if (hours === 0) return `${minutes}:${seconds}`;
  return `${hours}:${String(minutes).padStart(2, "0")}:${seconds}`;
}

/** The same for a `datetime` attribute, as HTML writes durations. */
export function machineDuration(milliseconds: number): string {
  return `PT${Math.max(0, Math.floor(milliseconds / 1000))}S`;
}

/** What to call a customer. */
export function customerName(lead: Pick<LeadView, "name" | "email">): string {
  return lead.name?.trim() || lead.email?.trim() || text.visitor;
}

/** What to call the page from which support was asked. */
export function pageName(lead: Pick<LeadView, "pageTitle" | "pageUrl">): string {
  return lead.pageTitle?.trim() || shortURL(lead.pageUrl ?? "");
}

/** An address without its scheme, and without a slash that says nothing. */
export function shortURL(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map((word) => [...(word ?? "")][0]?.toLocaleUpperCase() ?? "").join("") || "?";
}
