import type { ComponentChildren } from "preact";
import type { LeadStory, LeadView } from "../../wire/messages";
import { customerName, duration, pageName } from "../format";
import { text } from "../text";
import { Icon, type IconName } from "../ui/icon";
import { Rating } from "../ui/rating";
import { Moment } from "../ui/time";
import { type Happening, happenings } from "./story";

/** What happened to a request, from top to bottom. */
export function Timeline({ story }: { story: LeadStory }) {
  const { lead, transcript } = story;
  return (
    <ol class="timeline">
      {happenings(story).map((one, index) => (
        <Item key={`${one.kind} ${index}`} happening={one} lead={lead} silent={transcript.length === 0} />
      ))}
    </ol>
  );
}

interface ItemProps {
  happening: Happening;
  lead: LeadView;
  /** Nobody said anything in the session. */
  silent: boolean;
}

function Item({ happening, lead, silent }: ItemProps) {
  const name = customerName(lead);
  const agent = lead.ownerName || text.chat.agent;
  switch (happening.kind) {
    case "requested":
      return (
        <Step icon="flag" title={text.lead.requested(name)} at={happening.at}>
          <RequestText lead={lead} />
        </Step>
      );
    case "connected": {
      const waited = text.lead.after(duration(happening.at - lead.created));
      return (
        <Step icon="people" title={text.lead.connected(agent)} note={waited} at={happening.at}>
          {silent && <p class="soft">{text.lead.noTranscript}</p>}
        </Step>
      );
    }
    case "said":
      return <Said said={happening} />;
    case "over": {
      const length = lead.started ? text.lead.after(duration(happening.at - lead.started)) : "";
      return <Step icon="check" title={endingOf(lead)} note={length} at={happening.at} />;
    }
    case "remarks":
      return <RemarksStep lead={lead} by={happening.by} />;
  }
}

function RequestText({ lead }: { lead: LeadView }) {
  const page = pageName(lead);
  if (!lead.topic && !lead.message && !page) return null;
  return (
    <div class="quote">
      {lead.topic && <p class="quote-topic">{lead.topic}</p>}
      {lead.message && <p class="quote-text">{lead.message}</p>}
      {page && (
        <p class="soft" title={lead.pageUrl}>
          {page}
        </p>
      )}
    </div>
  );
}

function RemarksStep({ lead, by }: { lead: LeadView; by: "agent" | "customer" }) {
  const mine = by === "agent";
  const remarks = mine ? lead.agentRemarks : lead.customerRemarks;
  return (
    <Step icon="pen" title={mine ? text.history.agentRemarks : text.history.customerRemarks}>
      <div class="quote">
        {!mine && lead.rating ? <Rating stars={lead.rating} /> : null}
        {remarks && <p class="quote-text">{remarks}</p>}
      </div>
    </Step>
  );
}

function Said({ said }: { said: Happening & { kind: "said" } }) {
  return (
    <li class={`step said ${said.by}`}>
      <span class="step-mark">
        <Icon name="chat" size={16} />
      </span>
      <p class="step-title">
        <span>{said.name || (said.by === "agent" ? text.chat.agent : text.chat.customer)}</span>
        <Moment at={said.at} short />
      </p>
      {said.lines.map((line, index) => (
        <p key={`${index} ${line}`} class="quote-text">
          {line}
        </p>
      ))}
    </li>
  );
}

interface StepProps {
  icon: IconName;
  title: string;
  note?: string;
  at?: number;
  children?: ComponentChildren;
}

function Step({ icon, title, note, at, children }: StepProps) {
  return (
    <li class="step">
      <span class="step-mark">
        <Icon name={icon} size={16} />
      </span>
      <p class="step-title">
        <span>
          {title} {note && <span class="soft">{note}</span>}
        </span>
        {at !== undefined && <Moment at={at} />}
      </p>
      {children}
    </li>
  );
}

function endingOf(lead: LeadView): string {
  const name = customerName(lead);
  const agent = lead.ownerName || text.chat.agent;
  switch (lead.state) {
    case "missed":
      return text.lead.closed.missed;
    case "cancelled":
      return text.lead.closed.cancelled(name);
    case "archived":
      return text.lead.closed.archived;
    default:
      return text.lead.ended[lead.endedBy ?? "system"](name, agent);
  }
}
