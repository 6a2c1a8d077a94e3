import { expect, it } from "vitest";
import type { ChatLine } from "../../wire/chat";
import { bubbles } from "./bubbles";

function line(id: string, source: number, minutes: number, mine = false): ChatLine {
  return { id, text: id, source, epoch: 1, seq: 1, time: minutes * 60_000, mine, pending: false };
}

const person = (source: number) =>
  source < 5 ? { name: "Priya", agent: false } : { name: "Asha", agent: true };
const drawn = (lines: ChatLine[]) =>
  bubbles(lines, person).map(
    (group) => `${group.agent ? ">" : ""}${group.lines.map((one) => one.id).join("")}`,
  );

it("groups lines of one person, over tabs, until a pause", () => {
  expect(
    drawn([line("a", 1, 0), line("b", 2, 1), line("c", 9, 2, true), line("d", 1, 3), line("e", 1, 30)]),
  ).toEqual(["ab", ">c", "d", "e"]);
});

it("keeps a colleague's lines apart from one's own", () => {
  expect(drawn([line("a", 9, 0, true), line("b", 8, 1)])).toEqual([">a", ">b"]);
});
