import { describe, expect, it, vi } from "vitest";
import { ChatModel, maxChatText, TypingNotice, typingLife, typingRefresh } from "./chat";

const customer = 1;
const agent = 2;

function model(own = customer): ChatModel {
  let next = 0;
  return new ChatModel(own, () => `id${++next}`);
}

function frame(source: number, seq: number, epoch = 1) {
  return { source, epoch, seq, time: 1000 + seq };
}

describe("lines", () => {
  it("shows each line once, however often it comes", () => {
    const chat = model();
    expect(chat.receive(frame(agent, 1), { id: "a", text: "hello" })).toBe(true);
    expect(chat.receive(frame(agent, 1), { id: "a", text: "hello" })).toBe(false);
    expect(chat.lines.map((line) => line.text)).toEqual(["hello"]);
  });

  it("does not let a line take the id of another", () => {
    const chat = model();
    chat.receive(frame(agent, 1), { id: "a", text: "hello" });
    chat.receive(frame(agent, 2), { id: "a", text: "other" });
    expect(chat.lines.map((line) => line.text)).toEqual(["hello", "other"]);
  });

  it.each([
    null,
    [],
    "hello",
    {},
    { id: "", text: "x" },
    { id: "a", text: "  " },
    { id: 1, text: "x" },
    { id: "a", text: { toString: 1 } },
    { id: "x".repeat(65), text: "x" },
  ])("ignores what is no line: %j", (payload) => {
    const chat = model();
    expect(chat.receive(frame(agent, 1), payload)).toBe(false);
    expect(chat.lines).toEqual([]);
  });

  it("keeps markup as text and cuts what is too long", () => {
    const chat = model();
    chat.receive(frame(agent, 1), { id: "a", text: "<img onerror=1>" });
    chat.receive(frame(agent, 2), { id: "b", text: "x".repeat(maxChatText + 1) });
    expect(chat.lines[0]?.text).toBe("<img onerror=1>");
    expect(chat.lines[1]?.text.length).toBe(maxChatText);
  });

  it("knows the lines of one's other windows as one's own, even when told late", () => {
    const chat = model();
    chat.receive(frame(3, 1), { id: "a", text: "from my other tab" });
    expect(chat.unread).toBe(1);
    chat.identify(customer, [3]);
    expect(chat.lines[0]?.mine).toBe(true);
    expect(chat.unread).toBe(0);
  });

  it("does not trust clocks for what comes now", () => {
    const chat = model();
    chat.receive({ source: agent, epoch: 1, seq: 1, time: 9000 }, { id: "a", text: "one" });
    chat.receive({ source: 3, epoch: 1, seq: 1, time: 10 }, { id: "b", text: "two" });
    expect(chat.lines.map((line) => line.text)).toEqual(["one", "two"]);
  });

  it("is bounded", () => {
    const chat = model();
    for (let i = 1; i <= 2005; i++) chat.receive(frame(agent, i), { id: `${i}`, text: "x" });
    expect(chat.lines.length).toBe(2000);
    expect(chat.lines[0]?.id).toBe("6");
  });
});

describe("sending", () => {
  it("is pending until it is delivered", () => {
    const chat = model();
    expect(chat.send("  hi  ", 5)).toEqual({ id: "id1", text: "hi" });
    expect(chat.lines[0]).toMatchObject({ text: "hi", mine: true, pending: true });
    chat.delivered("id1");
    expect(chat.lines[0]?.pending).toBe(false);
  });

  it("says nothing when there is nothing to say", () => {
    expect(model().send(" \n ")).toBeNull();
  });

  it("keeps pending lines last, and knows them when they come back", () => {
    const chat = model();
    const said = chat.send("mine");
    chat.receive(frame(agent, 1), { id: "a", text: "theirs" });
    expect(chat.lines.map((line) => line.text)).toEqual(["theirs", "mine"]);
    expect(chat.receive(frame(customer, 1), said)).toBe(false);
    expect(chat.lines.map((line) => [line.text, line.pending])).toEqual([
      ["theirs", false],
      ["mine", false],
    ]);
  });

  it("does not take another's copy for a delivery", () => {
    const chat = model();
    const said = chat.send("mine");
    chat.receive(frame(agent, 1), said);
    expect(chat.lines).toHaveLength(1);
    expect(chat.lines[0]).toMatchObject({ mine: true, pending: true });
  });

  it("sends again after a navigation what was pending, once", () => {
    const before = model();
    before.send("one");
    before.send("two");
    before.delivered("id1");
    const after = model();
    const memory = JSON.parse(JSON.stringify(before.memory()));
    expect(after.restore(memory)).toEqual([{ id: "id2", text: "two" }]);
    expect(after.restore(memory)).toEqual([]);
  });
});

describe("unread", () => {
  it("counts others' lines while the chat is closed", () => {
    const chat = model();
    chat.receive(frame(agent, 1), { id: "a", text: "1" });
    chat.send("mine");
    expect(chat.unread).toBe(1);
    chat.watched = true;
    expect(chat.unread).toBe(0);
    chat.receive(frame(agent, 2), { id: "b", text: "2" });
    chat.watched = false;
    chat.receive(frame(agent, 3), { id: "c", text: "3" });
    expect(chat.unread).toBe(1);
  });

  it("survives a navigation, after which everything is told from the start", () => {
    const before = model();
    before.watched = true;
    before.receive(frame(agent, 1), { id: "a", text: "1" });
    before.watched = false;
    before.receive(frame(agent, 2), { id: "b", text: "2" });
    const after = model();
    after.restore(JSON.parse(JSON.stringify(before.memory())));
    after.receive(frame(agent, 1), { id: "a", text: "1" });
    expect(after.unread).toBe(0);
    after.receive(frame(agent, 2), { id: "b", text: "2" });
    after.receive(frame(agent, 1, 2), { id: "c", text: "after the agent's reload" });
    expect(after.unread).toBe(2);
  });

  it.each([null, 7, "x", { read: 1, pending: 2 }, { read: { 2: [1, "x"] }, pending: [{}] }])(
    "restores nothing from %j",
    (memory) => {
      const chat = model();
      expect(chat.restore(memory)).toEqual([]);
      expect(chat.lines).toEqual([]);
    },
  );
});

describe("typing", () => {
  it("holds for a while and ends by itself, by a word, or by a line", () => {
    const chat = model();
    chat.typing(agent, true, 1000);
    expect(chat.typists).toEqual([agent]);
    expect(chat.expire(2000)).toBe(typingLife - 1000);
    expect(chat.expire(1000 + typingLife)).toBe(0);
    expect(chat.typists).toEqual([]);

    chat.typing(agent, true, 1000);
    chat.typing(agent, false, 1001);
    expect(chat.typists).toEqual([]);

    chat.typing(agent, true, 1000);
    chat.receive(frame(agent, 1), { id: "a", text: "done" });
    expect(chat.typists).toEqual([]);
  });

  it("leaves out oneself", () => {
    const chat = model();
    chat.typing(customer, true, 1000);
    expect(chat.typists).toEqual([]);
  });

  it("is said seldom", () => {
    const said: boolean[] = [];
    const notice = new TypingNotice((typing) => said.push(typing));
    notice.stop();
    notice.input("h", 1000);
    notice.input("he", 1100);
    notice.input("hel", 1000 + typingRefresh);
    notice.input("", 5000);
    notice.stop();
    expect(said).toEqual([true, true, false]);
  });
});

it("tells its subscribers of changes until they leave", () => {
  const chat = model();
  const changed = vi.fn();
  const unsubscribe = chat.subscribe(changed);
  chat.send("one");
  expect(changed).toHaveBeenCalledTimes(1);
  unsubscribe();
  chat.send("two");
  expect(changed).toHaveBeenCalledTimes(1);
});
