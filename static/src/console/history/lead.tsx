import "./lead.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { LeadStory, LeadView } from "../../wire/messages";
import { ApiError, sentence } from "../api";
import { customerName, duration, pageName } from "../format";
import { hrefOf } from "../route";
import { RemarksField } from "../session/remarks";
import { text } from "../text";
import { Dialog } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { Blank, Page } from "../ui/page";
import { Rating } from "../ui/rating";
import { Status } from "../ui/status";
import { useWorkplace } from "../ui/workplace";
import { Timeline } from "./timeline";

/** A request's whole story. */
export function LeadPage({ id }: { id: string }) {
  const { api } = useWorkplace();
  const story = useSignal<LeadStory | null>(null);
  const problem = useSignal("");
  const retry = useSignal(true);
  const load = async () => {
    problem.value = "";
    try {
      story.value = await api.lead(id);
    } catch (error) {
      const missing = error instanceof ApiError && error.trouble === "missing";
      problem.value = missing ? text.lead.missing : sentence(error);
      retry.value = !missing;
    }
  };
  useEffect(() => void load(), [id]);
  const back = (
    <a class="button quiet icon-only" href={hrefOf({ name: "history" })} aria-label={text.lead.back}>
      <Icon name="back" />
    </a>
  );
  const lead = story.value?.lead;
  return (
    <Page
      key={lead ? "story" : "blank"}
      before={back}
      title={lead ? customerName(lead) : problem.value ? text.lead.story : text.loading}
      summary={lead && <Status state={lead.state} />}
      actions={lead && <LeadActions lead={lead} onSaved={load} />}
    >
      <section
        class="page-body"
        aria-label={text.lead.story}
        aria-busy={!lead && !problem.value}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and is to scroll by keyboard everywhere
        tabIndex={0}
      >
        {story.value ? (
          <Story story={story.value} />
        ) : (
          problem.value && (
            <Blank title={problem.value}>
              {retry.value && (
                <button type="button" class="button" onClick={() => void load()}>
                  {text.retry}
                </button>
              )}
            </Blank>
          )
        )}
      </section>
    </Page>
  );
}

function Story({ story }: { story: LeadStory }) {
  return (
    <div class="lead">
      <Timeline story={story} />
      <Details lead={story.lead} />
    </div>
  );
}

function Details({ lead }: { lead: LeadView }) {
  const page = pageName(lead);
  const length = lead.started && lead.ended ? duration(lead.ended - lead.started) : "";
  return (
    <aside class="lead-details" aria-label={text.lead.details}>
      <h2>{text.lead.details}</h2>
      <dl>
        <Detail name={text.lead.customer}>{customerName(lead)}</Detail>
        <Detail name={text.lead.email}>{lead.email}</Detail>
        <Detail name={text.lead.phone}>{lead.phone}</Detail>
        <Detail name={text.lead.topic}>{lead.topic}</Detail>
        <Detail name={text.lead.site}>{lead.siteName}</Detail>
        <Detail name={text.lead.onPage}>{page && <span title={lead.pageUrl}>{page}</span>}</Detail>
        <Detail name={text.lead.agent}>{lead.ownerName}</Detail>
        <Detail name={text.lead.waited}>{lead.started && duration(lead.started - lead.created)}</Detail>
        <Detail name={text.lead.length}>{length}</Detail>
        <Detail name={text.lead.rating}>{lead.rating ? <Rating stars={lead.rating} /> : null}</Detail>
      </dl>
    </aside>
  );
}

function Detail({ name, children }: { name: string; children: ComponentChildren }) {
  if (!children) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** What the owner can still do. */
function LeadActions({ lead, onSaved }: { lead: LeadView; onSaved(): void }) {
  const { account } = useWorkplace();
  const editing = useSignal(false);
  if (lead.owner !== account.me?.id) return null;
  if (lead.state === "active" && lead.session) {
    return (
      <a class="button primary" href={hrefOf({ name: "session", session: lead.session, lead: lead.id })}>
        {text.lead.goToSession}
      </a>
    );
  }
  if (lead.state !== "ended") return null;
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={() => {
          editing.value = true;
        }}
      >
        {lead.agentRemarks ? text.lead.edit : text.lead.add}
      </button>
      {editing.value && (
        <EditDialog
          lead={lead}
          onSaved={onSaved}
          onClose={() => {
            editing.value = false;
          }}
        />
      )}
    </>
  );
}

interface EditDialogProps {
  lead: LeadView;
  onSaved(): void;
  onClose(): void;
}

function EditDialog({ lead, onSaved, onClose }: EditDialogProps) {
  const { api, toasts } = useWorkplace();
  const remarks = useSignal(lead.agentRemarks ?? "");
  const missing = useSignal("");
  const problem = useSignal("");
  const busy = useSignal(false);
  const required = lead.requireRemarks ?? false;
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    missing.value = required && !remarks.value.trim() ? text.session.remarksRequired : "";
    if (missing.value) {
      (event.target as HTMLFormElement).querySelector("textarea")?.focus();
      return;
    }
    busy.value = true;
    try {
      await api.remarks(lead.id, remarks.value.trim());
      toasts.show({ key: "remarks", message: text.lead.saved });
      onClose();
      onSaved();
    } catch (error) {
      problem.value = sentence(error);
      busy.value = false;
    }
  };
  return (
    <Dialog title={lead.agentRemarks ? text.lead.edit : text.lead.add} onClose={onClose}>
      <form onSubmit={save} noValidate>
        <RemarksField value={remarks} required={required} error={missing.value} />
        <div role="alert">{problem.value && <p class="form-error">{problem.value}</p>}</div>
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            {text.cancel}
          </button>
          <button type="submit" class="button primary" aria-busy={busy.value}>
            {busy.value ? text.session.saving : text.lead.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
