import { expect, it } from "vitest";
import { type Watcher, watchingText } from "./watching";

const at = (name: string, state: Watcher["state"] = "online"): Watcher => ({
  source: 2,
  name,
  state,
  looking: true,
});

it.each<[string, Watcher[], string, boolean]>([
  ["Asha can see this page", [at("Asha")], "Asha", false],
  ["Asha can see this page", [at("Asha"), at("Asha")], "Asha", false],
  ["Asha and 1 more can see this page", [at("Ben"), at("Asha")], "Asha", false],
  ["Ben can see this page", [at("Ben"), at("Asha", "away")], "Asha", false],
  ["Ben can see this page", [at("Ben")], "", false],
  ["Asha is reconnecting…", [at("Asha", "away")], "Asha", false],
  ["Asha is joining…", [], "Asha", false],
  ["Your agent is joining…", [at("Asha", "closed")], "", false],
  ["Maximiliana Featherstonehau… can see this page", [at("Maximiliana Featherstonehaugh-Smith")], "", false],
  ["Reconnecting…", [at("Asha")], "Asha", true],
])("%s", (want, watchers, agent, lost) => {
  expect(watchingText(watchers, agent, lost)).toBe(want);
});
