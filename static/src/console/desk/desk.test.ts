import { beforeEach, describe, expect, it, vi } from "vitest";
import type { LeadView, UserView } from "../../wire/messages";
import { Desk, type DeskSocketHandlers } from "./desk";

const me: UserView = { id: "me", login: "asha", name: "Asha", role: "agent", online: true, sessions: 0 };

function lead(id: string, fields: Partial<LeadView> = {}): LeadView {
  return { id, site: "s", siteName: "Shop", state: "waiting", created: 1, ...fields };
}

const told = { onMe: vi.fn(), onNewcomers: vi.fn(), onBuild: vi.fn(), onRefused: vi.fn() };
const socket = { connect: vi.fn(), retryNow: vi.fn(), close: vi.fn() };
let handlers: DeskSocketHandlers;
let desk: Desk;

beforeEach(() => {
  vi.resetAllMocks();
  desk = new Desk({
    ...told,
    socket: (given) => {
      handlers = given;
      return socket;
    },
  });
  desk.open("me");
});

function welcome(...leads: LeadView[]): void {
  handlers.onMessage({ type: "welcome", v: 1, build: "b1", desk: { me, leads } });
}

const shown = () => desk.leads.value?.map((one) => one.id);
const announced = () =>
  told.onNewcomers.mock.calls.map(([leads]) => leads.map((one: LeadView) => one.id).join());

describe("Desk", () => {
  it("knows nothing until the welcome, and does not announce what is there already", () => {
    expect(desk.leads.value).toBeNull();
    expect(handlers.hello()).toEqual({ role: "desk" });
    welcome(lead("a"));
    expect(shown()).toEqual(["a"]);
    expect(desk.waiting.value).toBe(1);
    expect(told.onMe).toHaveBeenCalledWith(me);
    expect(announced()).toEqual([]);
  });

  it("follows changes and announces newcomers once", () => {
    welcome();
    handlers.onMessage({ type: "deskLead", lead: lead("a") });
    handlers.onMessage({ type: "deskLead", lead: lead("a", { state: "assigned", owner: "me" }) });
    handlers.onMessage({ type: "deskLead", lead: lead("b", { state: "assigned", owner: "other" }) });
    expect(announced()).toEqual(["a"]);
    expect(desk.waiting.value).toBe(1);
    handlers.onMessage({ type: "deskLead", lead: lead("a"), gone: true });
    expect(shown()).toEqual(["b"]);
    expect(desk.find("b")?.owner).toBe("other");
    expect(desk.find("a")).toBeNull();
  });

  it("announces who came while the connection was lost", () => {
    welcome(lead("a"));
    handlers.onState({ kind: "retrying", at: 1 });
    welcome(lead("a"), lead("b"));
    expect(announced()).toEqual(["b"]);
  });

  it("tells of a refusal for good only", () => {
    handlers.onMessage({ type: "error", code: "shutdown", message: "Restarting." });
    expect(told.onRefused).not.toHaveBeenCalled();
    handlers.onMessage({ type: "error", code: "unauthorized", message: "Log in.", fatal: true });
    expect(told.onRefused).toHaveBeenCalledOnce();
  });

  it("forgets everything when it is closed", () => {
    welcome(lead("a"));
    desk.close();
    expect(socket.close).toHaveBeenCalledOnce();
    expect(desk.leads.value).toBeNull();
  });
});
