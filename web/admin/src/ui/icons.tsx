/** Line icons, 24 by 24, in the colour of the text. Decoration only: the name stands on the button. */
const PATHS = {
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm4.8 11.3L20 20",
  close: "M6 6l12 12M18 6 6 18",
  check: "M5 12.5 10 17 19 7",
  checks: "M2.5 12.5 7 17l8-9.5M11.5 16l1 1 9-9.5",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm0 4v4.5l3 1.8",
  alert: "M12 4 2.8 19.5h18.4L12 4Zm0 6v4.2m0 2.6v.1",
  send: "M4.5 4.5 20.5 12l-16 7.5 2.6-7.5-2.6-7.5ZM7 12h7",
  back: "M14.5 5.5 8 12l6.5 6.5",
  down: "M6 9.5l6 6 6-6",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  reply: "M9.5 6 4 11.5 9.5 17M4.5 11.5H14a6 6 0 0 1 6 6v.5",
  smile: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM8.6 14.2a4.2 4.2 0 0 0 6.8 0M9 9.8v.2M15 9.8v.2",
  trash: "M5 7h14M10 7V4.8h4V7m-7.5 0 .9 12.2h9.2L17.5 7M10.3 10.8v5M13.7 10.8v5",
  copy: "M9 9h10v11H9V9Zm-4 6V4h10",
  sort: "M7 5v14m0 0-3-3m3 3 3-3M13.5 6.5H20M13.5 12h5M13.5 17.5h3",
  panel: "M4 5h16v14H4V5Zm10.5 0v14",
  settings: "M5 7h9M18 7h1M5 17h1M10 17h9M16 4.8v4.4M8 14.8v4.4",
  command:
    "M8.5 8.5h7v7h-7v-7Zm0 0H7A2.5 2.5 0 1 1 8.5 7v1.500Zm7 0V7A2.5 2.5 0 1 1 17 8.500h-1.500Zm0 7H17A2.5 2.5 0 1 1 15.5 17v-1.500Zm-7 0V17A2.5 2.5 0 1 1 7 15.500h1.500Z",
  help: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm-2.3 5.800a2.4 2.4 0 1 1 3.5 2.200c-.8.4-1.2.9-1.2 1.700m0 2.600v.1",
  print: "M7 9V4h10v5M7 16.500H4.500V9h15v7.500H17M7 13.500h10V20H7v-6.500Z",
  link: "M10 14a4 4 0 0 0 5.7 0l2.8-2.800a4 4 0 0 0-5.7-5.700l-1 1M14 10a4 4 0 0 0-5.7 0l-2.8 2.800a4 4 0 0 0 5.7 5.700l1-1",
  person: "M12 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM5 19.500c.6-3.3 3.4-5 7-5s6.4 1.7 7 5",
  eye: "M3 12c2-4 5.2-6 9-6s7 2 9 6c-2 4-5.2 6-9 6s-7-2-9-6Zm9-2.600a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.200Z",
  inbox: "M4 13.5 6.5 5h11l2.5 8.500V19H4v-5.500Zm0 0h4.500l1.2 2.500h4.600l1.2-2.500H20",
  chat: "M4 5.500h16v11H10.500L6 20v-3.500H4v-11Z",
  refresh: "M19 12a7 7 0 1 1-2.2-5.100M19.5 4.500v4h-4",
  flag: "M6 20V4.500h11l-2 4 2 4H6",
  bell: "M6.5 16.500V11a5.5 5.5 0 0 1 11 0v5.500l1.5 1.500H5l1.5-1.500Zm3.8 3.700h3.4",
  logout: "M14 5H5v14h9M10.5 12H20m0 0-3.5-3.500M20 12l-3.5 3.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg className={`icon icon-${name} ${className ?? ""}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
