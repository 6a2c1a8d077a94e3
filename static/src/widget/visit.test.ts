import { beforeEach, describe, expect, it, vi } from "vitest";
import type { LinkState } from "../link/link";
import type { ChatModel } from "../wire/chat";
import type { LeadStatus, SiteView } from "../wire/messages";
import { type Api, Problem } from "./api";
import { type Lead, parseSaved, remarksLife, type Saved } from "./saved";
import { type Area, Slot } from "./slot";
import { parseTab, Tab, type TabRecord } from "./tab";
import { parseMarks } from "./talk";
import { type Live, type LiveOptions, Visit, type VisitDeps } from "./visit";

const site = {
  key: "s",
  name: "Shop",
  color: "#123456",
  ask: {},
  topics: [],
  agentsOnline: 1,
} as unknown as SiteView;

function area(stored = new Map<string, string>()): Area {
  return { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => void stored.set(key, value) };
}

/** A session that does nothing but say whether it runs. */
class FakeLive implements Live {
  readonly chat: ChatModel;
  readonly said: string[] = [];
  stopped = false;
  constructor(readonly options: LiveOptions) {
    this.chat = options.chat;
    this.chat.identify(1);
    this.chat.restore({ read: options.read, pending: options.tab.pending });
  }
  say(line: string): void {
    this.said.push(line);
    this.chat.send(line);
  }
  draft(): void {}
  retryNow(): void {}
  stop(): void {
    this.stopped = true;
  }
  status(status: Partial<LeadStatus>): void {
    this.options.onStatus({ type: "lead", state: "waiting", agentsOnline: 1, ...status } as LeadStatus);
  }
  link(state: LinkState): void {
    this.options.onLink(state);
  }
}

/** A browser with one site's storage: its tabs hear of each other's changes when `tell` is called. */
class FakeBrowser {
  readonly shared = area();
  readonly api = {
    site: vi.fn(async () => site),
    createLead: vi.fn(async () => ({ id: "lead", token: "token", agentsOnline: 1 })),
    cancel: vi.fn(async () => {}),
    leaveMessage: vi.fn(async () => {}),
    end: vi.fn(async () => {}),
    remark: vi.fn(async () => {}),
  };
  now = 1_000_000;
  #ids = 0;

  get saved(): Saved {
    return new Slot(() => this.shared, "k", parseSaved).get();
  }

  tab(own = area()) {
    const page = { visible: true, focused: true };
    const lives: FakeLive[] = [];
    const timers: { at: number; f: () => void }[] = [];
    const reported: unknown[] = [];
    const deps: VisitDeps = {
      site: "s",
      api: this.api as unknown as Api,
      saved: new Slot(() => this.shared, "k", parseSaved),
      marks: new Slot(() => this.shared, "k:read", parseMarks),
      tab: new Tab(new Slot<TabRecord | null>(() => own, "k", parseTab), () => `tab${++this.#ids}`),
      join: async (options) => {
        const live = new FakeLive(options);
        lives.push(live);
        return live;
      },
      page: {
        url: () => "https://shop.test/",
        title: () => "Shop",
        visible: () => page.visible,
        focused: () => page.focused,
      },
      color: () => {},
      report: (error) => reported.push(error),
      now: () => this.now,
      later: (ms, f) => {
        const timer = { at: this.now + ms, f };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
      },
    };
    const visit = new Visit(deps);
    return {
      visit,
      page,
      own,
      reported,
      get live(): FakeLive {
        return lives.at(-1) as FakeLive;
      },
      lives,
      kind: () => visit.stage.value.kind,
      /** Lets time pass. */
      pass: async (ms: number) => {
        this.now += ms;
        const due = timers.filter((timer) => timer.at <= this.now);
        for (const timer of due) {
          timers.splice(timers.indexOf(timer), 1);
          timer.f();
        }
        await settled();
      },
    };
  }
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

type FakeTab = ReturnType<FakeBrowser["tab"]>;

async function connected(tab: FakeTab): Promise<void> {
  tab.visit.open();
  await settled();
  tab.visit.draft.value = { name: " Priya ", email: "p@example.com", phone: "", topic: "", message: "Help" };
  await tab.visit.connect();
  await settled();
}

async function active(tab: FakeTab): Promise<void> {
  await connected(tab);
  tab.live.status({ state: "active", agent: "Asha" });
}

let browser: FakeBrowser;
let tab: FakeTab;
beforeEach(() => {
  browser = new FakeBrowser();
  tab = browser.tab();
});

describe("the request", () => {
  it("is sent with what was entered, and waits", async () => {
    await connected(tab);
    expect(browser.api.createLead).toHaveBeenCalledWith({
      name: "Priya",
      email: "p@example.com",
      message: "Help",
      site: "s",
      pageUrl: "https://shop.test/",
      pageTitle: "Shop",
    });
    expect(tab.visit.stage.value).toMatchObject({ kind: "waiting", place: null });
    tab.live.status({ place: 2 });
    expect(tab.visit.stage.value).toMatchObject({ kind: "waiting", place: 2 });
    expect(browser.saved.lead).toMatchObject({ id: "lead", token: "token", phase: "open", reach: "email" });
  });

  it("says what went wrong and can be sent again", async () => {
    browser.api.createLead.mockRejectedValueOnce(new Problem("throttled", { wait: 5 }));
    await connected(tab);
    expect(tab.visit.stage.value).toMatchObject({
      kind: "form",
      busy: false,
      problem: { kind: "throttled" },
    });
    await tab.visit.connect();
    expect(tab.kind()).toBe("waiting");
  });

  it("says when the site's settings don't come", async () => {
    browser.api.site.mockRejectedValueOnce(new Problem("notAllowed"));
    tab.visit.open();
    await settled();
    expect(tab.visit.stage.value).toMatchObject({
      kind: "form",
      site: null,
      problem: { kind: "notAllowed" },
    });
  });

  it("is forgotten when it is cancelled, also if the server does not hear of it", async () => {
    browser.api.cancel.mockRejectedValueOnce(new Problem("unreachable"));
    await connected(tab);
    const { live } = tab;
    await tab.visit.cancel();
    expect(tab.kind()).toBe("idle");
    expect(live.stopped).toBe(true);
    expect(browser.saved.lead).toBeUndefined();
  });

  it("can become a message", async () => {
    await connected(tab);
    tab.live.status({ place: 1, agentsOnline: 0 });
    tab.visit.writeMessage(true);
    tab.live.status({ place: 2, agentsOnline: 0 });
    expect(tab.kind()).toBe("message");
    tab.visit.writeMessage(false);
    expect(tab.visit.stage.value).toMatchObject({ kind: "waiting", place: 2 });
    tab.visit.writeMessage(true);
    await tab.visit.leaveMessage("Call me");
    expect(browser.api.leaveMessage).toHaveBeenCalledWith("token", "Call me");
    expect(tab.visit.stage.value).toEqual({ kind: "thanks", for: "message", reach: "email" });
    expect(browser.saved.lead).toBeUndefined();
  });

  it("that nobody takes is missed, and can be asked again", async () => {
    await connected(tab);
    tab.live.status({ state: "missed" });
    expect(tab.kind()).toBe("missed");
    tab.visit.open();
    expect(tab.kind()).toBe("form");
  });

  it("does not outlive a cancel that comes while it is joining", async () => {
    tab.visit.open();
    await settled();
    const connecting = tab.visit.connect();
    await connecting;
    await tab.visit.cancel();
    await settled();
    expect(tab.lives.every((live) => live.stopped)).toBe(true);
  });
});

describe("the session", () => {
  it("goes on after a navigation, as the same tab", async () => {
    await active(tab);
    tab.visit.fold(true);
    tab.visit.talk.type("half a se");
    tab.visit.pageLeft();
    const next = browser.tab(tab.own);
    next.visit.resume();
    await settled();
    expect(tab.live.stopped).toBe(true);
    expect(next.kind()).toBe("active");
    expect(next.visit.agent.value).toBe("Asha");
    expect(next.visit.folded.value).toBe(true);
    expect(next.visit.talk.draft.value).toBe("half a se");
    expect(next.live.options.tab.window).toBe(tab.live.options.tab.window);
    expect(next.live.options.token).toBe("token");
  });

  it("is joined by other tabs, under their own names", async () => {
    await active(tab);
    const other = browser.tab();
    other.visit.sharedChanged();
    await settled();
    expect(other.kind()).toBe("active");
    expect(other.live.options.tab.window).not.toBe(tab.live.options.tab.window);
  });

  it("is joined once, however much the other tabs say meanwhile", async () => {
    await active(tab);
    const other = browser.tab();
    other.visit.resume();
    other.visit.sharedChanged();
    other.visit.sharedChanged();
    await settled();
    expect(other.lives).toHaveLength(1);
  });

  it("says when the connection is lost for longer than a moment", async () => {
    await active(tab);
    tab.live.link({ kind: "retrying", at: 0 });
    tab.live.link({ kind: "connecting" });
    expect(tab.visit.lost.value).toBe(false);
    await tab.pass(2000);
    expect(tab.visit.lost.value).toBe(true);
    tab.live.link({ kind: "open" });
    expect(tab.visit.lost.value).toBe(false);
  });

  it("takes another name when its own is used elsewhere, once", async () => {
    await active(tab);
    const replaced: LinkState = {
      kind: "closed",
      reason: { type: "error", code: "replaced", message: "", fatal: true },
    };
    const before = tab.live.options.tab.window;
    tab.live.link(replaced);
    await settled();
    expect(tab.live.options.tab.window).not.toBe(before);
    tab.live.link(replaced);
    expect(tab.visit.stage.value).toEqual({ kind: "broken", why: "other" });
  });

  it.each([
    ["version", "version"],
    ["origin", "other"],
  ])("is broken when refused for %s", async (code, why) => {
    await active(tab);
    tab.live.link({
      kind: "closed",
      reason: { type: "error", code: code as "version", message: "", fatal: true },
    });
    expect(tab.visit.stage.value).toEqual({ kind: "broken", why });
    expect(tab.live.stopped).toBe(true);
  });

  it("ignores what an earlier connection still says", async () => {
    await active(tab);
    const { live } = tab;
    tab.visit.pageLeft();
    live.status({ state: "ended", endedBy: "agent" });
    expect(browser.saved.lead?.phase).toBe("open");
  });
});

describe("the chat", () => {
  const hello = { source: 2, epoch: 1, seq: 1, time: 5 };

  it("counts what is unread, over a navigation and in all tabs", async () => {
    await active(tab);
    tab.live.chat.receive(hello, { id: "a", text: "Hello" });
    expect(tab.visit.talk.view.value.unread).toBe(1);
    tab.visit.pageLeft();
    const next = browser.tab(tab.own);
    next.visit.resume();
    await settled();
    next.live.chat.receive(hello, { id: "a", text: "Hello" });
    expect(next.visit.talk.view.value.unread).toBe(1);

    const other = browser.tab();
    other.visit.resume();
    await settled();
    other.live.chat.receive(hello, { id: "a", text: "Hello" });
    next.visit.showChat(true);
    expect(next.visit.talk.view.value.unread).toBe(0);
    other.visit.sharedChanged();
    expect(other.visit.talk.view.value.unread).toBe(0);
  });

  it("is not read by a page that is not in front", async () => {
    await active(tab);
    tab.visit.showChat(true);
    tab.page.visible = false;
    tab.visit.visibilityChanged();
    tab.live.chat.receive(hello, { id: "a", text: "Hello" });
    expect(tab.visit.talk.view.value.unread).toBe(1);
    tab.page.visible = true;
    tab.visit.visibilityChanged();
    expect(tab.visit.talk.view.value.unread).toBe(0);
  });

  it("shows what is new for a moment, but not what is old", async () => {
    await active(tab);
    tab.live.chat.receive(hello, { id: "a", text: "from before" });
    expect(tab.visit.talk.toast.value).toBeNull();
    await tab.pass(2000);
    tab.live.chat.receive({ ...hello, seq: 2 }, { id: "b", text: "new" });
    expect(tab.visit.talk.toast.value).toEqual({ name: "Asha", text: "new" });
    await tab.pass(8000);
    expect(tab.visit.talk.toast.value).toBeNull();
  });

  it("sends again after a navigation what had not arrived", async () => {
    await active(tab);
    tab.visit.talk.type("one");
    tab.visit.talk.say();
    expect(tab.live.said).toEqual(["one"]);
    expect(tab.visit.talk.draft.value).toBe("");
    tab.visit.pageLeft();
    const next = browser.tab(tab.own);
    next.visit.resume();
    await settled();
    expect(next.live.options.tab.pending).toMatchObject([{ text: "one" }]);
  });
});

describe("the end", () => {
  it("by the customer stops everything at once and asks in this tab alone", async () => {
    await active(tab);
    const other = browser.tab();
    other.visit.resume();
    await settled();
    tab.visit.askEnd(true);
    expect(tab.visit.ending.value).toBe(true);
    const ended = tab.visit.end();
    expect(tab.live.stopped).toBe(true);
    expect(tab.visit.stage.value).toMatchObject({ kind: "remarks", by: "customer" });
    await ended;
    other.visit.sharedChanged();
    expect(other.live.stopped).toBe(true);
    expect(other.kind()).toBe("idle");
  });

  it("is told again if the server did not hear of it", async () => {
    browser.api.end.mockRejectedValueOnce(new Problem("unreachable"));
    await active(tab);
    await tab.visit.end();
    expect(browser.saved.lead?.owed).toBe(true);
    await tab.pass(2000);
    expect(browser.api.end).toHaveBeenCalledTimes(2);
    expect(browser.saved.lead?.owed).toBeUndefined();
  });

  it("by the agent asks in the tab in front", async () => {
    await active(tab);
    const other = browser.tab();
    other.visit.resume();
    await settled();
    other.page.visible = false;
    other.live.status({ state: "ended", endedBy: "agent" });
    tab.live.status({ state: "ended", endedBy: "agent" });
    expect(other.kind()).toBe("idle");
    expect(tab.visit.stage.value).toMatchObject({ kind: "remarks", by: "agent" });
    other.page.visible = true;
    other.visit.visibilityChanged();
    expect(other.kind()).toBe("idle");
  });

  it("lets the window with the focus go first", async () => {
    await active(tab);
    const other = browser.tab();
    other.visit.resume();
    await settled();
    tab.page.focused = false;
    tab.live.status({ state: "ended", endedBy: "agent" });
    expect(tab.kind()).toBe("idle");
    other.live.status({ state: "ended", endedBy: "agent" });
    expect(other.kind()).toBe("remarks");
    await tab.pass(500);
    expect(tab.kind()).toBe("idle");
  });

  it("asks in any window when none has the focus", async () => {
    await active(tab);
    tab.page.focused = false;
    tab.live.status({ state: "ended", endedBy: "agent" });
    await tab.pass(500);
    expect(tab.kind()).toBe("remarks");
  });

  it("withdraws the question when another tab claimed it at the same moment", async () => {
    await active(tab);
    tab.live.status({ state: "ended", endedBy: "agent" });
    expect(tab.kind()).toBe("remarks");
    const saved = new Slot(() => browser.shared, "k", parseSaved);
    saved.set({ ...browser.saved, lead: { ...(browser.saved.lead as Lead), asking: "other" } });
    await tab.pass(300);
    expect(tab.kind()).toBe("idle");
    expect(browser.saved.lead?.asking).toBe("other");
  });

  it("claims the question again when another tab wrote over it unaware", async () => {
    await active(tab);
    tab.live.status({ state: "ended", endedBy: "agent" });
    const saved = new Slot(() => browser.shared, "k", parseSaved);
    saved.set({ ...browser.saved, lead: { ...(browser.saved.lead as Lead), asking: undefined } });
    await tab.pass(300);
    await tab.pass(300);
    expect(tab.kind()).toBe("remarks");
    expect(browser.saved.lead?.asking).toBe(tab.live.options.tab.window);
  });

  it("by the customer is left to the tab in which it happened", async () => {
    await active(tab);
    tab.live.status({ state: "ended", endedBy: "customer" });
    expect(tab.kind()).toBe("idle");
    await tab.pass(1000);
    expect(tab.kind()).toBe("idle");
  });

  it("takes remarks, once", async () => {
    await active(tab);
    tab.live.status({ state: "ended", endedBy: "agent" });
    await tab.visit.remark(" fine ", 4);
    expect(browser.api.remark).toHaveBeenCalledWith("token", "fine", 4);
    expect(tab.visit.stage.value).toMatchObject({ kind: "thanks", for: "remarks" });
    expect(browser.saved.lead).toBeUndefined();
  });

  it("keeps remarks that could not be sent", async () => {
    browser.api.remark.mockRejectedValueOnce(new Problem("unreachable"));
    await active(tab);
    tab.live.status({ state: "ended", endedBy: "agent" });
    await tab.visit.remark("fine", 0);
    expect(tab.visit.stage.value).toMatchObject({
      kind: "remarks",
      busy: false,
      problem: { kind: "unreachable" },
    });
  });

  it("asks again on the next page, but not for long", async () => {
    await active(tab);
    tab.live.status({ state: "ended", endedBy: "agent" });
    tab.visit.pageLeft();
    const next = browser.tab(tab.own);
    next.visit.resume();
    expect(next.kind()).toBe("remarks");
    next.visit.pageLeft();
    browser.now += remarksLife + 1;
    const late = browser.tab(tab.own);
    late.visit.resume();
    expect(late.kind()).toBe("idle");
    expect(browser.saved.lead).toBeUndefined();
  });

  it("that came while the customer was away is taken from the server's refusal", async () => {
    await active(tab);
    tab.live.link({ kind: "closed", reason: { type: "error", code: "ended", message: "", fatal: true } });
    expect(tab.visit.stage.value).toMatchObject({ kind: "remarks", by: "system" });
  });
});
