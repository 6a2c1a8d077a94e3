import { describe, expect, test } from "vitest";
import { Flag, type Frame } from "../wire/frame";
import { Channel } from "../wire/tables.gen";
import { Inbox } from "./inbox";

const frame = (channel: number, seq: number, more: Partial<Frame> = {}): Frame => {
  return { source: 1, channel, epoch: 7, seq, flags: 0, time: 0, payload: new Uint8Array(), ...more };
};
const delta = (seq: number, more: Partial<Frame> = {}) => frame(Channel.dom, seq, more);
const keyframe = (seq: number, more: Partial<Frame> = {}) => delta(seq, { flags: Flag.keyframe, ...more });
const dom = { source: 1, channel: Channel.dom };

const accept = (inbox: Inbox, ...frames: Frame[]) => frames.map((one) => inbox.accept(one));

describe("a keyed stream", () => {
  test("starts with a keyframe and goes on without gaps", () => {
    const inbox = new Inbox();
    expect(accept(inbox, delta(4), keyframe(5), delta(6), delta(8), delta(7), delta(8))).toEqual([
      "lost",
      "deliver",
      "deliver",
      "lost",
      "deliver",
      "deliver",
    ]);
    expect(inbox.lost()).toEqual([]);
  });

  test("lets nothing through twice, on whatever path", () => {
    const inbox = new Inbox();
    expect(accept(inbox, keyframe(1), delta(2), keyframe(1), delta(2), delta(3))).toEqual([
      "deliver",
      "deliver",
      "duplicate",
      "duplicate",
      "deliver",
    ]);
  });

  test("skips to a keyframe, but not back to one", () => {
    const inbox = new Inbox();
    expect(accept(inbox, keyframe(1), keyframe(9), keyframe(5), delta(10))).toEqual([
      "deliver",
      "deliver",
      "duplicate",
      "deliver",
    ]);
  });

  test("needs a keyframe in a new epoch, and takes nothing of the old one after it", () => {
    const inbox = new Inbox();
    const next = { epoch: 8 };
    expect(accept(inbox, keyframe(5), delta(6, next), keyframe(1, next), delta(6), delta(2, next))).toEqual([
      "deliver",
      "lost",
      "deliver",
      "duplicate",
      "deliver",
    ]);
  });

  test("asks to go on where it stands, or for a keyframe if it stands nowhere", () => {
    const inbox = new Inbox();
    accept(inbox, delta(3));
    expect(inbox.lost()).toMatchObject([dom]);
    expect(inbox.wanted(dom)).toEqual({ ...dom, epoch: 0, seq: 0 });
    accept(inbox, keyframe(5), delta(9));
    expect(inbox.lost()).toMatchObject([dom]);
    expect(inbox.wanted(dom)).toEqual({ ...dom, epoch: 7, seq: 5 });
    expect(inbox.marks()).toEqual([{ ...dom, epoch: 7, seq: 5 }]);
  });

  test("that is broken takes a newer keyframe and nothing else", () => {
    const inbox = new Inbox();
    accept(inbox, keyframe(5), delta(6));
    inbox.lose(dom);
    expect(inbox.wanted(dom)).toEqual({ ...dom, epoch: 0, seq: 0 });
    expect(inbox.marks()).toEqual([{ ...dom, epoch: 7, seq: 6 }]);
    expect(accept(inbox, delta(7), keyframe(5), delta(7), keyframe(8), delta(9))).toEqual([
      "lost",
      "duplicate",
      "lost",
      "deliver",
      "deliver",
    ]);
    expect(inbox.lost()).toEqual([]);
  });
});

test.each([Channel.chat, Channel.pointer, Channel.marker, Channel.state, Channel.typing])(
  "channel %i may skip, but not go back",
  (channel) => {
    const inbox = new Inbox();
    expect(accept(inbox, frame(channel, 3), frame(channel, 5), frame(channel, 4), frame(channel, 5))).toEqual(
      ["deliver", "deliver", "duplicate", "duplicate"],
    );
  },
);

test("streams don't mix", () => {
  const inbox = new Inbox();
  accept(inbox, keyframe(5), keyframe(3, { source: 2 }), frame(Channel.chat, 1));
  expect(inbox.accept(delta(4, { source: 2 }))).toBe("deliver");
  expect(inbox.marks(2)).toEqual([{ source: 2, channel: Channel.dom, epoch: 7, seq: 4 }]);
  expect(inbox.marks().length).toBe(3);
});
