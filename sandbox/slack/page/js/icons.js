// The page's own line icons, 20 × 20, drawn with the text colour.

const PATHS = {
  hash: 'M8 3.5 6.5 16.5M13.5 3.5 12 16.5M3.5 7.5h13M3 12.5h13',
  lock: 'M5.5 9h9v7.5h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9',
  home: 'M3.5 9.5 10 4l6.5 5.5M5.5 8.5v7.5h9V8.5M8.5 16v-4h3v4',
  chat: 'M3.5 5h13v8.5H10L6.5 16.5v-3h-3z',
  send: 'M3.5 10 16.5 4 12.5 16.5 9.5 11zM9.5 11l7-7',
  clip: 'm14.5 9-5.2 5.2a3 3 0 0 1-4.3-4.3l6-6a2 2 0 0 1 2.9 2.9l-5.9 5.9a1 1 0 0 1-1.5-1.5l5-5',
  bolt: 'M11 3 5 11.5h4.5L9 17l6-8.5h-4.5z',
  close: 'M5 5l10 10M15 5 5 15',
  back: 'M16 10H4.5M9 5l-5 5 5 5',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  down: 'M5.5 8 10 12.5 14.5 8',
  right: 'M8 5.5 12.5 10 8 14.5',
  arrowDown: 'M10 4v11.5M5.5 11 10 15.5 14.5 11',
  reply: 'M8 5 3.5 9.5 8 14M4 9.5h7.5a5 5 0 0 1 5 5V16',
  warn: 'M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.3h.01',
  eye: 'M2.5 10S5.5 5 10 5s7.5 5 7.5 5-3 5-7.5 5-7.5-5-7.5-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  check: 'M4.5 10.5 8.5 14.5 15.5 6',
  file: 'M5 3h6.5L15 6.5V17H5zM11.5 3v3.5H15',
  upload: 'M10 13V4M6 8l4-4 4 4M4 13v3.5h12V13',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4',
  sun: 'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1',
  moon: 'M16 12A6.5 6.5 0 0 1 8 4a6.5 6.5 0 1 0 8 8z',
  auto: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 3v14M12.6 3.6v12.8M15 5.4v9.2',
  link: 'M8.5 11.5 11.5 8.5M9 6.5l1.5-1.5a3 3 0 0 1 4.5 4.5L13.5 11M11 13.5 9.5 15A3 3 0 0 1 5 10.5L6.5 9',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9.5V13M10 7h.01',
  window: 'M8 4.5H4.5v11h11V12M11.5 4.5h4v4M15.5 4.5 9.5 10.5',
  play: 'M7 5v10l8-5z',
  trash: 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5',
  thumbUp: 'M6.5 9v7.5h-3V9zM6.5 9.5 9.5 3a2 2 0 0 1 2 2v3h4.2a1.3 1.3 0 0 1 1.3 1.5l-1 5.7a1.5 1.5 0 0 1-1.5 1.3h-8',
  thumbDown:
    'M6.5 11V3.5h-3V11zM6.5 10.5l3 6.5a2 2 0 0 0 2-2v-3h4.2a1.3 1.3 0 0 0 1.3-1.5l-1-5.7a1.5 1.5 0 0 0-1.5-1.3h-8',
  people:
    'M7.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 15.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M13 9a2 2 0 1 0-.5-4M14 11.6c1.8.3 3 1.7 3 3.9',
};

/** An SVG icon by name; decorative, hidden from screen readers. */
export function icon(name, size = 18) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('width', size);
  svg.setAttribute('height', size);
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS(ns, 'path');
  path.setAttribute('d', PATHS[name] || PATHS.info);
  svg.append(path);
  return svg;
}
