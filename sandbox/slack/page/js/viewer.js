// One file, large: a picture, a table of its rows, or its text.

import { fill, h, uid } from './dom.js';
import { fetchText, isCsv, isPicture, parseCsv } from './filetext.js';
import { icon } from './icons.js';

const MAX_ROWS = 500;
const MAX_CHARACTERS = 200_000;

/** Opens the viewer; Escape and the cross close it, the focus goes back. */
export function openViewer(file, address) {
  const titleId = uid('viewer');
  const before = document.activeElement;
  const body = h('div', { class: 'viewer-body', tabindex: '0' });
  const close = () => {
    dialog.close();
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  };
  const dialog = h(
    'dialog',
    {
      class: 'dialog viewer',
      'aria-labelledby': titleId,
      data: { testid: 'viewer' },
      on: {
        cancel: (event) => {
          event.preventDefault();
          close();
        },
        click: (event) => {
          if (event.target === dialog) close();
        },
      },
    },
    head(file, address, titleId, close),
    body,
  );
  document.body.append(dialog);
  dialog.showModal();
  body.focus();
  void show(file, address, body);
}

function head(file, address, titleId, close) {
  return h(
    'header',
    { class: 'modal-head' },
    h('h1', { class: 'modal-title', id: titleId, dir: 'auto' }, file.name),
    h('a', { class: 'btn', href: address, download: file.name }, icon('arrowDown', 16), 'Download'),
    h(
      'button',
      {
        class: 'icon-btn',
        type: 'button',
        'aria-label': 'Close',
        data: { testid: 'viewer-close' },
        on: { click: close },
      },
      icon('close'),
    ),
  );
}

async function show(file, address, body) {
  if (isPicture(file)) {
    fill(body, h('img', { class: 'viewer-picture', src: address, alt: file.name }));
    return;
  }
  fill(body, h('p', { class: 'list-note' }, h('span', { class: 'spinner' }), 'Reading…'));
  const text = await fetchText(address);
  if (text === null) fill(body, h('p', { class: 'list-note' }, 'This file cannot be shown.'));
  else fill(body, isCsv(file) ? csvTable(text) : textBody(text));
}

function textBody(text) {
  const shown = text.slice(0, MAX_CHARACTERS);
  return h('pre', { class: 'viewer-text' }, shown);
}

function csvTable(text) {
  const rows = parseCsv(text, MAX_ROWS + 1);
  const [first = [], ...rest] = rows;
  const whole = rest.length < MAX_ROWS;
  const cells = (row) => first.map((_, column) => h('td', { dir: 'auto' }, row[column] ?? ''));
  return [
    h(
      'table',
      { class: 'table viewer-table' },
      h('thead', {}, h('tr', {}, first.map((cell) => h('th', { scope: 'col' }, cell)))),
      h('tbody', {}, rest.map((row) => h('tr', {}, cells(row)))),
    ),
    whole ? null : h('p', { class: 'list-note' }, `The first ${MAX_ROWS} rows.`),
  ];
}
