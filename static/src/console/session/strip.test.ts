import { describe, expect, it } from "vitest";
import type { SourcePresence } from "../../wire/messages";
import type { TabState } from "../../wire/payload";
import { parseTabState, Strip, stripTabs } from "./strip";

function tab(source: number, state: SourcePresence["state"] = "online"): SourcePresence {
  return { source, kind: "tab", name: "Priya", state };
}

function state(since: number, title = "Page"): TabState {
  return {
    kind: "tab",
    url: "https://x.example/",
    title,
    visible: true,
    focused: true,
    since,
    width: 1,
    height: 1,
  };
}

const agent: SourcePresence = { source: 9, kind: "console", name: "Asha", state: "online" };

/** Writes tabs as the strip shows them: number, dot ●, line ▁, cross ✕. */
function drawn(strip: Strip): string {
  const mark = (on: boolean, sign: string) => (on ? sign : "");
  return strip.tabs.value
    .map((one) => `${one.source}${mark(one.here, "●")}${mark(one.viewed, "▁")}${mark(one.closed, "✕")}`)
    .join(" ");
}

function strip(...sources: SourcePresence[]): Strip {
  const made = new Strip();
  made.presence([agent, ...sources]);
  return made;
}

describe("Strip", () => {
  it("views the first tab as soon as it is there, before it has said anything", () => {
    const one = strip();
    expect(one.view.value).toBe(0);
    one.presence([agent, tab(1)]);
    expect(drawn(one)).toBe("1●▁");
  });

  it("stays where the agent is when the customer goes to another tab", () => {
    const two = strip(tab(1), tab(2));
    two.state(1, state(10));
    two.choose(1);
    two.state(2, state(20));
    expect(drawn(two)).toBe("1▁ 2●");
    expect(two.elsewhere.value?.source).toBe(2);
    two.state(1, state(30));
    expect(two.elsewhere.value).toBeNull();
  });

  it("follows when asked, until the agent picks a tab", () => {
    const two = strip(tab(1), tab(2));
    two.state(2, state(20));
    two.choose(1);
    two.follow();
    expect(drawn(two)).toBe("1 2●▁");
    two.state(1, state(30));
    expect(drawn(two)).toBe("1●▁ 2");
    two.choose(2);
    expect(drawn(two)).toBe("1● 2▁");
  });

  it("crosses out closed tabs and moves on to an open one", () => {
    const two = strip(tab(1), tab(2));
    two.state(1, state(10));
    two.state(2, state(20));
    two.presence([agent, tab(1), tab(2, "closed")]);
    expect(drawn(two)).toBe("1●▁ 2✕");
  });

  it("keeps the view when everything is closed", () => {
    const one = strip(tab(1));
    one.presence([agent, tab(1, "closed")]);
    expect(drawn(one)).toBe("1▁✕");
    expect(one.here.value).toBe(0);
  });

  it("leaves a tab that navigates where it is", () => {
    const two = strip(tab(1), tab(2));
    two.state(1, state(30));
    two.state(2, state(20));
    two.presence([agent, tab(1, "away"), tab(2)]);
    expect(drawn(two)).toBe("1●▁ 2");
    expect(two.tabs.value[0]?.away).toBe(true);
  });

  it("keeps only the last closed tabs, and the viewed one", () => {
    const sources = [1, 2, 3, 4, 5, 6, 7].map((source) => tab(source, "closed"));
    const shown = stripTabs([...sources, tab(8)], new Map(), 1);
    expect(shown.map((one) => one.source)).toEqual([1, 4, 5, 6, 7, 8]);
  });
});

describe("parseTabState", () => {
  it.each([null, 1, "tab", [], {}, { kind: "console", view: 1 }])("refuses %j", (payload) => {
    expect(parseTabState(payload)).toBeNull();
  });

  it("takes what is well formed and replaces what is not", () => {
    const parsed = parseTabState({ kind: "tab", title: " <b>x</b> ", url: 7, since: "9", width: Infinity });
    expect(parsed).toMatchObject({ title: "<b>x</b>", url: "", since: 0, width: 0, visible: false });
    expect(parseTabState({ kind: "tab", title: "x".repeat(9000) })?.title).toHaveLength(300);
  });
});
