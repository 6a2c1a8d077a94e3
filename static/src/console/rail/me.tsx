import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { sentence } from "../api";
import { initials } from "../format";
import type { Theme } from "../preferences";
import { text } from "../text";
import { Choice } from "../ui/choice";
import { Icon } from "../ui/icon";
import { useWorkplace } from "../ui/workplace";

const themes: readonly Theme[] = ["system", "light", "dark"];

/** The user's own menu: availability, theme, the way out. */
export function MeMenu() {
  const { account, preferences } = useWorkplace();
  const open = useSignal(false);
  const me = account.me;
  if (!me) return null;
  const onToggle = (event: ToggleEvent) => {
    open.value = event.newState === "open";
  };
  return (
    <div class="me">
      <button
        type="button"
        class="me-button"
        popoverTarget="me-menu"
        aria-expanded={open.value}
        title={text.rail.menu(me.name, me.online)}
      >
        <span class="hidden">{text.rail.menu(me.name, me.online)}</span>
        <span class="avatar" aria-hidden="true">
          {initials(me.name)}
        </span>
        <span class={`me-dot ${me.online ? "online" : ""}`} />
      </button>
      <section id="me-menu" class="me-menu" popover="auto" onToggle={onToggle} aria-label={me.name}>
        <div class="me-who">
          <strong class="truncate">{me.name}</strong>
          <span class="soft truncate">{me.login}</span>
        </div>
        <AvailabilityChoice online={me.online} />
        <Choice
          label={text.rail.theme}
          options={themes.map((theme) => ({ value: theme, label: text.rail.themes[theme] }))}
          value={preferences.theme.value}
          onChange={(theme) => preferences.setTheme(theme)}
        />
        <LogoutButton />
      </section>
    </div>
  );
}

function AvailabilityChoice({ online }: { online: boolean }) {
  const { account, toasts } = useWorkplace();
  const change = async (value: "online" | "offline") => {
    try {
      await account.setOnline(value === "online");
    } catch (error) {
      toasts.show({ key: "online", message: sentence(error), tone: "bad" });
    }
  };
  return (
    <Choice
      label={text.rail.availability}
      options={[
        { value: "online", label: text.rail.online },
        { value: "offline", label: text.rail.offline },
      ]}
      value={online ? "online" : "offline"}
      hint={online ? text.rail.onlineHint : text.rail.offlineHint}
      onChange={change}
    />
  );
}

function LogoutButton() {
  const { account, toasts } = useWorkplace();
  const busy = useRef(false);
  const logout = async () => {
    if (busy.current) return;
    busy.current = true;
    try {
      await account.logout();
    } catch (error) {
      toasts.show({ key: "logout", message: sentence(error), tone: "bad" });
    }
    busy.current = false;
  };
  return (
    <button type="button" class="button quiet me-logout" onClick={logout}>
      <Icon name="leave" size={16} />
      {text.rail.logout}
    </button>
  );
}
