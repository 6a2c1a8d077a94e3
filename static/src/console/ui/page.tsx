import "./page.css";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface PageProps {
  title: string;
  /** A line beside the title. */
  summary?: ComponentChildren;
  actions?: ComponentChildren;
  before?: ComponentChildren;
  children: ComponentChildren;
}

/** A screen with its heading, which takes the focus when the agent comes to it. */
export function Page({ title, summary, actions, before, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div class="page">
      <header class="page-bar">
        {before}
        <h1 ref={heading} tabIndex={-1} class="truncate">
          {title}
        </h1>
        {summary && <p class="page-summary truncate">{summary}</p>}
        <div class="page-actions">{actions}</div>
      </header>
      {children}
    </div>
  );
}

/** What a screen says instead of content: that it is empty, or what went wrong. */
export function Blank(props: { title: string; hint?: string; children?: ComponentChildren }) {
  return (
    <div class="blank">
      <p class="blank-title">{props.title}</p>
      {props.hint && <p>{props.hint}</p>}
      {props.children}
    </div>
  );
}
