import { Component, type ComponentChildren } from "preact";
import { text } from "../text";
import type { Visit } from "../visit";
import { SessionCorner } from "./bar";
import { BrokenCard, MissedCard, RemarksCard, ThanksCard } from "./farewell";
import { RequestDialog } from "./form";
import { ErrorText, FocusContext } from "./parts";
import { MessageCard, WaitingCard } from "./waiting";

interface RootProps {
  visit: Visit;
  hasFocus(): boolean;
  report(error: unknown): void;
}

/** The whole widget but its launcher. */
export function Root({ visit, hasFocus, report }: RootProps) {
  return (
    <div class="app" lang={text.lang}>
      <p class="sr" role="status">
        {visit.news.value}
      </p>
      <FocusContext.Provider value={hasFocus}>
        <Boundary report={report}>
          <Shown visit={visit} />
        </Boundary>
      </FocusContext.Provider>
    </div>
  );
}

function Shown({ visit }: { visit: Visit }) {
  const stage = visit.stage.value;
  switch (stage.kind) {
    case "idle":
      return null;
    case "form":
      return <RequestDialog visit={visit} stage={stage} />;
    default:
      return (
        <div class="corner">
          <Corner visit={visit} />
        </div>
      );
  }
}

function Corner({ visit }: { visit: Visit }) {
  const stage = visit.stage.value;
  switch (stage.kind) {
    case "waiting":
      return <WaitingCard visit={visit} queue={stage} />;
    case "message":
      return <MessageCard visit={visit} stage={stage} />;
    case "active":
      return <SessionCorner visit={visit} />;
    case "remarks":
      return <RemarksCard visit={visit} stage={stage} />;
    case "thanks":
      return <ThanksCard visit={visit} stage={stage} />;
    case "missed":
      return <MissedCard visit={visit} />;
    case "broken":
      return <BrokenCard visit={visit} stage={stage} />;
    default:
      return null;
  }
}

/** Keeps an error in the widget's own drawing from the page, and says that there was one. */
class Boundary extends Component<
  { report(error: unknown): void; children: ComponentChildren },
  { failed: boolean }
> {
  override state = { failed: false };

  override componentDidCatch(error: unknown): void {
    this.props.report(error);
    this.setState({ failed: true });
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div class="corner">
        <div class="card">
          <ErrorText>{text.failed}</ErrorText>
        </div>
      </div>
    );
  }
}
