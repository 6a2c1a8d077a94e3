/** Line drawings on a grid of 20, as path data. */
const shapes = {
  people:
    "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5c.3-2.8 2.6-4.5 5.5-4.5s5.2 1.7 5.5 4.5M13 9.3a2.7 2.7 0 1 0-.6-5.3M14.8 12.3c1.8.5 3 1.9 3.2 4.2",
  history: "M3 10a7 7 0 1 0 2.3-5.2L3 7M3 3v4h4M10 6v4.2l2.8 1.8",
  chat: "M3 5.5A1.5 1.5 0 0 1 4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.5Z",
  pen: "m12.5 4.5 3 3M4 16l.8-3.6L13.3 3.9a1.4 1.4 0 0 1 2 0l.8.8a1.4 1.4 0 0 1 0 2L7.6 15.2Z",
  close: "m5.5 5.5 9 9m0-9-9 9",
  bell: "M5 8.5a5 5 0 0 1 10 0c0 4 1.5 5 1.5 5h-13S5 12.5 5 8.5ZM8.5 16.5a1.7 1.7 0 0 0 3 0",
  bellOff:
    "M5.2 7.2C5 10.8 5 12.2 3.5 13.5h10M15 10.5V8.5a5 5 0 0 0-8-4M8.5 16.5a1.7 1.7 0 0 0 3 0M3 3l14 14",
  back: "M12 4.5 6.5 10l5.5 5.5",
  warning:
    "M10 7.5v3.2M10 13.6v.01M8.7 3.8 2.3 14.7a1.5 1.5 0 0 0 1.3 2.3h12.8a1.5 1.5 0 0 0 1.3-2.3L11.3 3.8a1.5 1.5 0 0 0-2.6 0Z",
  offline:
    "M3 3l14 14M2.5 8a11 11 0 0 1 3.3-2.2M17.5 8a11 11 0 0 0-7.3-3M5.5 11.3a6.6 6.6 0 0 1 2.5-1.5M14.5 11.3l-.9-.7M10 15v.01",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  leave: "M8 4H5.5A1.5 1.5 0 0 0 4 5.5v9A1.5 1.5 0 0 0 5.5 16H8M12.5 13l3-3-3-3M15 10H8",
  send: "M16.5 3.5 9 11M16.5 3.5l-4.8 13-2.7-5.5L3.5 8.3Z",
  page: "M5 3.5h6.5L15 7v9.5H5ZM11.5 3.5V7H15",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.2l2.6 1.7",
  flag: "M5 17V3.5h9.5l-2 3.5 2 3.5H5",
  down: "m5.5 8 4.5 4.5L14.5 8",
} as const;

export type IconName = keyof typeof shapes;

/** A drawing that only repeats what words or an accessible name say. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path
        d={shapes[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

/** The product's mark: two that stand beside each other. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg
      class="icon mark"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="mark-agent" x="3" y="3" width="8" height="18" rx="4" />
      <rect class="mark-customer" x="13" y="8" width="8" height="13" rx="4" />
    </svg>
  );
}
