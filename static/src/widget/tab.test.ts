import { describe, expect, it } from "vitest";
import { type Area, Slot } from "./slot";
import { parseTab, Tab, type TabRecord } from "./tab";

let next = 0;
const newID = () => `tab${++next}`;

function browserTab(stored = new Map<string, string>()) {
  const area: Area = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
  };
  return {
    /** A page that is loaded in the tab. */
    page: () => new Tab(new Slot<TabRecord | null>(() => area, "k", parseTab), newID),
    /** The tab that the browser's "Duplicate" makes. */
    duplicate: () => browserTab(new Map(stored)),
  };
}

describe("a tab", () => {
  it("is the same after a navigation", () => {
    const tab = browserTab();
    const first = tab.page();
    const { window } = first.take("lead");
    first.update({ chatOpen: true, since: 5 });
    first.release();
    expect(tab.page().take("lead")).toMatchObject({ window, chatOpen: true, since: 5, released: false });
  });

  it("is another one when it was duplicated", () => {
    const tab = browserTab();
    const { window } = tab.page().take("lead");
    expect(tab.duplicate().page().take("lead").window).not.toBe(window);
  });

  it("is another one for another lead", () => {
    const tab = browserTab();
    const first = tab.page();
    const { window } = first.take("lead");
    first.release();
    expect(tab.page().take("other").window).not.toBe(window);
  });

  it("is itself again when the browser brings the page back", () => {
    const tab = browserTab();
    const first = tab.page();
    const { window } = first.take("lead");
    first.release();
    const second = tab.page();
    second.take("lead");
    second.update({ chatOpen: true });
    second.release();
    expect(first.take("lead")).toMatchObject({ window, chatOpen: true, released: false });
  });

  it("is itself again even if the page after it has not let go yet", () => {
    const tab = browserTab();
    const first = tab.page();
    const { window } = first.take("lead");
    first.release();
    expect(first.isReleased).toBe(true);
    tab.page().take("lead");
    expect(first.isReleased).toBe(false);
    expect(first.take("lead").window).toBe(window);
  });

  it("keeps its name while the page lives", () => {
    const page = browserTab().page();
    expect(page.take("lead").window).toBe(page.take("lead").window);
  });

  it("can become another one, and forgets what the first had to say", () => {
    const page = browserTab().page();
    const { window } = page.take("lead");
    page.update({ pending: [{ id: "a", text: "x" }] });
    page.renew();
    expect(page.window).not.toBe(window);
    expect(page.record?.pending).toEqual([]);
  });

  it.each([null, [], {}, { window: 1, lead: "l" }, { window: "", lead: "l" }])("is nobody by %j", (value) => {
    expect(parseTab(value)).toBeNull();
  });
});
