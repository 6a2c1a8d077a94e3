import { beforeEach, describe, expect, it, vi } from "vitest";
import { Pictures, type Screen } from "./pictures";

let now = 0;
const requestKeyframe = vi.fn();
const onFirst = vi.fn();
const at = (source: number, epoch = 1) => ({ source, epoch });

/** A screen that writes down what it shows. */
function screen() {
  const made = {
    text: "",
    show(_source: number, batches: readonly string[]) {
      made.text = batches.join("");
    },
    add(batch: string) {
      made.text += batch;
    },
    blank() {
      made.text = "";
    },
  };
  return made satisfies Screen;
}

function pictures() {
  return new Pictures({ requestKeyframe, onFirst, now: () => now });
}

beforeEach(() => {
  vi.resetAllMocks();
  now = 0;
});

describe("Pictures", () => {
  it("shows a keyframe and goes on, and reports the first picture of each epoch", () => {
    const all = pictures();
    const shown = screen();
    all.attach(shown);
    all.view(1);
    all.add(at(1), true, "K");
    all.add(at(1), false, "ab");
    expect(shown.text).toBe("Kab");
    all.add(at(1), true, "L");
    expect(onFirst).toHaveBeenCalledTimes(1);
    all.add(at(1, 2), true, "M");
    expect(shown.text).toBe("M");
    expect(onFirst).toHaveBeenCalledTimes(2);
  });

  it("keeps each tab's picture for when the agent turns to it", () => {
    const all = pictures();
    const shown = screen();
    all.attach(shown);
    all.view(1);
    all.add(at(1), true, "K");
    all.add(at(2), true, "P");
    all.add(at(2), false, "q");
    expect(shown.text).toBe("K");
    all.view(2);
    expect(shown.text).toBe("Pq");
    all.view(1);
    expect(shown.text).toBe("K");
    expect(all.shown.value).toBe(1);
  });

  it("blanks the screen for a tab without a picture, and asks for one if it does not come by itself", () => {
    vi.useFakeTimers();
    const all = pictures();
    const shown = screen();
    all.attach(shown);
    all.view(1);
    all.add(at(1), true, "K");
    all.view(2);
    expect(shown.text).toBe("");
    expect(all.shown.value).toBe(0);
    expect(requestKeyframe).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5000);
    expect(requestKeyframe).toHaveBeenCalledExactlyOnceWith(2);
    vi.useRealTimers();
  });

  it("fills a screen that comes late or comes back", () => {
    const all = pictures();
    all.view(1);
    all.add(at(1), true, "K");
    all.add(at(1), false, "a");
    expect(onFirst).not.toHaveBeenCalled();
    const first = screen();
    const detach = all.attach(first);
    expect(first.text).toBe("Ka");
    detach();
    expect(all.shown.value).toBe(0);
    all.add(at(1), false, "b");
    const second = screen();
    all.attach(second);
    expect(second.text).toBe("Kab");
  });

  it("keeps the old picture while a new page has not sent its keyframe", () => {
    const all = pictures();
    const shown = screen();
    all.attach(shown);
    all.view(1);
    all.add(at(1), true, "K");
    all.add(at(1, 2), false, "x");
    expect(shown.text).toBe("K");
    expect(requestKeyframe).toHaveBeenCalledWith(1);
  });

  it("asks for a keyframe when the picture is lost, but not all the time", () => {
    const all = pictures();
    const shown = screen();
    all.attach(shown);
    all.view(1);
    now = 10_000;
    all.add(at(1), true, "K");
    requestKeyframe.mockClear();
    all.lost();
    all.lost();
    expect(requestKeyframe).toHaveBeenCalledTimes(1);
    now += 1000;
    all.add(at(1), false, null);
    expect(requestKeyframe).toHaveBeenCalledTimes(2);
  });

  it("asks for a keyframe when much is kept, and keeps no more than a bound", () => {
    const all = pictures();
    all.add(at(1), true, "K");
    all.add(at(1), false, "a".repeat(5 << 20));
    expect(requestKeyframe).toHaveBeenCalledTimes(1);
    all.add(at(1), false, "b".repeat(12 << 20));
    const shown = screen();
    all.attach(shown);
    all.view(1);
    expect(shown.text).toBe("");
    all.add(at(1), true, "L");
    expect(shown.text).toBe("L");
  });

  it("forgets tabs that are gone, but not the viewed one", () => {
    const all = pictures();
    all.add(at(1), true, "K");
    all.add(at(2), true, "P");
    all.view(1);
    all.retain(new Set());
    const shown = screen();
    all.attach(shown);
    expect(shown.text).toBe("K");
    all.view(2);
    expect(shown.text).toBe("");
  });
});
