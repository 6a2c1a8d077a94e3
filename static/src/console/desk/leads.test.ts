import { describe, expect, it } from "vitest";
import type { LeadView } from "../../wire/messages";
import { deskOrder, newcomers, waitsFor, withLead } from "./leads";

function lead(id: string, fields: Partial<LeadView> = {}): LeadView {
  return { id, site: "s", siteName: "Shop", state: "waiting", created: 0, ...fields };
}

const ids = (leads: readonly LeadView[]) => leads.map((one) => one.id);

describe("the list", () => {
  it("takes in, changes and lets go", () => {
    const one = withLead([], lead("a"), false);
    expect(ids(one)).toEqual(["a"]);
    const changed = withLead(one, lead("a", { state: "active" }), false);
    expect(changed[0]?.state).toBe("active");
    expect(withLead(changed, lead("a"), true)).toEqual([]);
    expect(withLead(changed, lead("a", { state: "ended" }), false)).toEqual([]);
    expect(withLead([], lead("z", { state: "missed" }), false)).toEqual([]);
  });

  it("puts the longest wait on top and sessions below", () => {
    const leads = [
      lead("new", { created: 30 }),
      lead("session", { created: 1, state: "active" }),
      lead("old", { created: 10, state: "assigned" }),
      lead("older", { created: 5 }),
    ];
    expect(ids(deskOrder(leads))).toEqual(["older", "old", "new", "session"]);
  });
});

describe("newcomers", () => {
  it.each<[string, Partial<LeadView>, boolean]>([
    ["nobody's", {}, true],
    ["my own", { state: "assigned", owner: "me" }, true],
    ["a colleague's", { state: "assigned", owner: "other" }, false],
    ["in session", { state: "active", owner: "me" }, false],
  ])("a lead that is %s", (_, fields, waits) => {
    expect(waitsFor(lead("a", fields), "me")).toBe(waits);
  });

  it("are leads that did not wait for me before", () => {
    const before = [lead("a"), lead("b", { state: "assigned", owner: "other" })];
    const after = [lead("a"), lead("b", { state: "assigned", owner: "me" }), lead("c")];
    expect(ids(newcomers(before, after, "me"))).toEqual(["b", "c"]);
    expect(newcomers(after, after, "me")).toEqual([]);
    const assigned = [lead("a", { state: "assigned", owner: "me" })];
    expect(newcomers([lead("a")], assigned, "me")).toEqual([]);
  });
});
