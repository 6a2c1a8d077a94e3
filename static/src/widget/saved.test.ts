import { describe, expect, it } from "vitest";
import { isStale, type Lead, mayAsk, parseSaved, remarksLife } from "./saved";

const open: Lead = { id: "l", token: "t", phase: "open", agent: "", reach: "none", message: "" };
const ended: Lead = { ...open, phase: "ended", by: "agent", ended: 1000 };

describe("what the tabs share", () => {
  it.each([{ ...open }, { ...ended, asking: "tab", owed: true }])("comes back as it was: %j", (lead) => {
    const saved = { color: "#123456", lead };
    expect(parseSaved(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
  });

  it.each([
    null,
    3,
    [],
    "x",
    {},
    { lead: {} },
    { lead: { id: "a" } },
    { lead: { id: "a", token: "" } },
    { color: 3 },
  ])("is nothing when it is %j", (value) => expect(parseSaved(value)).toEqual({}));

  it("drops what does not belong", () => {
    const lead = {
      id: "l",
      token: "t",
      phase: "odd",
      reach: 1,
      by: "me",
      ended: "x",
      asking: 2,
      owed: 1,
      extra: 1,
    };
    expect(parseSaved({ lead })).toEqual({ lead: open });
  });
});

describe("asking for remarks", () => {
  it("is for one tab", () => {
    expect(mayAsk(ended, "a", 2000)).toBe(true);
    expect(mayAsk({ ...ended, asking: "a" }, "a", 2000)).toBe(true);
    expect(mayAsk({ ...ended, asking: "b" }, "a", 2000)).toBe(false);
  });

  it("comes after the end, and not long after", () => {
    expect(mayAsk(undefined, "a", 2000)).toBe(false);
    expect(mayAsk(open, "a", 2000)).toBe(false);
    expect(mayAsk(ended, "a", 1001 + remarksLife)).toBe(false);
    expect(isStale(ended, 1001 + remarksLife)).toBe(true);
    expect(isStale(open, 1001 + remarksLife)).toBe(false);
  });
});
