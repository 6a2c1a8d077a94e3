import { duration, machineDuration } from "../format";
import { useWorkplace } from "./workplace";

/** A moment to the minute, with seconds and zone on hover. */
export function Moment({ at, short = false }: { at: number; short?: boolean }) {
  const { dates } = useWorkplace();
  return (
    <time dateTime={new Date(at).toISOString()} title={dates.full(at)}>
      {short ? dates.time(at) : dates.exact(at)}
    </time>
  );
}

/** The time since a moment, ticking; or up to another one, standing still. */
export function Elapsed({ from, to, label }: { from: number; to?: number; label?: string }) {
  const { clock, dates } = useWorkplace();
  const span = (to ?? clock.now.value) - from;
  return (
    <time dateTime={machineDuration(span)} title={`${label ? `${label}: ` : ""}${dates.full(from)}`}>
      {duration(span)}
    </time>
  );
}
