/** What one link has received: each frame is let through once, in the order of its stream, whatever carriers bring it. */

import { compare, type Frame, follows, isKeyframe, type Mark, type Stream, streamKey } from "../wire/frame";
import { channels } from "../wire/tables.gen";

/** deliver it; it is a duplicate; or something before it is missing, and has to be asked for. */
export type Verdict = "deliver" | "duplicate" | "lost";

interface Standing extends Mark {
  /** Something is missing. */
  lost: boolean;
  /** Nothing but a keyframe will do. */
  broken: boolean;
}

export class Inbox {
  private readonly standings = new Map<number, Standing>();

  accept(frame: Frame): Verdict {
    const at = this.at(frame);
    if (compare(at, frame) >= 0) return "duplicate";
    if (channels.get(frame.channel)?.class === "keyed" && !isKeyframe(frame)) {
      if (at.broken || !follows(at, frame)) {
        this.standings.set(streamKey(frame), { ...at, lost: true });
        return "lost";
      }
    }
    const { source, channel, epoch, seq } = frame;
    this.standings.set(streamKey(frame), { source, channel, epoch, seq, lost: false, broken: false });
    return "deliver";
  }

  /** Takes nothing of a keyed stream any more but a keyframe. */
  lose(stream: Stream): void {
    this.standings.set(streamKey(stream), { ...this.at(stream), lost: true, broken: true });
  }

  /** What to ask for: the position to go on from, or a keyframe. */
  wanted(stream: Stream): Mark {
    const { source, channel, epoch, seq, broken } = this.at(stream);
    return broken ? { source, channel, epoch: 0, seq: 0 } : { source, channel, epoch, seq };
  }

  /** The streams in which something is missing. */
  lost(): Stream[] {
    return [...this.standings.values()].filter(({ lost }) => lost);
  }

  /** Where this link stands in the streams of one source, or of all. */
  marks(ofSource?: number): Mark[] {
    return [...this.standings.values()]
      .filter(({ source }) => ofSource === undefined || source === ofSource)
      .map(({ source, channel, epoch, seq }) => ({ source, channel, epoch, seq }));
  }

  private at(stream: Stream): Standing {
    const { source, channel } = stream;
    return (
      this.standings.get(streamKey(stream)) ?? {
        source,
        channel,
        epoch: 0,
        seq: 0,
        lost: false,
        broken: false,
      }
    );
  }
}
