// One-line and multi-line text, numbers, e-mail and web addresses.

import { h } from '../dom.js';
import { bindPress, change } from '../interactions.js';
import { plainOf } from '../mrkdwn.js';

const TYPES = {
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'text',
  plain_text_input: 'text',
};

export function textField(element, blockId, surface, options = {}) {
  const multiline = element.multiline || element.type === 'rich_text_input';
  const props = {
    class: 'text-input',
    id: options.id || null,
    placeholder: plainOf(element.placeholder) || null,
    'aria-label': options.inInput ? null : options.label || plainOf(element.placeholder) || 'Text',
    'aria-describedby': options.describedBy || null,
    autocomplete: 'off',
    dir: 'auto',
    maxlength: element.max_length || null,
    'aria-required': options.required ? 'true' : null,
  };
  const control = multiline
    ? h('textarea', { ...props, rows: element.min_lines || 4 })
    : h('input', {
        ...props,
        type: TYPES[element.type] || 'text',
        inputmode:
          element.type === 'number_input'
            ? element.is_decimal_allowed
              ? 'decimal'
              : 'numeric'
            : null,
      });
  control.value = surface.values.get(blockId, element) ?? '';
  if (options.inInput && element.focus_on_load) control.dataset.autofocus = '1';
  const counter = element.max_length ? h('span', { class: 'counter', 'aria-live': 'off' }) : null;
  const count = () => {
    if (!counter) return;
    const left = element.max_length - control.value.length;
    counter.textContent = String(left);
    counter.classList.toggle('is-near', left < 20);
  };
  const triggers = element.dispatch_action_config?.trigger_actions_on || ['on_enter_pressed'];
  wire(control, { element, blockId, surface, options, triggers, count });
  count();
  bindPress(control, surface, blockId, element);
  return counter ? h('div', { class: 'counted' }, control, counter) : control;
}

function wire(control, { element, blockId, surface, options, triggers, count }) {
  const tell = (dispatch) => change(surface, blockId, element, control.value || null, { dispatch });
  let timer = 0;
  control.addEventListener('input', () => {
    count();
    tell(false);
    if (!options.dispatch || !triggers.includes('on_character_entered')) return;
    clearTimeout(timer);
    timer = setTimeout(() => tell(true), 400);
  });
  control.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || control instanceof HTMLTextAreaElement)
      return;
    if (!options.dispatch || !triggers.includes('on_enter_pressed')) return;
    event.preventDefault();
    tell(true);
  });
}
