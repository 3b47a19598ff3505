// What modals and the Home tab share: a body of blocks that keeps typed text when updated.

import { h } from './dom.js';
import { renderBlock } from './blocks/index.js';
import { showError } from './blocks/input.js';
import { store } from './store.js';
import { valuesFor } from './values.js';

/** Draws a view's blocks; blocks that did not change keep their element, and so their focus. */
export class ViewBody {
  constructor(viewId, surfaceName) {
    this.element = h('div', { class: 'view-body' });
    this.surface = {
      key: viewId,
      surface: surfaceName,
      ref: { view_id: viewId },
      values: valuesFor(viewId),
      me: store.me,
      errors: {},
    };
    this.drawn = [];
  }

  update(view) {
    this.surface.values.setState(view.state?.values);
    const focus = this.focusedField();
    const old = this.drawn;
    const used = new Set();
    this.drawn = (view.blocks || []).map((block) => {
      const text = JSON.stringify(block);
      const same = old.find((entry) => entry.text === text && !used.has(entry));
      if (same) used.add(same);
      return same || { text, node: renderBlock(block, this.surface) };
    });
    old.filter((entry) => !used.has(entry)).forEach((entry) => entry.node.remove());
    let place = this.element.firstChild;
    for (const { node } of this.drawn) {
      if (node === place) place = place.nextSibling;
      else this.element.insertBefore(node, place);
    }
    this.tellErrors(view.errors || {});
    this.refocus(focus);
  }

  /** Errors that were told before are not told again: the person may have answered one already. */
  tellErrors(errors) {
    if (JSON.stringify(errors) !== this.told) this.showErrors(errors);
  }

  showErrors(errors) {
    this.told = JSON.stringify(errors || {});
    this.surface.errors = { ...errors };
    for (const box of this.element.querySelectorAll('[data-input-block]'))
      showError(box, errors?.[box.dataset.inputBlock]);
  }

  /** Moves to the first field with an error; false when no field has one. */
  focusError() {
    const first = this.element.querySelector('.has-error');
    first?.querySelector('input, textarea, button')?.focus();
    first?.scrollIntoView({ block: 'nearest' });
    return Boolean(first);
  }

  focusedField() {
    const active = document.activeElement;
    if (!active?.dataset?.pressKey || !this.element.contains(active)) return null;
    return { key: active.dataset.pressKey, start: active.selectionStart, end: active.selectionEnd };
  }

  refocus(focus) {
    if (!focus) return;
    const control = this.element.querySelector(`[data-press-key="${CSS.escape(focus.key)}"]`);
    if (!control || control === document.activeElement) return;
    control.focus({ preventScroll: true });
    if (focus.start !== undefined && focus.start !== null && control.setSelectionRange) {
      try {
        control.setSelectionRange(focus.start, focus.end);
      } catch {
        /* not a text field */
      }
    }
  }

  /** Every input block's value: `{block_id: {action_id: value}}`. */
  values(view) {
    const out = {};
    for (const block of view.blocks || []) {
      if (block.type !== 'input' || !block.element?.action_id) continue;
      const value = this.surface.values.get(block.block_id, block.element);
      if (value !== undefined)
        out[block.block_id] = {
          [block.element.action_id]: this.surface.values.wire(block.element, value),
        };
    }
    return out;
  }
}
