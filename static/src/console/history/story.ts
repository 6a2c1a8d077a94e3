import type { EntryView, LeadStory } from "../../wire/messages";

/** One thing that happened to a request. */
export type Happening =
  | { kind: "requested"; at: number }
  | { kind: "connected"; at: number }
  /** Lines that one side said one after the other. */
  | { kind: "said"; at: number; by: EntryView["by"]; name: string; lines: string[] }
  | { kind: "over"; at: number }
  | { kind: "remarks"; at: number; by: "agent" | "customer" };

/** A pause after which lines of the same side stand apart, in milliseconds. */
const pause = 5 * 60_000;

const order: readonly Happening["kind"][] = ["requested", "connected", "said", "over", "remarks"];

/** What happened to a request, in the order of time. */
export function happenings({ lead, transcript }: LeadStory): Happening[] {
  const all: Happening[] = [{ kind: "requested", at: lead.created }];
  if (lead.started) all.push({ kind: "connected", at: lead.started });
  all.push(...said(transcript));
  if (lead.ended) all.push({ kind: "over", at: lead.ended });
  const after = lead.ended ?? Number.MAX_SAFE_INTEGER;
  if (lead.customerRemarks || lead.rating) all.push({ kind: "remarks", at: after, by: "customer" });
  if (lead.agentRemarks) all.push({ kind: "remarks", at: after, by: "agent" });
  return all.sort((a, b) => a.at - b.at || order.indexOf(a.kind) - order.indexOf(b.kind));
}

function said(transcript: readonly EntryView[]): Happening[] {
  const groups: (Happening & { kind: "said" })[] = [];
  let last = 0;
  for (const { at, by, name, text } of transcript) {
    const group = groups[groups.length - 1];
    if (group?.by === by && group.name === name && at - last < pause) group.lines.push(text);
    else groups.push({ kind: "said", at, by, name, lines: [text] });
    last = at;
  }
  return groups;
}
