import { describe, expect, it, vi } from "vitest";
import { Api, ApiError } from "./api";

function answering(response: () => Response | Promise<Response>) {
  const fetch = vi.fn(async (_path: string | URL | Request, _init?: RequestInit) => response());
  const onUnauthorized = vi.fn();
  return { api: new Api({ fetch, onUnauthorized }), fetch, onUnauthorized };
}

function problem(status: number, body: unknown, headers: Record<string, string> = {}) {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe("Api", () => {
  it("sends JSON and reads JSON", async () => {
    const { api, fetch } = answering(() => Response.json({ id: "u1" }));
    expect(await api.login("asha", "secret")).toEqual({ id: "u1" });
    const [path, init] = fetch.mock.calls[0] ?? [];
    expect(path).toBe("/api/login");
    expect(init?.body).toBe('{"login":"asha","password":"secret"}');
  });

  it("takes an empty answer", async () => {
    const { api } = answering(() => new Response(null, { status: 204 }));
    expect(await api.end("l1", "fine")).toBeUndefined();
  });

  it("escapes what goes into a path", async () => {
    const { api, fetch } = answering(() => Response.json({}));
    await api.lead("../me?x");
    expect(fetch.mock.calls[0]?.[0]).toBe("/api/leads/..%2Fme%3Fx");
  });

  it("says a problem's detail, and the first field's", async () => {
    const { api } = answering(() => problem(409, { detail: "Asha serves this customer." }));
    expect((await failure(api.connect("l1"))).message).toBe("Asha serves this customer.");
    const fields = answering(() => problem(422, { detail: "Not valid", errors: [{ message: "too long" }] }));
    expect((await failure(fields.api.end("l1", ""))).message).toBe("Not valid: too long");
  });

  it.each([
    [401, "unauthorized"],
    [403, "refused"],
    [404, "missing"],
    [429, "throttled"],
    [500, "refused"],
    [503, "unreachable"],
  ])("takes %i for %s", async (status, trouble) => {
    const { api } = answering(() => new Response("<h1>oops</h1>", { status }));
    const error = await failure(api.history());
    expect(error.trouble).toBe(trouble);
    expect(error.message).not.toContain("<");
  });

  it("knows when to try again", async () => {
    const { api } = answering(() => problem(429, {}, { "Retry-After": "30" }));
    const error = await failure(api.login("a", "b"));
    expect(error.retryAfter).toBe(30);
    expect(error.message).toContain("30 s");
  });

  it("tells that the login is gone, but not of a wrong password", async () => {
    const { api, onUnauthorized } = answering(() => problem(401, { detail: "Log in first." }));
    await failure(api.login("a", "b"));
    await failure(api.me());
    expect(onUnauthorized).not.toHaveBeenCalled();
    await failure(api.history());
    expect(onUnauthorized).toHaveBeenCalledOnce();
  });

  it("says when the server can't be reached", async () => {
    const { api } = answering(() => Promise.reject(new TypeError("Failed to fetch")));
    const error = await failure(api.me());
    expect(error.trouble).toBe("unreachable");
    expect(error.message).toMatch(/can't be reached/);
  });

  it("does not trust an answer that is no JSON", async () => {
    const { api } = answering(() => new Response("hello", { status: 200 }));
    expect((await failure(api.me())).trouble).toBe("refused");
  });
});
