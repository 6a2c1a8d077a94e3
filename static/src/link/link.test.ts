import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Malformed } from "../wire/frame";
import { Channel } from "../wire/tables.gen";
import { Network } from "./testing";
import { Console, Tab } from "./testing.people";

let net: Network;
const errors: unknown[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  net = new Network();
  errors.length = 0;
  for (const [name, value] of Object.entries(net.globals())) vi.stubGlobal(name, value);
  // Compressing off the thread takes real time, which the fake clock does not know.
  vi.stubGlobal("CompressionStream", undefined);
  vi.stubGlobal("reportError", (error: unknown) => errors.push(error));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  expect(errors).toEqual([]);
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A tab and a console that see each other, directly once the path is open. */
async function meet(weight = 0): Promise<{ tab: Tab; agent: Console }> {
  const tab = new Tab("t", weight);
  await pass(100);
  const agent = new Console("c");
  await pass(500);
  expect(agent.path(tab.link.source)).toBe(net.directAllowed ? "direct" : "websocket");
  return { tab, agent };
}

const shown = (agent: Console, tab: Tab) => agent.texts.get(tab.link.source);

describe("over the room", () => {
  beforeEach(() => {
    net.directAllowed = false;
  });

  test("what is published before joining is kept", async () => {
    const agent = new Console("c");
    agent.say("early");
    const tab = new Tab("t");
    tab.say("early too");
    await pass(500);
    expect(tab.heard(agent.link.source)).toEqual(["early"]);
    expect(agent.heard(tab.link.source)).toEqual(["early too"]);
    agent.link.close();
    tab.link.close();
  });

  test("one's own lines come back, once they are kept", async () => {
    const { tab, agent } = await meet();
    tab.say("a");
    expect(tab.heard(tab.link.source)).toEqual([]);
    await pass(100);
    expect(tab.heard(tab.link.source)).toEqual(["a"]);
    expect(agent.heard(tab.link.source)).toEqual(["a"]);
  });

  test("the page is captured once somebody is there, and followed", async () => {
    const { tab, agent } = await meet();
    tab.type("hello");
    await pass(50);
    expect(shown(agent, tab)).toBe("hello");
    expect(agent.path(tab.link.source)).toBe("websocket");
    expect(agent.link.source).toBe(2);
  });

  test("a lost connection is made again, and nothing is missing or repeated", async () => {
    const { tab, agent } = await meet();
    tab.type("before ");
    await pass(50);
    for (const one of [tab, agent]) {
      net.socketOf(one.link.source)?.drop();
      tab.type("while ");
      tab.say(`from the tab ${one.link.source}`);
      agent.say(`from the console ${one.link.source}`);
      await pass(3000);
      expect(one.states.at(-1)).toEqual({ kind: "open" });
    }
    expect(shown(agent, tab)).toBe("before while while ");
    expect(agent.heard(tab.link.source)).toEqual(tab.said);
    expect(tab.heard(agent.link.source)).toEqual(agent.said);
    expect(agent.keyframes).toBe(1);
  });

  test("a connection that dies without a word is noticed and made again within 10 s", async () => {
    const { tab, agent } = await meet();
    net.socketOf(tab.link.source)?.freeze();
    tab.type("silence");
    await pass(10_000);
    expect(shown(agent, tab)).toBe("silence");
  });

  test("after a restart of the server everything is there again within 10 s", async () => {
    const { tab, agent } = await meet();
    tab.type("before ");
    tab.say("kept");
    await pass(50);
    net.restart();
    net.up = false;
    tab.type("after");
    tab.say("said to nobody");
    await pass(3000);
    expect(tab.states.at(-1)?.kind).not.toBe("open");
    net.up = true;
    await pass(7000);
    expect(shown(agent, tab)).toBe("before after");
    expect(agent.heard(tab.link.source)).toEqual(["kept", "said to nobody"]);
    expect(tab.heard(tab.link.source)).toEqual(["kept", "said to nobody"]);
  });

  test("a console that comes anew sees the page and all the chat", async () => {
    const { tab, agent } = await meet();
    tab.type("page");
    tab.say("one");
    agent.say("two");
    await pass(100);
    agent.link.close();
    await pass(100);
    const again = new Console("c");
    await pass(300);
    expect(shown(again, tab)).toBe("page");
    expect(again.heard(tab.link.source)).toEqual(["one"]);
    expect(again.heard(again.link.source)).toEqual(["two"]);
  });

  test("a reloaded tab is the same source with a new picture", async () => {
    const { tab, agent } = await meet();
    tab.type("old");
    await pass(50);
    const { source } = tab.link;
    tab.link.close();
    const next = new Tab("t");
    next.text = "new";
    await pass(300);
    expect(next.link.source).toBe(source);
    expect(shown(agent, next)).toBe("new");
  });

  test("a broken picture is renewed, even where the page rests", async () => {
    const { tab, agent } = await meet();
    tab.type("x");
    await pass(50);
    await pass(2000);
    agent.link.requestKeyframe(tab.link.source, Channel.dom);
    await pass(100);
    expect(agent.keyframes).toBe(2);
    expect(tab.keyframes).toBe(2);
    tab.type("y");
    await pass(5000);
    expect(shown(agent, tab)).toBe("xy");
    expect(tab.keyframes).toBe(2);
  });

  test("a page that takes long to send arrives, though it is asked for again and again", async () => {
    net.bytesPerMs = 20;
    const { tab, agent } = await meet(60_000);
    expect(shown(agent, tab)).toBeUndefined();
    tab.type("!");
    await pass(15_000);
    expect(shown(agent, tab)).toBe("!");
    expect(tab.keyframes).toBeLessThanOrEqual(2);
    agent.link.requestKeyframe(tab.link.source, Channel.dom);
    await pass(30_000);
    expect(agent.keyframes).toBeGreaterThanOrEqual(2);
    expect(tab.keyframes).toBeLessThanOrEqual(5);
  });

  test("much that is small goes in packets that are not too long", async () => {
    const { tab, agent } = await meet();
    net.socketOf(tab.link.source)?.drop();
    for (let i = 0; i < 800; i++) tab.type("z");
    tab.change(60_000);
    await pass(3000);
    expect(shown(agent, tab)).toBe("z".repeat(800));
    expect(tab.states.filter(({ kind }) => kind === "open").length).toBe(2);
  });

  test("a value that is too large for its channel is dropped, and nothing else", async () => {
    const { tab, agent } = await meet();
    const noise = Array.from({ length: 4000 }, (_, i) => ((i * 7919) % 6151).toString(36)).join();
    tab.link.publish(Channel.typing, { noise });
    tab.link.publish(99, {});
    tab.say("hello");
    await pass(100);
    expect(agent.typing.get(tab.link.source)).toBeUndefined();
    expect(agent.heard(tab.link.source)).toEqual(["hello"]);
    expect(tab.states.filter(({ kind }) => kind === "open").length).toBe(1);
  });

  test("what a receiver throws is reported, and loses nothing else", async () => {
    const { tab, agent } = await meet();
    vi.spyOn(agent.link.codec, "json").mockImplementationOnce(() => {
      throw new Malformed("as if");
    });
    tab.link.publish(Channel.typing, { typing: true });
    tab.say("a");
    tab.say("b");
    await pass(100);
    expect(agent.heard(tab.link.source).at(-1)).toBe("b");
    expect(errors.splice(0)).toHaveLength(1);
    expect(agent.states.at(-1)?.kind).toBe("open");
  });

  test("a closed link lets go of everything", async () => {
    const { tab, agent } = await meet();
    tab.link.close();
    agent.link.close();
    expect(tab.states.at(-1)).toEqual({ kind: "closed", reason: null });
    const before = tab.states.length;
    tab.say("into the void");
    tab.link.retryNow();
    await pass(20_000);
    expect(tab.states.length).toBe(before);
    expect(net.sockets.size).toBe(0);
  });
});

describe("directly", () => {
  test("frames take the path, and the room gets only the log", async () => {
    const { tab, agent } = await meet();
    const { room } = net;
    const { source } = tab.link;
    const before = room.kept(source, Channel.dom).length;
    tab.type("hello");
    tab.say("kept");
    agent.say("too");
    await pass(50);
    expect(shown(agent, tab)).toBe("hello");
    expect(room.kept(source, Channel.dom).length).toBe(before);
    expect(room.kept(source, Channel.chat).length).toBe(1);
    expect(agent.heard(source)).toEqual(["kept"]);
    expect(tab.heard(agent.link.source)).toEqual(["too"]);
    expect(tab.path(agent.link.source)).toBe("direct");
    expect(agent.keyframes).toBe(1);
  });

  test("the path's round-trip time is told", async () => {
    net.latency = 20;
    const { tab, agent } = await meet();
    await pass(1000);
    const told = agent.paths.findLast(({ source }) => source === tab.link.source);
    expect(told?.path.rtt).toBeGreaterThanOrEqual(40);
    expect(told?.path.rtt).toBeLessThan(60);
  });

  test.each([undefined, "offers", "answers"] as const)(
    "when it dies in silence (%s), frames flow again within 3 s",
    async (end) => {
      const { tab, agent } = await meet();
      tab.type("before ");
      await pass(700);
      net.killDirect(end);
      for (let i = 0; i < 30; i++) {
        tab.type(`${i} `);
        agent.link.publish(Channel.typing, { i });
        await pass(100);
      }
      expect(agent.path(tab.link.source)).toBe("websocket");
      expect(shown(agent, tab)).toBe(tab.text);
      expect(tab.typing.get(agent.link.source)).toEqual({ i: 29 });
      expect(agent.keyframes).toBe(1);
    },
  );

  test("what was on its way when it died comes, though nothing follows", async () => {
    const { tab, agent } = await meet();
    net.killDirect();
    tab.type("last words");
    await pass(3000);
    expect(shown(agent, tab)).toBe("last words");
  });

  test("after a silent death the room is not sent what the console has already", async () => {
    const { tab, agent } = await meet();
    tab.type("x".repeat(500));
    await pass(1000);
    net.directAllowed = false;
    net.killDirect();
    tab.type("yz");
    await pass(3000);
    expect(shown(agent, tab)).toBe(tab.text);
    expect(net.room.kept(tab.link.source, Channel.dom).length).toBeLessThan(10);
  });

  test("a log that the room gets slowly is whole, though the path died that was ahead of it", async () => {
    const { tab, agent } = await meet();
    net.socketBytesPerMs = 50;
    for (let i = 0; i < 10; i++) tab.say(`${i} ${"long ".repeat(2500)}`);
    await pass(1000);
    net.killDirect();
    await pass(15_000);
    expect(tab.heard(tab.link.source)).toEqual(tab.said);
    expect(agent.heard(tab.link.source)).toEqual(tab.said);
  });

  test("after a silent death it is opened again", async () => {
    const { tab, agent } = await meet();
    net.killDirect();
    await pass(10_000);
    expect(agent.path(tab.link.source)).toBe("direct");
    tab.type("on");
    await pass(20);
    expect(shown(agent, tab)).toBe("on");
  });

  test("a path that can't be opened is tried again later and less often", async () => {
    net.directAllowed = false;
    const { tab, agent } = await meet();
    await pass(60_000);
    tab.type("x");
    await pass(50);
    expect(shown(agent, tab)).toBe("x");
    expect(net.peers.size).toBeLessThanOrEqual(2);
    net.directAllowed = true;
    await pass(150_000);
    expect(agent.path(tab.link.source)).toBe("direct");
  });

  test("it outlives the loss of a connection to the server", async () => {
    const { tab, agent } = await meet();
    net.up = false;
    for (const socket of [...net.sockets]) socket.drop();
    tab.type("without a server");
    tab.say("unheard by the server");
    await pass(2000);
    expect(shown(agent, tab)).toBe("without a server");
    expect(agent.heard(tab.link.source)).toEqual(["unheard by the server"]);
    net.up = true;
    await pass(10_000);
    tab.type("!");
    await pass(100);
    expect(shown(agent, tab)).toBe("without a server!");
    expect(agent.keyframes).toBe(1);
  });

  test("the room gets every line, though others got it first and the path died", async () => {
    const { tab, agent } = await meet();
    net.socketOf(tab.link.source)?.freeze();
    tab.say("one");
    await pass(1000); // acknowledged by the console
    net.killDirect();
    tab.say("two");
    await pass(15_000);
    const kept = net.room.kept(tab.link.source, Channel.chat);
    expect(kept.map((frame) => (tab.link.codec.json(frame) as { id: string }).id)).toEqual(["one", "two"]);
    expect(tab.heard(tab.link.source)).toEqual(["one", "two"]);
    expect(agent.heard(tab.link.source)).toEqual(["one", "two"]);
  });

  test("a console that reloads after a direct path does not see an old page", async () => {
    const { tab, agent } = await meet();
    tab.type("what only the direct path has seen");
    await pass(1000);
    agent.link.close();
    await pass(1000);
    const again = new Console("c");
    await pass(500);
    expect(shown(again, tab)).toBe(tab.text);
  });

  test("nor does one that reloads after the path has died, while the page rests", async () => {
    const { tab, agent } = await meet();
    tab.type("what only the direct path has seen");
    await pass(1000);
    net.directAllowed = false;
    net.killDirect();
    await pass(5000);
    agent.link.close();
    await pass(1000);
    const again = new Console("c");
    await pass(500);
    expect(shown(again, tab)).toBe(tab.text);
  });

  test("a second console closes the path, and sees the page and its latest state", async () => {
    const { tab, agent } = await meet();
    tab.type("page");
    tab.link.publish(Channel.typing, { n: 1 });
    await pass(1000);
    const second = new Console("c2");
    await pass(1500);
    expect(agent.path(tab.link.source)).toBe("websocket");
    expect(shown(second, tab)).toBe("page");
    expect(second.typing.get(tab.link.source)).toEqual({ n: 1 });
    tab.type(" goes on");
    await pass(50);
    expect(shown(second, tab)).toBe("page goes on");
    expect(shown(agent, tab)).toBe("page goes on");
    second.link.close();
    await pass(1000);
    expect(agent.path(tab.link.source)).toBe("direct");
  });

  test("a tab whose connection was gone for a moment gets its path back", async () => {
    const { tab, agent } = await meet();
    net.socketOf(tab.link.source)?.drop();
    await pass(3000);
    expect(agent.path(tab.link.source)).toBe("direct");
  });

  test("each tab has its path, and a new one gets its own", async () => {
    const { tab, agent } = await meet();
    const other = new Tab("t2");
    other.type("other");
    await pass(1000);
    tab.type("one");
    agent.say("to both");
    await pass(50);
    expect(agent.path(other.link.source)).toBe("direct");
    expect(shown(agent, other)).toBe("other");
    expect(shown(agent, tab)).toBe("one");
    expect(tab.heard(agent.link.source)).toEqual(["to both"]);
    expect(other.heard(agent.link.source)).toEqual(["to both"]);
  });

  test("a slow path is not filled beyond its window, and what is urgent passes", async () => {
    const { tab, agent } = await meet(50_000);
    net.bytesPerMs = 10;
    agent.link.requestKeyframe(tab.link.source, Channel.dom);
    await pass(200);
    for (const peer of net.peers.values()) expect(peer.channel.bufferedAmount).toBeLessThan(90_000);
    tab.say("quick");
    await pass(8_000);
    expect(agent.heard(tab.link.source)).toEqual(["quick"]);
    await pass(20_000);
    expect(agent.keyframes).toBe(2);
  });

  test("a browser without WebRTC stays with the room", async () => {
    vi.stubGlobal("RTCPeerConnection", undefined);
    net.directAllowed = false;
    const { tab, agent } = await meet();
    tab.type("x");
    await pass(5000);
    expect(shown(agent, tab)).toBe("x");
  });

  test("a customer without WebRTC ignores the offer", async () => {
    const { RTCPeerConnection } = net.globals();
    net.directAllowed = false;
    const { tab, agent } = await meet();
    net.socketOf(agent.link.source);
    vi.stubGlobal("RTCPeerConnection", undefined);
    await pass(60_000);
    vi.stubGlobal("RTCPeerConnection", RTCPeerConnection);
    tab.type("x");
    await pass(50);
    expect(shown(agent, tab)).toBe("x");
  });

  test("parts that break the rules close the path, not the link", async () => {
    const { tab, agent } = await meet();
    const [peer] = net.peers.values();
    peer?.channel.send(new Uint8Array([1, 0, 1, 0]));
    await pass(1000);
    expect(agent.path(tab.link.source)).toBe("websocket");
    tab.type("x");
    await pass(50);
    expect(shown(agent, tab)).toBe("x");
  });

  test("a closed link says so, and the other's frames take the room", async () => {
    const { tab, agent } = await meet();
    agent.link.close();
    await pass(50);
    expect(net.directOpen()).toBe(false);
    tab.type("x");
    await pass(500);
    const again = new Console("c");
    await pass(500);
    expect(shown(again, tab)).toBe("x");
  });
});
