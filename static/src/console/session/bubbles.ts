import type { ChatLine } from "../../wire/chat";

/** Lines that one person wrote one after the other. */
export interface Bubble {
  key: string;
  name: string;
  mine: boolean;
  agent: boolean;
  /** When the first was written. */
  time: number;
  lines: ChatLine[];
}

/** A pause after which lines of the same person stand apart, in milliseconds. */
const pause = 5 * 60_000;

/** Groups lines by who wrote them. */
export function bubbles(
  lines: readonly ChatLine[],
  person: (source: number) => { name: string; agent: boolean },
): Bubble[] {
  const groups: Bubble[] = [];
  for (const line of lines) {
    const { name, agent } = person(line.source);
    const side = line.mine || agent;
    const last = groups[groups.length - 1];
    const before = last?.lines[last.lines.length - 1];
    const together =
      last?.agent === side && last.mine === line.mine && last.name === name && before !== undefined;
    if (together && line.time - before.time < pause) last.lines.push(line);
    else groups.push({ key: line.id, name, mine: line.mine, agent: side, time: line.time, lines: [line] });
  }
  return groups;
}
