// table and data_table blocks.

import { fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { plainOf } from '../mrkdwn.js';
import { richNodes } from './richtext.js';

function cellContent(cell) {
  if (!cell) return '';
  if (cell.type === 'rich_text') return h('div', { class: 'cell-rich' }, richNodes(cell.elements));
  if (cell.type === 'raw_number') return numberText(cell);
  if (cell.type === 'plain_text' || cell.type === 'mrkdwn') return plainOf(cell);
  return String(cell.text ?? cell.value ?? '');
}

function numberText(cell) {
  if (cell.text !== undefined) return String(cell.text);
  const value = Number(cell.value);
  return Number.isFinite(value) ? value.toLocaleString('en-US') : String(cell.value ?? '');
}

function columnClass(settings, rows, column) {
  const setting = settings?.[column] || {};
  const numeric =
    rows.slice(1).length > 0 && rows.slice(1).every((row) => row[column]?.type === 'raw_number');
  const align = setting.align || (numeric ? 'right' : 'left');
  return `align-${align}${setting.is_wrapped === false ? ' no-wrap' : ''}${align === 'right' ? ' tabular' : ''}`;
}

function headRow(rows, settings) {
  return h(
    'thead',
    {},
    h(
      'tr',
      {},
      (rows[0] || []).map((cell, column) =>
        h(
          'th',
          { scope: 'col', dir: 'auto', class: columnClass(settings, rows, column) },
          cellContent(cell),
        ),
      ),
    ),
  );
}

function bodyRow(row, rows, settings, rowHeader = -1) {
  return h(
    'tr',
    {},
    row.map((cell, column) =>
      h(
        column === rowHeader ? 'th' : 'td',
        {
          scope: column === rowHeader ? 'row' : null,
          dir: 'auto',
          class: columnClass(settings, rows, column),
        },
        cellContent(cell),
      ),
    ),
  );
}

export function table(block) {
  const rows = block.rows || [];
  return h(
    'div',
    { class: 'table-wrap', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      { class: 'table' },
      headRow(rows, block.column_settings),
      h(
        'tbody',
        {},
        rows.slice(1).map((row) => bodyRow(row, rows, block.column_settings)),
      ),
    ),
  );
}

const DEFAULT_PAGE = 5;

export function dataTable(block) {
  const rows = block.rows || [];
  const body = rows.slice(1);
  const size = Math.max(1, Math.min(100, Number(block.page_size) || DEFAULT_PAGE));
  const pages = Math.max(1, Math.ceil(body.length / size));
  const tbody = h('tbody');
  const position = h('span', { class: 'pager-words', 'aria-live': 'polite' });
  let page = 0;
  const turn = (step) => {
    page = Math.max(0, Math.min(pages - 1, page + step));
    fill(
      tbody,
      body
        .slice(page * size, (page + 1) * size)
        .map((row) =>
          bodyRow(row, rows, block.column_settings, block.row_header_column_index ?? 0),
        ),
    );
    position.textContent = `${page * size + 1}–${Math.min(body.length, (page + 1) * size)} of ${body.length}`;
    before.disabled = page === 0;
    after.disabled = page === pages - 1;
  };
  const before = h(
    'button',
    {
      class: 'icon-btn',
      type: 'button',
      'aria-label': 'Previous rows',
      on: { click: () => turn(-1) },
    },
    icon('back', 16),
  );
  const after = h(
    'button',
    { class: 'icon-btn', type: 'button', 'aria-label': 'Next rows', on: { click: () => turn(1) } },
    icon('right', 16),
  );
  turn(0);
  return h(
    'div',
    { class: 'data-table' },
    h(
      'div',
      {
        class: 'table-wrap',
        tabindex: '0',
        role: 'region',
        'aria-label': block.caption || 'Table',
      },
      h(
        'table',
        { class: 'table' },
        h('caption', { class: 'table-caption' }, block.caption || ''),
        headRow(rows, block.column_settings),
        tbody,
      ),
    ),
    pages > 1 ? h('div', { class: 'pager' }, position, before, after) : null,
  );
}
