import { expect, it } from "vitest";
import type { LeadStory } from "../../wire/messages";
import { happenings } from "./story";

const lead = { id: "l", site: "s", siteName: "Shop", state: "ended", created: 100 } as const;
const kinds = (story: LeadStory) => happenings(story).map((one) => one.kind);

it("tells a story in the order of time", () => {
  const said = (at: number) => ({ at, by: "customer" as const, name: "Priya", text: `at ${at}` });
  const story: LeadStory = {
    lead: { ...lead, started: 200, ended: 400, agentRemarks: "Fine.", customerRemarks: "Thanks!", rating: 5 },
    transcript: [said(200), said(300), { ...said(350), by: "agent", name: "Asha" }, said(400)],
  };
  expect(happenings(story)[2]).toMatchObject({ kind: "said", at: 200, lines: ["at 200", "at 300"] });
  expect(kinds(story)).toEqual([
    "requested",
    "connected",
    "said",
    "said",
    "said",
    "over",
    "remarks",
    "remarks",
  ]);
});

it("tells a short one", () => {
  expect(kinds({ lead: { ...lead, state: "missed", ended: 500 }, transcript: [] })).toEqual([
    "requested",
    "over",
  ]);
  expect(kinds({ lead: { ...lead, state: "waiting" }, transcript: [] })).toEqual(["requested"]);
});
