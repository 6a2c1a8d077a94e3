import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { typingLife } from "../../wire/chat";
import { Chat } from "./chat";

const customer = 1;
const agent = 2;
const publishLine = vi.fn();
const publishTyping = vi.fn();
let chat: Chat;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  chat = new Chat({ publishLine, publishTyping });
  chat.identify(agent);
});

afterEach(() => {
  chat.close();
  vi.useRealTimers();
});

function says(text: string, seq: number): void {
  chat.receive({ source: customer, epoch: 1, seq, time: 1 }, { id: text, text });
}

describe("Chat", () => {
  it("counts what is unread while nobody looks", () => {
    says("hello", 1);
    says("are you there?", 2);
    expect(chat.unread.value).toBe(2);
    chat.watch(true);
    expect(chat.unread.value).toBe(0);
    says("ah", 3);
    expect(chat.unread.value).toBe(0);
  });

  it("sends the draft once, as pending until the connection stands", () => {
    chat.write("Hello Priya ");
    expect(chat.send()).toBe(true);
    expect(chat.send()).toBe(false);
    expect(publishLine).toHaveBeenCalledOnce();
    expect(publishLine.mock.calls[0]?.[0].text).toBe("Hello Priya");
    expect(chat.draft.value).toBe("");
    expect(chat.lines.value[0]).toMatchObject({ mine: true, pending: true });
    chat.settle();
    expect(chat.lines.value[0]?.pending).toBe(false);
  });

  it("says that the agent is typing, and takes it back after a pause or on sending", () => {
    chat.write("H");
    chat.write("He");
    expect(publishTyping.mock.calls).toEqual([[{ typing: true }]]);
    vi.advanceTimersByTime(10_000);
    expect(publishTyping).toHaveBeenLastCalledWith({ typing: false });
    chat.write("Hel");
    chat.send();
    expect(publishTyping.mock.calls.map(([said]) => said.typing)).toEqual([true, false, true, false]);
  });

  it("shows who types until it is not said again", () => {
    chat.receiveTyping(customer, { typing: true });
    expect(chat.typists.value).toEqual([customer]);
    vi.advanceTimersByTime(typingLife + 1);
    expect(chat.typists.value).toEqual([]);
    chat.receiveTyping(customer, { typing: true });
    chat.receiveTyping(customer, { typing: "no" });
    expect(chat.typists.value).toEqual([]);
  });
});
