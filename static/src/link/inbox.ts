/** What one link has received: each frame is let through once, in the order of its stream, whatever carriers bring it. */

import { compare, type Frame, follows, isKeyframe, type Mark, type Stream, streamKey } from "../wire/frame";
import { channels } from "../wire/tables.gen";

/** deliver it; it is a duplicate; or something before it is missing, so that a keyframe is needed. */
export type Verdict = "deliver" | "duplicate" | "lost";

interface Standing extends Mark {
  /** Nothing but a keyframe will do. */
  lost: boolean;
}

export class Inbox {
  private readonly standings = new Map<number, Standing>();

  accept(frame: Frame): Verdict {
    const at = this.standings.get(streamKey(frame));
    if (at && compare(at, frame) >= 0) return "duplicate";
    if (channels.get(frame.channel)?.class === "keyed" && !isKeyframe(frame)) {
      if (!at || at.lost || !follows(at, frame)) {
        this.lose(frame);
        return "lost";
      }
    }
    const { source, channel, epoch, seq } = frame;
    this.standings.set(streamKey(frame), { source, channel, epoch, seq, lost: false });
    return "deliver";
  }

  /** Takes nothing of a keyed stream any more but a keyframe. */
  lose(stream: Stream): void {
    const { source, channel } = stream;
    const at = this.standings.get(streamKey(stream));
    this.standings.set(streamKey(stream), { epoch: 0, seq: 0, ...at, source, channel, lost: true });
  }

  isLost(stream: Stream): boolean {
    return this.standings.get(streamKey(stream))?.lost ?? false;
  }

  /** Where this link stands in the streams of one source, or of all. A lost stream stands nowhere. */
  marks(ofSource?: number): Mark[] {
    const marks: Mark[] = [];
    for (const { lost, ...mark } of this.standings.values()) {
      if (ofSource === undefined || mark.source === ofSource) marks.push(lost ? { ...mark, epoch: 0, seq: 0 } : mark);
    }
    return marks;
  }
}
