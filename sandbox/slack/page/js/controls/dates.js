// datepicker, timepicker, datetimepicker on the browser's own pickers.

import { h, uid } from '../dom.js';
import { bindPress, change } from '../interactions.js';
import { plainOf } from '../mrkdwn.js';
import { dispatches } from './index.js';

const REST_MS = 700;
const NAMES = { date: 'Date', time: 'Time', 'datetime-local': 'Date and time' };

function field(element, blockId, surface, options, type, { read, write }) {
  const zone = type === 'time' && element.timezone ? element.timezone.replaceAll('_', ' ') : null;
  const zoneId = zone ? uid('zone') : null;
  const name = plainOf(element.placeholder) || NAMES[type];
  const control = h('input', {
    class: `text-input input-date input-${type}`,
    type,
    id: options.id || null,
    max: type === 'date' ? '9999-12-31' : null,
    'aria-label': options.inInput ? null : name,
    title: options.inInput ? null : name,
    'aria-describedby': [options.describedBy, zoneId].filter(Boolean).join(' ') || null,
    'aria-required': options.required ? 'true' : null,
  });
  const shown = () => {
    const value = surface.values.get(blockId, element);
    control.value = value === undefined || value === null ? '' : write(value);
  };
  shown();
  const tell = () => {
    const value = control.value ? read(control.value) : null;
    if (String(value ?? '') === String(surface.values.get(blockId, element) ?? '')) return;
    change(surface, blockId, element, value, {
      dispatch: dispatches(options),
      confirmNeeded: true,
      onDenied: shown,
    });
  };
  tellWhenDone(control, tell, dispatches(options));
  bindPress(control, surface, blockId, element);
  return zone
    ? h('span', { class: 'with-zone' }, control, h('span', { class: 'zone', id: zoneId }, zone))
    : control;
}

/**
 * Typing a year passes through the years 2, 20 and 202, each a whole date for the browser: the
 * app hears of the one that stays, at once when the person leaves or presses Enter.
 */
function tellWhenDone(control, tell, dispatching) {
  let timer = 0;
  let waiting = false;
  const now = () => {
    clearTimeout(timer);
    if (waiting) tell();
    waiting = false;
  };
  control.addEventListener('change', () => {
    waiting = true;
    clearTimeout(timer);
    if (dispatching) timer = setTimeout(now, REST_MS);
    else now();
  });
  control.addEventListener('blur', now);
  control.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') now();
  });
}

const same = { read: (value) => value, write: (value) => String(value) };
const two = (number) => String(number).padStart(2, '0');
const moment = {
  read: (value) => Math.floor(new Date(value).getTime() / 1000),
  write: (unix) => {
    const day = new Date(Number(unix) * 1000);
    return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T${two(day.getHours())}:${two(day.getMinutes())}`;
  },
};

export const datePicker = (element, blockId, surface, options) =>
  field(element, blockId, surface, options, 'date', same);
export const timePicker = (element, blockId, surface, options) =>
  field(element, blockId, surface, options, 'time', same);
export const dateTimePicker = (element, blockId, surface, options) =>
  field(element, blockId, surface, options, 'datetime-local', moment);
