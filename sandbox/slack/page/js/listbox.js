// A keyboard-friendly list of choices inside a popover, with an optional search line.

import { fill, h, uid } from './dom.js';
import { icon } from './icons.js';
import { closePopover, isOpenAt, openPopover } from './popover.js';

/**
 * Opens a list at `anchor`.
 * `items`: `[{value, label: Node|string, text, detail?, group?, danger?, disabled?}]`;
 * or `load(query)` → the same (may be a promise, may carry `.note`).
 * `selected`: values already chosen; `multi` keeps the list open, `max` caps it; `empty` is said
 * when there is nothing to choose. A second call closes it.
 */
export function openList(anchor, options) {
  if (isOpenAt(anchor)) {
    closePopover();
    return null;
  }
  return new ListPanel(anchor, options).open();
}

class ListPanel {
  constructor(anchor, options) {
    this.anchor = anchor;
    this.options = { items: [], selected: [], role: 'listbox', ...options };
    this.selected = new Set(this.options.selected);
    this.shown = [];
    this.active = -1;
    this.query = '';
    this.asked = 0;
    this.id = uid('list');
  }

  open() {
    const { role, search, label } = this.options;
    this.list = h('div', {
      class: 'list',
      role,
      id: this.id,
      tabindex: '-1',
      'aria-label': label || 'Choices',
      'aria-multiselectable': this.options.multi ? 'true' : null,
    });
    this.note = h('p', { class: 'list-note', role: 'status' });
    this.input = search ? this.searchLine(search) : null;
    const body = h(
      'div',
      { class: 'list-panel', on: { keydown: (event) => this.onKey(event) } },
      this.input ? h('div', { class: 'list-search' }, icon('search', 16), this.input) : null,
      this.list,
      this.note,
    );
    this.popover = openPopover(this.anchor, body, {
      match: true,
      placement: this.options.placement,
      className: 'popover-list',
      onClose: () => {
        this.anchor.setAttribute('aria-expanded', 'false');
        this.anchor.removeAttribute('aria-controls');
        this.options.onClose?.();
      },
    });
    this.anchor.setAttribute('aria-expanded', 'true');
    this.anchor.setAttribute('aria-controls', this.id);
    // An empty list is not shown and cannot take the focus, so it is filled first.
    void this.refresh();
    (this.input || this.list).focus();
    return this;
  }

  searchLine(placeholder) {
    return h('input', {
      class: 'list-input',
      type: 'text',
      role: 'combobox',
      'aria-expanded': 'true',
      'aria-controls': this.id,
      'aria-autocomplete': 'list',
      'aria-label': placeholder,
      placeholder,
      autocomplete: 'off',
      spellcheck: 'false',
      data: { testid: 'list-search' },
      on: {
        input: () => {
          this.query = this.input.value;
          this.later();
        },
      },
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), this.options.load ? 250 : 0);
  }

  async refresh() {
    this.asked += 1;
    const mine = this.asked;
    let items = this.options.items;
    if (this.options.load) {
      fill(this.note, h('span', { class: 'spinner' }), 'Looking…');
      items = await this.options.load(this.query);
      if (mine !== this.asked || !this.list.isConnected) return;
    } else if (this.query) {
      const wanted = this.query.toLocaleLowerCase();
      items = items.filter((item) => (item.text || '').toLocaleLowerCase().includes(wanted));
    }
    this.shown = items;
    fill(this.note, items.note || (items.length ? '' : this.options.empty || 'No results'));
    this.active = Math.max(
      0,
      items.findIndex((item) => this.selected.has(item.value)),
    );
    this.draw();
    this.popover.place();
  }

  draw() {
    const role = this.options.role === 'menu' ? 'menuitem' : 'option';
    let group = null;
    const rows = [];
    this.shown.forEach((item, index) => {
      if (item.group && item.group !== group)
        rows.push(h('div', { class: 'list-group', role: 'presentation' }, item.group));
      group = item.group || group;
      rows.push(this.row(item, index, role));
    });
    fill(this.list, rows);
    this.mark();
  }

  row(item, index, role) {
    const chosen = this.selected.has(item.value);
    const full = !chosen && this.selected.size >= (this.options.max ?? Infinity);
    return h(
      'div',
      {
        class: `list-item${item.danger ? ' is-danger' : ''}`,
        role,
        id: `${this.id}-${index}`,
        'aria-selected': role === 'option' ? String(chosen) : null,
        'aria-disabled': item.disabled || full ? 'true' : null,
        data: { index, value: item.value, testid: 'option' },
        on: {
          click: () => this.pick(index),
          pointermove: () => {
            if (this.active !== index) {
              this.active = index;
              this.mark(false);
            }
          },
        },
      },
      item.lead || null,
      h(
        'span',
        { class: 'list-text' },
        h('span', { class: 'list-label', dir: 'auto' }, item.label ?? item.text),
        item.detail ? h('span', { class: 'list-detail', dir: 'auto' }, item.detail) : null,
      ),
      chosen ? icon('check', 16) : null,
      item.tail || null,
    );
  }

  mark(scroll = true) {
    const target = this.input || this.list;
    this.list
      .querySelectorAll('[data-index]')
      .forEach((row) =>
        row.classList.toggle('is-active', Number(row.dataset.index) === this.active),
      );
    const row = document.getElementById(`${this.id}-${this.active}`);
    if (row) target.setAttribute('aria-activedescendant', row.id);
    if (row && scroll) row.scrollIntoView({ block: 'nearest' });
  }

  onKey(event) {
    const last = this.shown.length - 1;
    const moves = {
      ArrowDown: Math.min(last, this.active + 1),
      ArrowUp: Math.max(0, this.active - 1),
      Home: 0,
      End: last,
    };
    if (event.key in moves && !(this.input && /Home|End/.test(event.key))) {
      event.preventDefault();
      this.active = moves[event.key];
      this.mark();
    } else if (event.key === 'Enter' || (event.key === ' ' && !this.input)) {
      event.preventDefault();
      this.pick(this.active);
    } else if (event.key === 'Tab') {
      this.popover.close(true);
    } else if (!this.input && event.key.length === 1) this.typeAhead(event.key);
  }

  typeAhead(letter) {
    const start = this.active + 1;
    const ordered = [...this.shown.slice(start), ...this.shown.slice(0, start)];
    const found = ordered.find((item) =>
      (item.text || '').toLocaleLowerCase().startsWith(letter.toLocaleLowerCase()),
    );
    if (!found) return;
    this.active = this.shown.indexOf(found);
    this.mark();
  }

  pick(index) {
    const item = this.shown[index];
    if (!item || item.disabled) return;
    if (!this.options.multi) {
      this.popover.close(true);
      this.options.onPick(item.value, item);
      return;
    }
    const most = this.options.max ?? Infinity;
    if (this.selected.has(item.value)) this.selected.delete(item.value);
    else if (this.selected.size >= most) return;
    else this.selected.add(item.value);
    this.active = index;
    this.draw();
    fill(this.note, this.selected.size >= most ? `At most ${most} can be chosen.` : '');
    this.options.onPick([...this.selected], item);
  }
}
