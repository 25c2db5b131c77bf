/** The icons, drawn on a 24 by 24 grid. */
const PATHS = {
  back: "M15.5 5 8.5 12l7 7-1.4 1.4L5.7 12l8.4-8.4z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6 10.6 12 5 6.4z",
  sound: "M4 9v6h4l5 4V5L8 9H4zm12.5 3a4 4 0 0 0-2-3.5v7a4 4 0 0 0 2-3.5zm-2-7.8v2.1a6 6 0 0 1 0 11.4v2.1a8 8 0 0 0 0-15.6z",
  muted: "M4 9v6h4l5 4V5L8 9H4zm17.4.9L20 8.5l-2 2-2-2-1.4 1.4 2 2.1-2 2 1.4 1.5 2-2.1 2 2 1.4-1.4-2-2z",
  send: "M3 20.5 21.5 12 3 3.5v6.6L15 12 3 13.9z",
  more: "M6 10.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zm6 0a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6zm6 0a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  down: "M11 4v12.2l-5.6-5.6L4 12l8 8 8-8-1.4-1.4-5.6 5.6V4z",
  sent: "M9.5 17.6 4 12.1l1.4-1.4 4.1 4.1 9.1-9.1L20 7.1z",
  read: "m1 12.1 1.4-1.4 4.9 4.9 1 1-1.4 1.4zM10.6 15l-1-1 8-8L19 7.4l-8.4 8.4zM12 17.6 7 12.6l1.4-1.4 3.6 3.6 9.1-9.1L22.5 7z",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm-1 2.5V13l4.5 2.7 1-1.7-3.5-2V7.500z",
  failed: "M12 3 1.5 21h21zM11 10h2v5h-2zm0 6.500h2v2h-2z",
  reply: "M10 8V4l-7.500 7.500L10 19v-4.200c5 0 8.500 1.600 11 5.200-1-5.200-4-11-11-12z",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  // Arrows that point along the line turn with the direction of the text.
  const turns = name === "back" || name === "send" || name === "reply";
  return (
    <svg class={turns ? "icon turns" : "icon"} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
