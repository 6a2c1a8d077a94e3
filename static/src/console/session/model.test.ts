import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PathInfo } from "../../link/link";
import { Codec } from "../../wire/codec";
import type { Frame } from "../../wire/frame";
import { inflate } from "../../wire/inflate";
import type { Joined, LeadView, Presence, ServerMessage } from "../../wire/messages";
import { Channel } from "../../wire/tables.gen";
import { ApiError } from "../api";
import { type SessionLinkHandlers, SessionModel } from "./model";
import type { MirrorListener, MirrorPage } from "./page";

const tab = 1;
const other = 2;
const own = 9;

const joined: Joined = {
  type: "joined",
  session: "s1",
  source: own,
  epoch: 1,
  have: [],
  agent: "Asha",
  customer: "Priya",
  lead: "l1",
  color: "#0f766e",
  started: 1,
  policy: {},
  ice: [],
};

const lead: LeadView = { id: "l1", site: "s", siteName: "Shop", state: "active", created: 1 };

function presence(...sources: Presence["sources"]): Presence {
  return { type: "presence", direct: true, sources };
}

function isTab(source: number, state: "online" | "away" | "closed" = "online") {
  return { source, kind: "tab", name: "Priya", state } as const;
}

/** A session on a link and a page that only write down what they are told. */
function make(known = true) {
  let handlers: SessionLinkHandlers | null = null;
  let listener: MirrorListener | null = null;
  const link = {
    source: own,
    codec: new Codec(inflate),
    connect: vi.fn(),
    publish: vi.fn(),
    requestKeyframe: vi.fn(),
    openDirect: vi.fn(),
    retryNow: vi.fn(),
    close: vi.fn(),
  };
  const page = {
    listen: (given: MirrorListener) => {
      listener = given;
    },
    show: vi.fn(),
    add: vi.fn(),
    blank: vi.fn(),
    pointer: vi.fn(),
    stroke: vi.fn(),
    pen: vi.fn(),
    color: vi.fn(),
  } satisfies MirrorPage;
  const api = {
    lead: vi.fn(async () => {
      if (!known) throw new ApiError("missing", "No such lead.");
      return { lead, transcript: [] };
    }),
    end: vi.fn(async () => undefined as unknown),
    remarks: vi.fn(async () => undefined as unknown),
  };
  const onUnauthorized = vi.fn();
  const model = new SessionModel({
    id: "s1",
    lead: "l1",
    window: "w1",
    link: (given) => {
      handlers = given;
      return link;
    },
    api,
    findLead: () => null,
    onBuild: () => {},
    onUnauthorized,
  });
  const path = (source: number, info: PathInfo) => handlers?.onPath?.(source, info);
  const say = (message: ServerMessage) => handlers?.onMessage(message);
  const state = (next: Parameters<SessionLinkHandlers["onState"]>[0]) => handlers?.onState(next);
  const frame = (source: number, channel: number, value: unknown, flags = 0) => {
    const payload = new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
    handlers?.onFrame({ source, channel, flags, epoch: 1, seq: 1, time: 1, payload } satisfies Frame);
  };
  const join = (...sources: Presence["sources"]) => {
    state({ kind: "open" });
    say(joined);
    say(presence(...sources));
  };
  const published = (channel: number) =>
    link.publish.mock.calls.filter(([on]) => on === channel).map(([, value]) => value);
  return {
    model,
    link,
    page,
    api,
    path,
    say,
    state,
    frame,
    join,
    published,
    onUnauthorized,
    listener: () => listener,
  };
}

let s: ReturnType<typeof make>;

beforeEach(() => {
  vi.useFakeTimers();
  s = make();
});

afterEach(() => {
  s.model.close();
  vi.useRealTimers();
});

describe("the picture", () => {
  it("shows the customer's tab, goes direct after the first picture, and says what is viewed", () => {
    s.model.attach(s.page);
    s.join(isTab(tab));
    expect(s.link.openDirect).not.toHaveBeenCalled();
    s.frame(tab, Channel.dom, "[1,2]", 1);
    s.frame(tab, Channel.dom, "[3]");
    expect(s.page.show).toHaveBeenLastCalledWith(tab, ["[1,2]"]);
    expect(s.page.add).toHaveBeenLastCalledWith("[3]");
    expect(s.link.openDirect).toHaveBeenCalledExactlyOnceWith(tab);
    expect(s.published(Channel.state).at(-1)).toEqual({ kind: "console", view: tab });
  });

  it("says that nothing is viewed while the agent looks at another screen", () => {
    const leave = s.model.attach(s.page);
    s.join(isTab(tab));
    leave();
    expect(s.published(Channel.state).at(-1)).toEqual({ kind: "console", view: 0 });
  });

  it("offers a direct path again to a tab that is back without a new page", () => {
    s.model.attach(s.page);
    s.join(isTab(tab));
    s.frame(tab, Channel.dom, "[1]", 1);
    s.say(presence(isTab(tab, "away")));
    s.say(presence(isTab(tab)));
    vi.advanceTimersByTime(2000);
    expect(s.link.openDirect).toHaveBeenCalledTimes(2);
  });

  it("asks for a keyframe when the page has lost the picture", () => {
    s.model.attach(s.page);
    s.join(isTab(tab));
    s.frame(tab, Channel.dom, "[1]", 1);
    s.listener()?.onLost();
    expect(s.link.requestKeyframe).toHaveBeenCalledWith(tab, Channel.dom);
  });

  it("shows the mouse of the viewed tab only", () => {
    s.model.attach(s.page);
    s.join(isTab(tab), isTab(other));
    s.page.pointer.mockClear();
    s.frame(other, Channel.pointer, { x: 1, y: 1 });
    expect(s.page.pointer).not.toHaveBeenCalled();
    s.frame(tab, Channel.pointer, { x: 5, y: 6 });
    expect(s.page.pointer).toHaveBeenCalledWith({ x: 5, y: 6, down: false });
  });

  it("ignores what does not parse", () => {
    s.model.attach(s.page);
    s.join(isTab(tab));
    for (const channel of Object.values(Channel)) {
      s.frame(tab, channel, "{{{");
      s.frame(tab, channel, "null");
    }
    s.frame(tab, 200, "null");
    expect(s.model.chat.lines.value).toEqual([]);
  });
});

describe("drawing", () => {
  const stroke = {
    id: "a",
    tool: "pen",
    node: 3,
    x: 0,
    y: 0,
    points: [[1, 2]] as [number, number][],
  } as const;

  it("gives the page the pen in the site's colour", () => {
    s.model.penDown.value = true;
    s.model.attach(s.page);
    s.join(isTab(tab));
    expect(s.page.color).toHaveBeenLastCalledWith("#0f766e");
    expect(s.page.pen).toHaveBeenLastCalledWith(true);
  });

  it("publishes strokes with the tab they are on, and shows those of colleagues", () => {
    s.model.attach(s.page);
    s.join(isTab(tab));
    s.listener()?.onStroke(tab, stroke);
    expect(s.published(Channel.marker)).toEqual([{ on: tab, ...stroke }]);
    s.frame(8, Channel.marker, { on: tab, ...stroke });
    s.frame(8, Channel.marker, { on: other, ...stroke });
    s.frame(own, Channel.marker, { on: tab, ...stroke });
    expect(s.page.stroke).toHaveBeenCalledOnce();
  });
});

describe("chat", () => {
  it("keeps what is written without a connection as pending", () => {
    s.join(isTab(tab));
    s.state({ kind: "retrying", at: 0 });
    s.model.chat.write("hello");
    s.model.chat.send();
    expect(s.model.chat.lines.value[0]?.pending).toBe(true);
    s.state({ kind: "open" });
    expect(s.model.chat.lines.value[0]?.pending).toBe(false);
    expect(s.published(Channel.chat)).toHaveLength(1);
  });

  it("names who says something", () => {
    s.join(isTab(tab), { source: 8, kind: "console", name: "Ben", state: "online" });
    expect(s.model.person(tab)).toEqual({ name: "Priya", agent: false });
    expect(s.model.person(8)).toEqual({ name: "Ben", agent: true });
    expect(s.model.person(77)).toEqual({ name: "Priya", agent: false });
  });
});

describe("the end", () => {
  const ended = { type: "lead", state: "ended", agentsOnline: 1, endedBy: "customer" } as const;
  const refusal = (code: "ended" | "forbidden" | "unauthorized") =>
    ({ kind: "closed", reason: { type: "error", code, message: "No.", fatal: true } }) as const;

  it("says who ended it", () => {
    s.join(isTab(tab));
    s.say(ended);
    expect(s.model.over.value).toBe("customer");
  });

  it("is no news when it was done here", async () => {
    s.join(isTab(tab));
    s.model.remarks.value = " fine ";
    const ending = s.model.end();
    s.say({ ...ended, endedBy: "agent" });
    await ending;
    expect(s.api.end).toHaveBeenCalledWith("l1", "fine");
    expect(s.model.over.value).toBeNull();
  });

  it("goes on when it could not be ended", async () => {
    s.join(isTab(tab));
    s.api.end.mockRejectedValueOnce(new ApiError("unreachable", "No network."));
    await expect(s.model.end()).rejects.toThrow("No network.");
    s.say(ended);
    expect(s.model.over.value).toBe("customer");
  });

  it("of a session that could not be joined leads to its lead, if there is one", async () => {
    s.state(refusal("ended"));
    await vi.runAllTimersAsync();
    expect(s.model.past.value).toBe("l1");
    s.model.close();
    s = make(false);
    s.state(refusal("ended"));
    await vi.runAllTimersAsync();
    expect(s.model.past.value).toBe("");
    expect(s.model.refused.value?.code).toBe("ended");
  });

  it("tells a refusal from a login that is gone", () => {
    s.state(refusal("forbidden"));
    expect(s.model.refused.value?.message).toBe("No.");
    s.state(refusal("unauthorized"));
    expect(s.model.refused.value).toBeNull();
    expect(s.onUnauthorized).toHaveBeenCalledOnce();
  });
});

it("keeps showing a direct path while the server is away", () => {
  s.join(isTab(tab));
  s.path(tab, { kind: "websocket", rtt: 9 });
  expect(s.model.path.value).toEqual({ kind: "websocket", rtt: 9 });
  s.state({ kind: "retrying", at: 1 });
  expect(s.model.path.value).toBeNull();
  s.path(tab, { kind: "direct", rtt: 2 });
  expect(s.model.path.value).toEqual({ kind: "direct", rtt: 2 });
});
