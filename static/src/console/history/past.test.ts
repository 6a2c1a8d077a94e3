import { expect, it, vi } from "vitest";
import type { LeadPage, LeadView } from "../../wire/messages";
import { ApiError } from "../api";
import { Past } from "./past";

const page = (ids: string[], next?: string): LeadPage => ({
  leads: ids.map((id): LeadView => ({ id, site: "s", siteName: "Shop", state: "ended", created: 1 })),
  ...(next ? { next } : {}),
});

function past(...answers: (LeadPage | Error)[]) {
  const history = vi.fn(async (_before?: string) => {
    const answer = answers.shift();
    if (answer instanceof Error || !answer) throw answer ?? new Error("no more answers");
    return answer;
  });
  return { history, list: new Past({ history }) };
}

function shown(list: Past): string {
  const state = list.state.value;
  if (state.kind !== "ready") return state.kind;
  return `${state.leads.map((lead) => lead.id).join("")} next=${state.next} ${state.problem}`.trim();
}

it("loads page after page, and no request twice", async () => {
  const { list, history } = past(page(["a", "b"], "b"), page(["b", "c"]));
  await list.load();
  expect(shown(list)).toBe("ab next=b");
  await Promise.all([list.loadMore(), list.loadMore()]);
  expect(shown(list)).toBe("abc next=");
  await list.loadMore();
  expect(history.mock.calls).toEqual([[], ["b"]]);
});

it("keeps what it has when more can't be loaded", async () => {
  const { list } = past(page(["a"], "a"), new ApiError("unreachable", "No network."), page(["b"]));
  await list.load();
  await list.loadMore();
  expect(shown(list)).toBe("a next=a No network.");
  await list.loadMore();
  expect(shown(list)).toBe("ab next=");
});

it("says when nothing can be loaded", async () => {
  const { list } = past(new ApiError("unreachable", "No network."), page([]));
  await list.load();
  expect(list.state.value).toEqual({ kind: "failed", message: "No network." });
  await list.load();
  expect(shown(list)).toBe("next=");
});
