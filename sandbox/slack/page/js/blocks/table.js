// table and data_table blocks.

import { fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { plainOf } from '../mrkdwn.js';
import { richNodes, richPlainText } from './richtext.js';

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
  const body = rows.slice(1);
  const numeric = body.length > 0 && body.every((row) => row[column]?.type === 'raw_number');
  const align = setting.align || (numeric ? 'right' : 'left');
  return `align-${align}${setting.is_wrapped === false ? ' no-wrap' : ''}${align === 'right' ? ' tabular' : ''}`;
}

function bodyRow(row, classes, rowHeader = -1) {
  return h(
    'tr',
    {},
    row.map((cell, column) => {
      const isHead = column === rowHeader;
      const props = { dir: 'auto', class: classes[column], scope: isHead ? 'row' : null };
      return h(isHead ? 'th' : 'td', props, cellContent(cell));
    }),
  );
}

const classesOf = (rows, settings) =>
  (rows[0] || []).map((_, column) => columnClass(settings, rows, column));

/** A box that scrolls sideways by itself, so that the page never does. */
const scrollBox = (label, ...children) =>
  h('div', { class: 'table-wrap', tabindex: '0', role: 'group', 'aria-label': label }, children);

export function table(block) {
  const rows = block.rows || [];
  const classes = classesOf(rows, block.column_settings);
  const head = (rows[0] || []).map((cell, column) =>
    h('th', { scope: 'col', dir: 'auto', class: classes[column] }, cellContent(cell)),
  );
  const names = (rows[0] || []).map((cell) => plainCell(cell)).filter(Boolean);
  const label = `Table: ${names.slice(0, 6).join(', ')}`.slice(0, 120);
  return scrollBox(
    label,
    h(
      'table',
      { class: 'table' },
      h('thead', {}, h('tr', {}, head)),
      h(
        'tbody',
        {},
        rows.slice(1).map((row) => bodyRow(row, classes)),
      ),
    ),
  );
}

const plainCell = (cell) =>
  cell?.type === 'rich_text' ? richPlainText(cell.elements) : String(cell?.text ?? cell?.value ?? '');

function compare(left, right) {
  if (left?.type === 'raw_number' && right?.type === 'raw_number')
    return Number(left.value) - Number(right.value);
  return plainCell(left).localeCompare(plainCell(right), 'en-US', { numeric: true });
}

const DEFAULT_PAGE = 5;

/** A table with pages whose columns can be sorted by their heads. */
class DataTable {
  constructor(block) {
    this.rows = block.rows || [];
    this.body = this.rows.slice(1);
    this.size = Math.max(1, Math.min(100, Number(block.page_size) || DEFAULT_PAGE));
    this.pages = Math.max(1, Math.ceil(this.body.length / this.size));
    this.classes = classesOf(this.rows, block.column_settings);
    this.rowHeader = block.row_header_column_index ?? 0;
    this.page = 0;
    this.sorted = null;
    this.tbody = h('tbody');
    this.heads = (this.rows[0] || []).map((cell, column) => this.head(cell, column));
    this.position = h('span', { class: 'pager-words', 'aria-live': 'polite' });
    this.before = this.stepButton('Previous rows', 'back', -1);
    this.after = this.stepButton('Next rows', 'right', 1);
    const caption = block.caption || 'Table';
    this.element = h(
      'div',
      { class: 'data-table' },
      scrollBox(
        caption,
        h(
          'table',
          { class: 'table' },
          h('caption', { class: 'table-caption', dir: 'auto' }, caption),
          h('thead', {}, h('tr', {}, this.heads)),
          this.tbody,
        ),
      ),
      this.pages > 1
        ? h('div', { class: 'pager' }, this.position, this.before, this.after)
        : null,
    );
    this.draw();
  }

  head(cell, column) {
    const button = h(
      'button',
      { class: 'sort', type: 'button', on: { click: () => this.sort(column) } },
      h('span', { class: 'sort-words' }, cellContent(cell)),
      h('span', { class: 'sort-mark', 'aria-hidden': 'true' }, icon('arrowDown', 12)),
    );
    return h('th', { scope: 'col', dir: 'auto', class: this.classes[column] }, button);
  }

  stepButton(label, symbol, step) {
    return h(
      'button',
      {
        class: 'icon-btn',
        type: 'button',
        'aria-label': label,
        on: { click: () => this.turn(step) },
      },
      icon(symbol, 16),
    );
  }

  turn(step) {
    this.page = Math.max(0, Math.min(this.pages - 1, this.page + step));
    this.draw();
  }

  /** Up, down, then the order of the app again. */
  sort(column) {
    const again = this.sorted?.column === column;
    if (again && this.sorted.direction < 0) this.sorted = null;
    else this.sorted = { column, direction: again ? -1 : 1 };
    this.page = 0;
    this.draw();
  }

  ordered() {
    if (!this.sorted) return this.body;
    const { column, direction } = this.sorted;
    return [...this.body].sort((a, b) => direction * compare(a[column], b[column]));
  }

  draw() {
    const from = this.page * this.size;
    const shown = this.ordered().slice(from, from + this.size);
    fill(
      this.tbody,
      shown.map((row) => bodyRow(row, this.classes, this.rowHeader)),
    );
    this.heads.forEach((head, column) => {
      const direction = this.sorted?.column === column ? this.sorted.direction : 0;
      const word = { 1: 'ascending', '-1': 'descending', 0: 'none' }[direction];
      head.setAttribute('aria-sort', word);
    });
    this.position.textContent = `${from + 1}–${from + shown.length} of ${this.body.length}`;
    this.before.disabled = this.page === 0;
    this.after.disabled = this.page === this.pages - 1;
  }
}

export const dataTable = (block) => new DataTable(block).element;
