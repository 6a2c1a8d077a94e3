import { describe, expect, it } from "vitest";
import { Api, Problem } from "./api";

interface Call {
  url: string;
  init: RequestInit;
}

function fake(answer: () => Response | Promise<Response>): { api: Api; calls: Call[] } {
  const calls: Call[] = [];
  const api = new Api("https://beside.test/", async (url, init) => {
    calls.push({ url: String(url), init: init ?? {} });
    return answer();
  });
  return { api, calls };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers });

describe("the customer's calls", () => {
  it("carry the token and no cookies", async () => {
    const { api, calls } = fake(() => json(200, {}));
    await api.remark("secret", "fine", 4);
    expect(calls[0]?.url).toBe("https://beside.test/api/customer/remarks");
    expect(calls[0]?.init).toMatchObject({
      method: "POST",
      credentials: "omit",
      headers: { Authorization: "Bearer secret", "Content-Type": "application/json" },
      body: '{"remarks":"fine","rating":4}',
    });
  });

  it("take an empty answer", async () => {
    await expect(fake(() => json(204, undefined)).api.end("t")).resolves.toBeUndefined();
  });

  it("escape the site's key", async () => {
    const { api, calls } = fake(() => json(200, {}));
    await api.site("a/b?c");
    expect(calls[0]?.url).toBe("https://beside.test/api/sites/a%2Fb%3Fc");
  });

  it("do not take a lead without a token", async () => {
    await expect(fake(() => json(200, { id: "l" })).api.createLead({ site: "s" })).rejects.toThrow(
      "internal",
    );
  });
});

describe("problems", () => {
  it.each([
    [400, "invalid"],
    [401, "over"],
    [403, "notAllowed"],
    [404, "notAllowed"],
    [409, "over"],
    [422, "invalid"],
    [429, "throttled"],
    [500, "internal"],
    [503, "unreachable"],
  ])("%d is %s", async (status, kind) => {
    const error = await fake(() => json(status, undefined))
      .api.end("t")
      .catch((e) => e);
    expect(error).toBeInstanceOf(Problem);
    expect(error.kind).toBe(kind);
  });

  it("of the network are one kind", async () => {
    const { api } = fake(() => Promise.reject(new TypeError("Failed to fetch")));
    await expect(api.site("s")).rejects.toMatchObject({ kind: "unreachable" });
  });

  it("name the fields", async () => {
    const errors = [
      { location: "body.email", message: "too long" },
      { location: "body", message: "x" },
      null,
      { location: 3 },
    ];
    const { api } = fake(() => json(422, { title: "Unprocessable", errors }));
    await expect(api.createLead({ site: "s" })).rejects.toMatchObject({
      kind: "invalid",
      fields: { email: "too long" },
    });
  });

  it("have a sentence of the server's", async () => {
    const { api } = fake(() => json(422, { title: "Unprocessable", detail: "Name is needed." }));
    await expect(api.createLead({ site: "s" })).rejects.toMatchObject({
      fields: {},
      detail: "Name is needed.",
    });
  });

  it("say how long to wait", async () => {
    const { api } = fake(() => json(429, null, { "Retry-After": "12" }));
    await expect(api.end("t")).rejects.toMatchObject({ kind: "throttled", wait: 12 });
  });
});
