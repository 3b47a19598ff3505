// button, overflow, icon_button, feedback_buttons, workflow_button.

import { h } from '../dom.js';
import { icon } from '../icons.js';
import { bindPress, press } from '../interactions.js';
import { openList } from '../listbox.js';
import { plainOf } from '../mrkdwn.js';

export function button(element, blockId, surface, options = {}) {
  const style = ['primary', 'danger'].includes(element.style) ? ` btn-${element.style}` : '';
  const label = plainOf(element.text);
  const control = h(
    'button',
    {
      class: `btn${style}`,
      type: 'button',
      'aria-label': element.accessibility_label || null,
      'aria-describedby': options.describedBy || surface.headingId || null,
      title: element.url || null,
      data: { value: element.value },
      on: { click: () => press(surface, blockId, element, { type: 'button' }) },
    },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    h('span', { class: 'btn-label', dir: 'auto' }, label),
    element.url ? icon('window', 14) : null,
  );
  return bindPress(control, surface, blockId, element);
}

export function workflowButton(element, blockId, surface) {
  return button({ ...element, value: undefined }, blockId, surface);
}

export function overflow(element, blockId, surface, options = {}) {
  const control = h(
    'button',
    {
      class: 'btn btn-icon',
      type: 'button',
      'aria-label': element.accessibility_label || 'More actions',
      'aria-describedby': options.describedBy || surface.headingId || null,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
    },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    icon('more', 18),
  );
  control.addEventListener('click', () =>
    openList(control, {
      role: 'menu',
      label: 'More actions',
      items: (element.options || []).map((option) => ({
        value: option.value,
        text: plainOf(option.text),
        label: plainOf(option.text),
        detail: plainOf(option.description),
        url: option.url,
        lead: null,
        tail: option.url ? icon('window', 14) : null,
      })),
      onPick: (value, item) =>
        press(surface, blockId, item.url ? { ...element, url: item.url } : element, {
          type: 'select',
          value,
        }),
    }),
  );
  return bindPress(control, surface, blockId, element);
}

const ICONS = { trash: 'trash' };

export function iconButton(element, blockId, surface) {
  if (element.visible_to_user_ids?.length && !element.visible_to_user_ids.includes(surface.me))
    return h('span', { hidden: true });
  const label = element.accessibility_label || plainOf(element.text) || element.icon;
  const control = h(
    'button',
    {
      class: 'btn btn-quiet',
      type: 'button',
      'aria-label': label,
      on: { click: () => press(surface, blockId, element, { type: 'button' }) },
    },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    icon(ICONS[element.icon] || 'more', 16),
    h('span', { class: 'btn-label' }, plainOf(element.text)),
  );
  return bindPress(control, surface, blockId, element);
}

export function feedback(element, blockId, surface) {
  const one = (part) => {
    const negative = part === element.negative_button;
    const control = h(
      'button',
      {
        class: 'btn btn-quiet',
        type: 'button',
        'aria-label': part.accessibility_label || null,
        on: {
          click: () =>
            press(surface, blockId, element, {
              type: 'button',
              negative,
            }),
        },
      },
      h('span', { class: 'spinner', 'aria-hidden': 'true' }),
      icon(negative ? 'thumbDown' : 'thumbUp', 16),
      h('span', { class: 'btn-label' }, plainOf(part.text)),
    );
    return bindPress(control, surface, blockId, element);
  };
  return h(
    'span',
    { class: 'feedback' },
    [element.positive_button, element.negative_button].filter(Boolean).map(one),
  );
}
