import type { EntryView, LeadPage, LeadStory, LeadView, UserView } from "../wire/messages";
import { text } from "./text";

export type { EntryView, LeadPage, LeadStory, LeadView, UserView };

/** Why a request came to nothing. */
export type Trouble =
  | "unreachable" // no answer at all
  | "unauthorized" // not logged in any more, or wrong credentials
  | "throttled"
  | "missing"
  | "refused"; // any other answer that is not a success

/** A failed request; the message is a sentence for people. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly trouble: Trouble;
  readonly status: number;
  /** For "throttled": when to try again, in seconds from now; 0 when unknown. */
  readonly retryAfter: number;

  constructor(trouble: Trouble, message: string, status = 0, retryAfter = 0) {
    super(message);
    this.trouble = trouble;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export interface ApiOptions {
  fetch: typeof fetch;
  /** The login is no longer good. Not called for `login` and `me`, whose callers see for themselves. */
  onUnauthorized(): void;
  /** Milliseconds after which an answer is given up. */
  timeout?: number;
}

/** The HTTP API as an agent uses it. Every method rejects with an ApiError. */
export class Api {
  #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  me(): Promise<UserView> {
    return this.#call("GET", "/api/me");
  }

  login(login: string, password: string): Promise<UserView> {
    return this.#call("POST", "/api/login", { login, password });
  }

  logout(): Promise<void> {
    return this.#call("POST", "/api/logout");
  }

  setOnline(online: boolean): Promise<UserView> {
    return this.#guarded("PUT", "/api/me/online", { online });
  }

  lead(id: string): Promise<LeadStory> {
    return this.#guarded("GET", `/api/leads/${encodeURIComponent(id)}`);
  }

  connect(id: string): Promise<LeadView> {
    return this.#guarded("POST", `/api/leads/${encodeURIComponent(id)}/connect`);
  }

  archive(id: string): Promise<unknown> {
    return this.#guarded("POST", `/api/leads/${encodeURIComponent(id)}/archive`);
  }

  end(id: string, remarks: string): Promise<unknown> {
    return this.#guarded("POST", `/api/leads/${encodeURIComponent(id)}/end`, { remarks });
  }

  remarks(id: string, remarks: string): Promise<unknown> {
    return this.#guarded("POST", `/api/leads/${encodeURIComponent(id)}/remarks`, { remarks });
  }

  /** A page of History; `before` is the `next` of the page before. */
  history(before = ""): Promise<LeadPage> {
    return this.#guarded("GET", `/api/history${before ? `?${new URLSearchParams({ before })}` : ""}`);
  }

  async #guarded<T>(method: string, path: string, body?: unknown): Promise<T> {
    try {
      return await this.#call<T>(method, path, body);
    } catch (error) {
      if (error instanceof ApiError && error.trouble === "unauthorized") this.#options.onUnauthorized();
      throw error;
    }
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.#fetch(method, path, body);
    if (!response.ok) throw await readProblem(response);
    if (response.status === 204) return undefined as T;
    try {
      return (await response.json()) as T;
    } catch {
      throw new ApiError("refused", text.error.unknown, response.status);
    }
  }

  async #fetch(method: string, path: string, body?: unknown): Promise<Response> {
    try {
      return await this.#options.fetch(path, {
        method,
        credentials: "same-origin",
        cache: "no-store",
        headers: body === undefined ? {} : { "Content-Type": "application/json" },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(this.#options.timeout ?? 15_000),
      });
    } catch (error) {
      const late = error instanceof DOMException && error.name === "TimeoutError";
      throw new ApiError("unreachable", late ? text.error.timeout : text.error.unreachable);
    }
  }
}

/** What to tell people about an error that a request ended in. */
export function sentence(error: unknown): string {
  return error instanceof ApiError ? error.message : text.error.unknown;
}

/** Makes an ApiError of an answer by RFC 9457, or of anything else. */
async function readProblem(response: Response): Promise<ApiError> {
  const { status } = response;
  const trouble = troubleOf(status);
  if (trouble === "throttled") {
    const after = Math.ceil(Number(response.headers.get("Retry-After"))) || 0;
    return new ApiError(trouble, text.error.throttled(after), status, after);
  }
  const said = await readDetail(response);
  return new ApiError(trouble, said || text.error.unknown, status);
}

function troubleOf(status: number): Trouble {
  if (status === 401) return "unauthorized";
  if (status === 404) return "missing";
  if (status === 429) return "throttled";
  if (status === 502 || status === 503 || status === 504) return "unreachable";
  return "refused";
}

async function readDetail(response: Response): Promise<string> {
  if (!response.headers.get("Content-Type")?.includes("json")) return "";
  try {
    const problem: unknown = await response.json();
    if (typeof problem !== "object" || problem === null) return "";
    const { detail, errors } = problem as { detail?: unknown; errors?: unknown };
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    const field = typeof first === "object" && first ? (first as { message?: unknown }).message : "";
    const parts = [detail, field].filter((part): part is string => typeof part === "string" && part !== "");
    return parts.join(": ");
  } catch {
    return "";
  }
}
