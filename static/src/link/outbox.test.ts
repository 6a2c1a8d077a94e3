import { beforeEach, describe, expect, test, vi } from "vitest";
import { decodeFrame, Flag, isKeyframe, type Position } from "../wire/frame";
import { Assembler, emptyPacket, encodePacket } from "../wire/packet";
import { Channel, fadingLife, maxPacket, partSize } from "../wire/tables.gen";
import { Feed, Outbox } from "./outbox";

const { dom, chat, pointer, marker, state } = Channel;
const onKeyframe = vi.fn();
let now = 0;
let outbox: Outbox;

beforeEach(() => {
  onKeyframe.mockReset();
  now = 100_000;
  outbox = new Outbox({ keyed: [dom], onKeyframe, now: () => now });
  outbox.join(1, 7);
});

const publish = (channel: number, bytes = 3, flags = 0) => {
  outbox.publish(channel, new Uint8Array(bytes), flags, 0);
};
const keyframe = (bytes = 3) => publish(dom, bytes, Flag.keyframe);
const at = (seq: number, epoch = 7): Position => ({ epoch, seq });

/** A feed and what comes out of it, as names of channels and numbers. */
class Reader {
  readonly feed: Feed;
  readonly onPending = vi.fn();
  carried = true;
  private readonly assembler = new Assembler(() => 1 << 24);

  constructor(...stands: [number, Position][]) {
    this.feed = new Feed(outbox, new Map(stands), () => this.carried, this.onPending);
  }

  /** Takes one packet's parts. */
  take(budget = 1): string[] {
    const names: string[] = [];
    for (const part of this.feed.gather(budget)) {
      const bytes = this.assembler.add(part);
      if (!bytes) continue;
      const frame = decodeFrame(bytes);
      const name = Object.keys(Channel)[frame.channel - 1];
      names.push(`${name}${frame.seq}${isKeyframe(frame) ? "*" : ""}`);
    }
    return names;
  }

  all(): string[] {
    const names: string[] = [];
    while (this.feed.pending) names.push(...this.take());
    return names;
  }
}

describe("a new feed", () => {
  test("gets of each class what a late joiner gets", () => {
    publish(chat);
    publish(chat);
    keyframe();
    publish(dom);
    keyframe();
    publish(dom);
    publish(pointer);
    publish(pointer);
    publish(marker);
    now += fadingLife - 1;
    publish(marker);
    now += 1;
    const reader = new Reader();
    expect(reader.all()).toEqual(["pointer2", "marker2", "chat1", "chat2", "dom3*", "dom4"]);
    expect(onKeyframe).not.toHaveBeenCalled();
  });

  test("goes on where the other end stands", () => {
    for (let i = 0; i < 3; i++) publish(chat);
    keyframe();
    publish(dom);
    publish(dom);
    expect(new Reader([chat, at(2)], [dom, at(2)]).all()).toEqual(["chat3", "dom3"]);
    expect(new Reader([chat, at(3)], [dom, at(3)]).all()).toEqual([]);
    expect(new Reader([dom, at(9, 6)]).all()).toEqual(["chat1", "chat2", "chat3", "dom1*", "dom2", "dom3"]);
    keyframe();
    publish(dom);
    expect(new Reader([chat, at(3)], [dom, at(3)]).all()).toEqual(["dom4*", "dom5"]);
    expect(new Reader([chat, at(3)], [dom, at(2)]).all()).toEqual(["dom4*", "dom5"]);
    expect(onKeyframe).not.toHaveBeenCalled();
  });

  test("asks for the first keyframe, again and again", () => {
    const reader = new Reader();
    expect(onKeyframe).toHaveBeenCalledTimes(1);
    publish(dom);
    expect(reader.feed.pending).toBe(false);
    reader.feed.askAgain();
    expect(onKeyframe).toHaveBeenCalledTimes(2);
    keyframe();
    expect(reader.all()).toEqual(["dom2*"]);
    reader.feed.askAgain();
    expect(onKeyframe).toHaveBeenCalledTimes(2);
  });

  test("is told of what is published, also where that is done in answer to its first request", () => {
    onKeyframe.mockImplementation(() => {
      publish(state);
      keyframe();
    });
    const reader = new Reader();
    expect(reader.onPending).toHaveBeenCalled();
    expect(reader.all()).toEqual(["state1", "dom1*"]);
  });

  test("that is closed gets nothing", () => {
    const reader = new Reader();
    reader.feed.close();
    keyframe();
    expect(reader.onPending).not.toHaveBeenCalled();
    expect(reader.all()).toEqual([]);
  });
});

describe("a slow feed", () => {
  test("resumes at the keyframe, and gets only the latest", () => {
    const reader = new Reader();
    keyframe();
    expect(reader.all()).toEqual(["dom1*"]);
    for (let i = 0; i < 5; i++) publish(dom);
    keyframe();
    for (let i = 0; i < 5; i++) publish(pointer);
    publish(dom);
    expect(reader.all()).toEqual(["pointer5", "dom7*", "dom8"]);
  });

  test("ends the frame it is in", () => {
    keyframe(2 * partSize);
    const reader = new Reader();
    expect(reader.take()).toEqual([]);
    keyframe();
    publish(pointer);
    expect(reader.all()).toEqual(["pointer1", "dom1*", "dom2*"]);
  });

  test("is not sent what has faded", () => {
    const reader = new Reader();
    publish(marker);
    now += fadingLife;
    expect(reader.all()).toEqual([]);
    expect(reader.feed.pending).toBe(false);
  });

  test("that carries only the log goes on later with the rest", () => {
    keyframe();
    const reader = new Reader();
    reader.carried = false;
    expect(reader.feed.pending).toBe(false);
    reader.feed.seek(dom, at(0, 0));
    expect(onKeyframe).not.toHaveBeenCalled();
    reader.carried = true;
    expect(reader.all()).toEqual(["dom1*"]);
  });
});

describe("asked for a position again", () => {
  test("it does not begin anew what is on its way", () => {
    keyframe(5 * partSize);
    const reader = new Reader();
    for (let i = 0; i < 3; i++) {
      expect(reader.take()).toEqual([]);
      reader.feed.seek(dom, at(0, 0));
    }
    expect(reader.take(1 << 20)).toEqual(["dom1*"]);
    publish(dom, 3 * partSize);
    expect(reader.take()).toEqual([]);
    reader.feed.seek(dom, at(1));
    expect(reader.take(1 << 20)).toEqual(["dom2"]);
    expect(onKeyframe).not.toHaveBeenCalled();
  });

  test("it leaves what is of no use there", () => {
    keyframe();
    publish(dom);
    publish(dom, 5 * partSize);
    const reader = new Reader([dom, at(2)]);
    expect(reader.take()).toEqual([]);
    reader.feed.seek(dom, at(1));
    expect(reader.all()).toEqual(["dom2", "dom3"]);
  });

  test("a keyframe that was sent and did not help is followed by another, and changes go on meanwhile", () => {
    keyframe();
    const reader = new Reader();
    expect(reader.all()).toEqual(["dom1*"]);
    reader.feed.seek(dom, at(0, 0)); // has crossed it
    expect(onKeyframe).not.toHaveBeenCalled();
    now += 2000;
    reader.feed.seek(dom, at(0, 0));
    expect(onKeyframe).toHaveBeenCalledTimes(1);
    publish(dom);
    expect(reader.all()).toEqual(["dom2"]);
    keyframe();
    reader.feed.seek(dom, at(0, 0)); // on its way
    expect(onKeyframe).toHaveBeenCalledTimes(1);
    expect(reader.all()).toEqual(["dom3*"]);
  });
});

describe("skipping what went another way", () => {
  test("leaves the last of it, by which the room knows of the rest", () => {
    keyframe();
    const reader = new Reader();
    expect(reader.all()).toEqual(["dom1*"]);
    for (let i = 0; i < 8; i++) publish(dom);
    reader.feed.skip(dom, at(7));
    expect(reader.all()).toEqual(["dom7", "dom8", "dom9"]);
  });

  test("skips nothing that has been sent, nor back", () => {
    keyframe();
    publish(dom);
    publish(dom);
    const reader = new Reader();
    expect(reader.all()).toEqual(["dom1*", "dom2", "dom3"]);
    reader.feed.skip(dom, at(2));
    reader.feed.skip(dom, at(3));
    reader.feed.skip(dom, at(0, 0));
    reader.feed.skip(dom, at(2, 6));
    expect(reader.all()).toEqual([]);
    publish(dom);
    expect(reader.all()).toEqual(["dom4"]);
  });

  test("goes to a keyframe that came since", () => {
    keyframe();
    const reader = new Reader();
    expect(reader.all()).toEqual(["dom1*"]);
    publish(dom);
    keyframe();
    publish(dom);
    reader.feed.skip(dom, at(2));
    expect(reader.all()).toEqual(["dom3*", "dom4"]);
  });
});

describe("the outbox", () => {
  test("is bounded: a page without keyframes is forgotten, and a new keyframe asked for", () => {
    keyframe();
    for (let i = 0; i < 20; i++) publish(dom, 1 << 20);
    const stream = outbox.stream(dom);
    expect(stream.entries.length).toBeLessThan(10);
    const reader = new Reader();
    expect(onKeyframe).toHaveBeenCalledTimes(1);
    keyframe();
    expect(reader.all()).toEqual(["dom22*"]);
  });

  test("keeps a bounded number of strokes", () => {
    for (let i = 0; i < 600; i++) publish(marker);
    expect(new Reader().all().length).toBe(512);
  });

  test("numbers anew what it kept before it knew its epoch, or in another one", () => {
    outbox = new Outbox({ keyed: [], onKeyframe, now: () => now });
    publish(chat);
    publish(chat);
    outbox.join(4, 9);
    expect(new Reader().all()).toEqual(["chat1", "chat2"]);
    publish(pointer);
    publish(pointer);
    outbox.join(4, 9);
    expect(new Reader().all()).toEqual(["pointer2", "chat1", "chat2"]);
    outbox.join(4, 10);
    expect(new Reader().all()).toEqual(["pointer1", "chat1", "chat2"]);
    publish(pointer);
    expect(new Reader([chat, at(2, 10)]).all()).toEqual(["pointer2"]);
  });

  test("refuses a channel that there is not", () => {
    expect(() => publish(99)).toThrow();
  });
});

test("packets stay below their bound, however small the frames", () => {
  const reader = new Reader();
  for (let i = 0; i < 3000; i++) publish(chat, 1);
  keyframe(5 * partSize);
  const names: string[] = [];
  while (reader.feed.pending) {
    const parts = reader.feed.gather(48_000);
    expect(encodePacket({ ...emptyPacket(), parts }).length).toBeLessThanOrEqual(maxPacket);
    names.push(...parts.map(({ channel }) => `${channel}`));
  }
  expect(names.length).toBe(3006);
});
