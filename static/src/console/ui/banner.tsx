import "./banner.css";
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { text } from "../text";
import { Icon, type IconName } from "./icon";
import { useWorkplace } from "./workplace";

export interface BannerProps {
  tone: "plain" | "warn" | "bad";
  icon: IconName;
  children: ComponentChildren;
  action?: { label: string; run(): void };
}

/** A line across the screen about something that lasts. */
export function Banner({ tone, icon, children, action }: BannerProps) {
  return (
    <div class={`banner ${tone}`}>
      <Icon name={icon} size={16} />
      <span class="banner-text">{children}</span>
      {action && (
        <button type="button" class="button small" onClick={action.run}>
          {action.label}
        </button>
      )}
    </div>
  );
}

export interface ConnectionBannerProps {
  /** As Connection.lost has it. */
  lost: ReadonlySignal<number | null>;
  /** What that means for what is on the screen. */
  note: string;
  onRetry(): void;
}

/** Says that a connection is lost and when it is tried again; nothing while it stands. */
export function ConnectionBanner({ lost, note, onRetry }: ConnectionBannerProps) {
  const at = lost.value;
  return (
    <div role="status">
      {at !== null && (
        <Banner tone="warn" icon="offline" action={{ label: text.retryNow, run: onRetry }}>
          <Countdown at={at} /> {note}
        </Banner>
      )}
    </div>
  );
}

/** Read out once, when it appears; what ticks after that is for the eye only. */
function Countdown({ at }: { at: number }) {
  const { clock } = useWorkplace();
  const seconds = Math.ceil((at - clock.now.value) / 1000);
  return (
    <span aria-live="off" class="number">
      {seconds > 0 ? text.connection.lost(seconds) : text.connection.trying}
    </span>
  );
}
