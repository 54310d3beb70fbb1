// What the chat's small buttons are drawn with, in a square of 16.

export const ICONS = {
  add: ["M8 3.5v9M3.5 8h9"],
  again: ["M12.8 6.5A5 5 0 1 0 13 9", "M13.2 3.2v3.5H9.7"],
  close: ["M4 4l8 8M12 4l-8 8"],
  copy: ["M6 5.5h6.5V13H6z", "M10 5.5V3H3.5v7.5H6"],
  down: ["M8 3.5v9M4.5 9L8 12.5 11.5 9"],
  edit: ["M3.5 12.5l.7-2.9 6.6-6.6 2.2 2.2-6.6 6.6z"],
  list: ["M2.5 3.5h11v9h-11z", "M6.5 3.5v9"],
  next: ["M6.5 4l4 4-4 4"],
  previous: ["M9.5 4l-4 4 4 4"],
  remove: ["M3.5 4.5h9M6.5 4.5v-1h3v1", "M4.5 4.5l.6 8h5.8l.6-8"],
  send: ["M8 13V3.5M4 7.5l4-4 4 4"],
  stop: ["M5 5h6v6H5z"],
} as const;

export type IconName = keyof typeof ICONS;
