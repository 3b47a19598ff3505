// Slash-command completion over a message box: the list, and the usage line after a command.

import { fill, h, uid } from './dom.js';
import { store } from './store.js';

export class CommandMenu {
  /** `input`: the text box; `onChange` runs after a command was put into it. */
  constructor(input, onChange) {
    this.input = input;
    this.onChange = onChange;
    this.id = uid('commands');
    this.matches = [];
    this.active = 0;
    this.list = h('div', {
      class: 'commands',
      id: this.id,
      role: 'listbox',
      'aria-label': 'Commands',
      hidden: true,
      data: { testid: 'commands' },
    });
    this.usage = h('p', { class: 'usage', hidden: true });
    input.setAttribute('aria-controls', this.id);
    input.setAttribute('aria-autocomplete', 'list');
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Looks at the text box again. */
  refresh() {
    const text = this.input.value;
    const typing = /^\/\S*$/.test(text) && document.activeElement === this.input;
    const wanted = text.toLowerCase();
    this.matches = typing ? store.commands.filter((one) => one.command.startsWith(wanted)) : [];
    const whole = this.matches.findIndex((one) => one.command === text);
    this.active = Math.max(0, whole);
    this.draw(typing && this.matches.length === 0 ? 'No command starts like this' : null);
    this.drawUsage(text);
  }

  hide() {
    this.matches = [];
    this.draw();
  }

  draw(note = null) {
    this.list.hidden = this.matches.length === 0 && !note;
    if (!this.isOpen) {
      this.input.removeAttribute('aria-activedescendant');
      fill(this.list);
      return;
    }
    const title = note || `Commands of ${store.app.name}`;
    const rows = this.matches.map((one, index) => this.row(one, index));
    fill(this.list, h('div', { class: 'commands-title' }, title), rows);
    const active = rows[this.active];
    if (!active) return;
    this.input.setAttribute('aria-activedescendant', active.id);
    active.scrollIntoView({ block: 'nearest' });
  }

  row(one, index) {
    const active = index === this.active;
    const take = (event) => {
      event.preventDefault();
      this.take(index);
    };
    const props = {
      class: `command${active ? ' is-active' : ''}`,
      role: 'option',
      id: `${this.id}-${index}`,
      'aria-selected': String(active),
      data: { command: one.command },
      on: { mousedown: take },
    };
    const name = h('span', { class: 'command-name' }, h('strong', {}, one.command), usageHint(one));
    return h('div', props, name, h('span', { class: 'command-text' }, one.description || ''));
  }

  drawUsage(text) {
    const typed = /^(\/\S+)\s/.exec(text)?.[1];
    const known = typed && store.commands.find((one) => one.command === typed);
    this.usage.hidden = !known;
    if (!known) return;
    const words = h('span', {}, known.description || '');
    fill(this.usage, h('strong', {}, known.command), usageHint(known), words);
  }

  take(index) {
    const one = this.matches[index];
    if (!one) return;
    this.input.value = `${one.command} `;
    this.input.focus();
    this.onChange();
  }

  /** Handles a key while commands are offered; true when it was used up. */
  onKey(event) {
    if (event.key === 'Escape' && this.isOpen) {
      this.hide();
      event.stopPropagation();
      return true;
    }
    if (!this.matches.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.active = (this.active + step + this.matches.length) % this.matches.length;
      this.draw();
      return true;
    }
    const isWhole = this.matches[this.active]?.command === this.input.value.trim();
    const enters = event.key === 'Enter' && !event.shiftKey && !isWhole;
    if (event.key !== 'Tab' && !enters) return false;
    event.preventDefault();
    this.take(this.active);
    return true;
  }
}

function usageHint(one) {
  return one.usage_hint ? h('span', { class: 'usage-hint' }, one.usage_hint) : null;
}
