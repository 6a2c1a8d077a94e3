import { text } from "./text";

/** One who can look at the customer's page: a console of the session. */
export interface Watcher {
  source: number;
  name: string;
  state: "online" | "away" | "closed";
  /** It shows this very tab at the moment, and not another one. */
  looking: boolean;
}

/** So much of a name fits the bar. */
const longestName = 28;

/** The bar's sentence: it never says that nobody looks while somebody may. */
export function watchingText(watchers: readonly Watcher[], agent: string, lost: boolean): string {
  if (lost) return text.bar.lost;
  const online = [...new Set(watchers.filter(({ state }) => state === "online").map(({ name }) => name))];
  const owner = agent || online[0] || text.agent;
  const shown = online.length === 0 || online.includes(owner) ? owner : (online[0] as string);
  const name = shown.length > longestName ? `${shown.slice(0, longestName - 1).trimEnd()}…` : shown;
  if (online.length > 0) return text.bar.sees(name, online.length - 1);
  return watchers.some(({ state }) => state === "away") ? text.bar.away(name) : text.bar.joining(name);
}
