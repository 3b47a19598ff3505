// checkboxes and radio_buttons.

import { h, uid } from '../dom.js';
import { bindPress, change } from '../interactions.js';
import { textBox } from '../blocks/basic.js';
import { dispatches } from './index.js';

function group(element, blockId, surface, options, type) {
  const name = uid('choice');
  const chosen = new Set([surface.values.get(blockId, element) ?? []].flat());
  const box = h('div', {
    class: 'choices',
    role: type === 'radio' ? 'radiogroup' : 'group',
    'aria-label': options.label || null,
    'aria-describedby': options.describedBy || null,
  });
  for (const option of element.options || [])
    box.append(row(option, { name, type, checked: chosen.has(option.value) }));
  box.addEventListener('change', () => {
    const values = [...box.querySelectorAll('input:checked')].map((input) => input.value);
    change(surface, blockId, element, type === 'radio' ? values[0] : values, {
      dispatch: dispatches(options),
      confirmNeeded: true,
      onDenied: () => check(box, [surface.values.get(blockId, element) ?? []].flat()),
    });
  });
  return bindPress(box, surface, blockId, element);
}

function check(box, values) {
  for (const input of box.querySelectorAll('input')) input.checked = values.includes(input.value);
}

function row(option, { name, type, checked }) {
  const id = uid('option');
  const input = h('input', {
    type,
    id,
    name,
    class: 'choice-input',
    data: { value: option.value },
  });
  input.value = option.value;
  input.checked = checked;
  return h(
    'div',
    { class: 'choice' },
    input,
    h(
      'label',
      { for: id, class: 'choice-words' },
      textBox(option.text, 'md choice-text'),
      option.description ? textBox(option.description, 'md choice-detail') : null,
    ),
  );
}

export const checkboxes = (element, blockId, surface, options) =>
  group(element, blockId, surface, options, 'checkbox');
export const radioButtons = (element, blockId, surface, options) =>
  group(element, blockId, surface, options, 'radio');
