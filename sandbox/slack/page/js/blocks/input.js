// input blocks: label, control, hint and the error the app or the form gives.

import { h, uid } from '../dom.js';
import { icon } from '../icons.js';
import { plainOf } from '../mrkdwn.js';
import { renderElement } from '../controls/index.js';

const GROUPS = new Set(['checkboxes', 'radio_buttons', 'file_input']);

export function inputBlock(block, surface) {
  const element = block.element || {};
  const controlId = uid('input');
  const hintId = uid('hint');
  const errorId = uid('error');
  const label = plainOf(block.label);
  const optional = block.optional ? h('span', { class: 'optional' }, '(optional)') : null;
  const control = renderElement(element, block.block_id, surface, {
    id: controlId,
    label,
    inInput: true,
    required: !block.optional,
    dispatch: Boolean(block.dispatch_action),
    describedBy: block.hint ? `${hintId} ${errorId}` : errorId,
  });
  const grouped = GROUPS.has(element.type);
  const labelNode = grouped
    ? h('span', { class: 'field-label', id: `${controlId}-label` }, label, ' ', optional)
    : h(
        'label',
        { class: 'field-label', for: controlId, id: `${controlId}-label` },
        label,
        ' ',
        optional,
      );
  const box = h(
    'div',
    {
      class: 'input',
      role: grouped ? 'group' : null,
      'aria-labelledby': grouped ? `${controlId}-label` : null,
      data: { inputBlock: block.block_id },
    },
    labelNode,
    control,
    h('p', { class: 'field-error', id: errorId, data: { testid: 'field-error' }, hidden: true }),
    block.hint ? h('p', { class: 'field-hint', id: hintId }, plainOf(block.hint)) : null,
  );
  showError(box, surface.errors?.[block.block_id]);
  box.addEventListener('input', () => {
    if (surface.errors) delete surface.errors[block.block_id];
    showError(box, null);
  });
  return box;
}

/** Writes the error of an input block under its control, or takes it away. */
export function showError(box, message) {
  const line = box.querySelector('.field-error');
  line.hidden = !message;
  line.replaceChildren();
  if (message) line.append(icon('warn', 15), h('span', {}, message));
  box.classList.toggle('has-error', Boolean(message));
  for (const control of box.querySelectorAll('[data-action-id]')) {
    if (message) control.setAttribute('aria-invalid', 'true');
    else control.removeAttribute('aria-invalid');
  }
}
