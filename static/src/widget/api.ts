import type { LeadCreated, NewLead, SiteView } from "../wire/messages";
import { isRecord } from "./slot";

/** What went wrong, as far as the customer can do something about it. */
export type ProblemKind =
  | "unreachable" // no answer, or none in time
  | "throttled" // too many requests
  | "notAllowed" // the site, or this address of it, has no support
  | "invalid" // a field is wrong
  | "over" // the lead is not in a state for this any more, or unknown
  | "internal";

export class Problem extends Error {
  readonly kind: ProblemKind;
  /** What is wrong with which field, by the API's names. */
  readonly fields: Readonly<Record<string, string>>;
  /** For how long to wait, in seconds; 0 when nothing was said. */
  readonly wait: number;
  /** The server's own sentence about what is invalid; empty when it has none. */
  readonly detail: string;

  constructor(kind: ProblemKind, about: Partial<Pick<Problem, "fields" | "wait" | "detail">> = {}) {
    super(kind);
    this.kind = kind;
    this.fields = about.fields ?? {};
    this.wait = about.wait ?? 0;
    this.detail = about.detail ?? "";
  }
}

const patience = 15_000;

/** The part of the HTTP API that is a customer's. Everything it throws is a Problem. */
export class Api {
  #base: string;
  #fetch: typeof fetch;

  constructor(base: string, fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#base = base;
    this.#fetch = fetcher;
  }

  site(key: string): Promise<SiteView> {
    return this.#call("GET", `api/sites/${encodeURIComponent(key)}`) as Promise<SiteView>;
  }

  async createLead(lead: NewLead): Promise<LeadCreated> {
    const created = await this.#call("POST", "api/leads", lead);
    if (!isRecord(created) || !created.id || !created.token) throw new Problem("internal");
    return created as unknown as LeadCreated;
  }

  async cancel(token: string): Promise<void> {
    await this.#call("POST", "api/customer/cancel", undefined, token);
  }

  async leaveMessage(token: string, message: string): Promise<void> {
    await this.#call("POST", "api/customer/message", { message }, token);
  }

  async end(token: string): Promise<void> {
    await this.#call("POST", "api/customer/end", undefined, token);
  }

  async remark(token: string, remarks: string, rating: number): Promise<void> {
    await this.#call("POST", "api/customer/remarks", { remarks, rating }, token);
  }

  async #call(method: string, path: string, body?: unknown, token?: string): Promise<unknown> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    const init: RequestInit = {
      method,
      headers,
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    };
    if (body !== undefined) init.body = JSON.stringify(body);
    const answer = await this.#ask(this.#base + path, init);
    const content: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw problemOf(answer, content);
    return content;
  }

  async #ask(url: string, init: RequestInit): Promise<Response> {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), patience);
    try {
      return await this.#fetch(url, { ...init, signal: giveUp.signal });
    } catch {
      throw new Problem("unreachable");
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Reads an RFC 9457 problem. */
function problemOf(answer: Response, content: unknown): Problem {
  switch (answer.status) {
    case 401:
    case 409:
    case 410:
      return new Problem("over");
    case 403:
    case 404:
      return new Problem("notAllowed");
    case 400:
    case 422:
      return new Problem("invalid", { fields: fieldsOf(content), detail: detailOf(content) });
    case 429:
      return new Problem("throttled", { wait: waitOf(answer) });
    case 502:
    case 503:
    case 504:
      return new Problem("unreachable");
    default:
      return new Problem("internal");
  }
}

function waitOf(answer: Response): number {
  return Math.max(0, Math.ceil(Number(answer.headers.get("Retry-After")) || 0));
}

function detailOf(content: unknown): string {
  return isRecord(content) && typeof content.detail === "string" ? content.detail.slice(0, 300) : "";
}

/** The errors by field: their locations are "body.name". */
function fieldsOf(content: unknown): Record<string, string> {
  const fields: Record<string, string> = {};
  const errors = isRecord(content) && Array.isArray(content.errors) ? content.errors : [];
  for (const error of errors) {
    if (!isRecord(error) || typeof error.location !== "string") continue;
    const name = error.location.replace(/^body\.?/, "");
    if (name && typeof error.message === "string") fields[name] = error.message;
  }
  return fields;
}
