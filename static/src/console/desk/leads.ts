import type { LeadView } from "../../wire/messages";

/** The rules of the list of Active customers. Pure functions of what the server says. */

/** Whether a lead still has its end before it. */
export function isOpen(lead: LeadView): boolean {
  return lead.state === "waiting" || lead.state === "assigned" || lead.state === "active";
}

/** Whether the customer waits for somebody to connect. */
export function isWaiting(lead: LeadView): boolean {
  return lead.state === "waiting" || lead.state === "assigned";
}

/** The list after a lead is new, changed or gone. */
export function withLead(leads: readonly LeadView[], lead: LeadView, gone: boolean): readonly LeadView[] {
  const others = leads.filter((known) => known.id !== lead.id);
  return gone || !isOpen(lead) ? others : [...others, lead];
}

/** Who waits comes first, the longest wait on top; then who is in session. */
export function deskOrder(leads: readonly LeadView[]): readonly LeadView[] {
  const rank = (lead: LeadView) => (isWaiting(lead) ? 0 : 1);
  return [...leads].sort((a, b) => rank(a) - rank(b) || a.created - b.created || compare(a.id, b.id));
}

/** Whether a lead waits for this user: it is the user's own or nobody's. */
export function waitsFor(lead: LeadView, user: string): boolean {
  return isWaiting(lead) && (!lead.owner || lead.owner === user);
}

/** The leads that have come to wait for this user since `before`. */
export function newcomers(
  before: readonly LeadView[],
  after: readonly LeadView[],
  user: string,
): readonly LeadView[] {
  const waited = new Set(before.filter((lead) => waitsFor(lead, user)).map((lead) => lead.id));
  return after.filter((lead) => waitsFor(lead, user) && !waited.has(lead.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
