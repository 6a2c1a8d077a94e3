import "../ui/table.css";
import "./history.css";
import { useEffect, useMemo } from "preact/hooks";
import type { LeadView } from "../../wire/messages";
import { customerName } from "../format";
import { hrefOf } from "../route";
import { text } from "../text";
import { Blank, Page } from "../ui/page";
import { Rating } from "../ui/rating";
import { Status } from "../ui/status";
import { Moment } from "../ui/time";
import { useWorkplace } from "../ui/workplace";
import { Past, type PastState } from "./past";

/** The requests that are over. */
export function History() {
  const { api } = useWorkplace();
  const past = useMemo(() => new Past(api), [api]);
  useEffect(() => void past.load(), [past]);
  const state = past.state.value;
  return (
    <Page title={text.history.page}>
      <div class="page-body" aria-busy={state.kind === "loading"}>
        <Body state={state} past={past} />
      </div>
    </Page>
  );
}

function Body({ state, past }: { state: PastState; past: Past }) {
  if (state.kind === "failed") {
    return (
      <Blank title={state.message}>
        <button type="button" class="button" onClick={() => void past.load()}>
          {text.retry}
        </button>
      </Blank>
    );
  }
  if (state.kind === "ready" && state.leads.length === 0) {
    return <Blank title={text.history.empty} hint={text.history.emptyHint} />;
  }
  return (
    <>
      <table class="table history-table" aria-label={text.history.table}>
        <Head />
        <tbody>
          {state.kind === "loading"
            ? [1, 2, 3, 4].map((row) => <LoadingRow key={row} />)
            : state.leads.map((lead) => <Row key={lead.id} lead={lead} />)}
        </tbody>
      </table>
      {state.kind === "ready" && <More state={state} past={past} />}
    </>
  );
}

function More({ state, past }: { state: PastState & { kind: "ready" }; past: Past }) {
  return (
    <div class="history-more">
      <div role="alert">{state.problem && <p class="form-error">{state.problem}</p>}</div>
      {state.next && (
        <button
          type="button"
          class="button"
          aria-busy={state.more === "loading"}
          onClick={() => void past.loadMore()}
        >
          {state.more === "loading" ? text.loading : text.history.more}
        </button>
      )}
    </div>
  );
}

function Head() {
  const titles = text.history;
  return (
    <thead>
      <tr>
        <th scope="col">{titles.date}</th>
        <th scope="col">{titles.customer}</th>
        <th scope="col">{titles.agent}</th>
        <th scope="col">{titles.topic}</th>
        <th scope="col">{titles.status}</th>
        <th scope="col">{titles.agentRemarks}</th>
        <th scope="col">{titles.customerRemarks}</th>
      </tr>
    </thead>
  );
}

function LoadingRow() {
  return (
    <tr>
      {[1, 2, 3, 4, 5, 6, 7].map((cell) => (
        <td key={cell}>
          <span class="skeleton" />
        </td>
      ))}
    </tr>
  );
}

function Row({ lead }: { lead: LeadView }) {
  const name = customerName(lead);
  return (
    <tr class="linked">
      <td>
        <Moment at={lead.created} />
      </td>
      <td>
        <a class="cell-main row-link" href={hrefOf({ name: "lead", lead: lead.id })} title={name}>
          {name}
        </a>
        <span class="cell-more">{lead.siteName}</span>
      </td>
      <td class={lead.ownerName ? "" : "void"} data-label={text.history.agent}>
        {lead.ownerName || <None />}
      </td>
      <td class={lead.topic ? "" : "void"} title={lead.topic}>
        {lead.topic || <None />}
      </td>
      <td>
        <Status state={lead.state} />
      </td>
      <td class={lead.agentRemarks ? "" : "void"} data-label={text.history.agentRemarks}>
        <span class="remarks" title={lead.agentRemarks}>
          {lead.agentRemarks || <None />}
        </span>
      </td>
      <td class={lead.customerRemarks || lead.rating ? "" : "void"} data-label={text.history.customerRemarks}>
        {lead.rating ? <Rating stars={lead.rating} /> : null}
        <span class="remarks" title={lead.customerRemarks}>
          {lead.customerRemarks || (lead.rating ? "" : <None />)}
        </span>
      </td>
    </tr>
  );
}

function None() {
  return <span class="soft">{text.none}</span>;
}
