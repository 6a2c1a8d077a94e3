import type { LeadView } from "../../wire/messages";
import { text } from "../text";

const tones: Record<LeadView["state"], string> = {
  waiting: "warn",
  assigned: "accent",
  active: "good",
  ended: "",
  missed: "bad",
  cancelled: "",
  archived: "",
};

/** Where a lead stands, as a badge. */
export function Status({ state }: { state: LeadView["state"] }) {
  return <span class={`badge ${tones[state]}`}>{text.status[state]}</span>;
}
