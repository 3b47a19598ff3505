// Files: cards and previews in messages, chips of files on their way, the viewer.

import { fill, h, srOnly } from './dom.js';
import { fetchText, isCsv, isPicture, isText, parseCsv } from './filetext.js';
import { icon } from './icons.js';
import { openViewer } from './viewer.js';
import { store } from './store.js';

const PREVIEW_LINES = 5;
const PREVIEW_BYTES = 300_000;

/** "3.4 KB" */
export function fileSize(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let size = Number(bytes) || 0;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** The address of a file's content for the person looking, or null. */
function addressOf(file) {
  const path = /^https?:\/\/[^/]+(\/files\/.*)$/.exec(file.url_private || '')?.[1];
  if (!path) return null;
  const address = new URL(path, location.origin);
  address.searchParams.set('user', store.me);
  return address.href;
}

const nameOf = (file) => file.title || file.name || file.id;
const kindOf = (file) => file.pretty_type || (file.name || '').split('.').pop().toUpperCase();

/** One file of a message: a picture or the first lines are shown, all can be downloaded. */
export function fileCard(file) {
  const address = addressOf(file);
  const name = nameOf(file);
  if (address && isPicture(file)) return picture(file, address, name);
  const words = [kindOf(file), file.size !== undefined ? fileSize(file.size) : null];
  const inside = [
    h('span', { class: 'file-symbol' }, icon('file')),
    h(
      'span',
      { class: 'file-words' },
      h('span', { class: 'file-name', dir: 'auto' }, name),
      h('span', { class: 'file-detail' }, words.filter(Boolean).join(' · ')),
    ),
  ];
  if (!address) return h('div', { class: 'file-card', data: { fileId: file.id } }, inside);
  const card = h(
    'a',
    {
      class: 'file-card',
      href: address,
      download: file.name || 'file',
      data: { fileId: file.id },
    },
    srOnly('Download '),
    inside,
    icon('arrowDown', 16),
  );
  return isText(file) && file.size > 0 && file.size <= PREVIEW_BYTES
    ? h('div', { class: 'file-box' }, card, preview(file, address, name))
    : card;
}

function picture(file, address, name) {
  return h(
    'figure',
    { class: 'picture', data: { fileId: file.id } },
    h(
      'button',
      {
        class: 'picture-open',
        type: 'button',
        'aria-label': `Look at ${name}`,
        data: { testid: 'file-open' },
        on: { click: () => openViewer({ ...file, name }, address) },
      },
      h('img', { class: 'image', src: address, alt: '', loading: 'lazy' }),
    ),
    h(
      'figcaption',
      { class: 'image-title', dir: 'auto' },
      h('a', { class: 'link', href: address, download: file.name || 'picture' }, name),
    ),
  );
}

/** The first lines of a text, as a button that opens all of it. */
function preview(file, address, name) {
  const lines = h('span', { class: 'snippet-lines', 'aria-hidden': 'true' });
  const button = h(
    'button',
    {
      class: 'snippet',
      type: 'button',
      hidden: true,
      data: { testid: 'file-open' },
      on: { click: () => openViewer({ ...file, name }, address) },
    },
    lines,
    h('span', { class: 'snippet-more' }, 'Look at the whole file', srOnly(` ${name}`)),
  );
  void fetchText(address).then((text) => {
    if (!text) return;
    button.hidden = false;
    const start = text.split('\n', PREVIEW_LINES).join('\n');
    fill(lines, isCsv(file) ? snippetTable(start) : start.slice(0, 600));
  });
  return button;
}

function snippetTable(text) {
  const cells = (row) => row.slice(0, 6).map((cell) => h('span', { class: 'snippet-cell' }, cell));
  return parseCsv(text, PREVIEW_LINES).map((row) =>
    h('span', { class: 'snippet-row', dir: 'auto' }, cells(row)),
  );
}

/** A file that is being uploaded. */
export function pendingFile(file) {
  return h('div', { class: 'file-card' }, chipInside(file));
}

/** A chosen file beside the text, with the way to take it out again. */
export function fileChip(file, remove) {
  return h(
    'span',
    { class: 'file-chip', data: { testid: 'file-chip' } },
    chipInside(file),
    h(
      'button',
      {
        class: 'icon-btn',
        type: 'button',
        'aria-label': `Take out ${file.name}`,
        on: { click: remove },
      },
      icon('close', 14),
    ),
  );
}

const chipInside = (file) => [
  h('span', { class: 'file-symbol' }, icon('file')),
  h(
    'span',
    { class: 'file-words' },
    h('span', { class: 'file-name', dir: 'auto' }, file.name),
    h('span', { class: 'file-detail' }, fileSize(file.size)),
  ),
];
