// datepicker, timepicker, datetimepicker on the browser's own pickers.

import { h } from '../dom.js';
import { bindPress, change } from '../interactions.js';
import { plainOf } from '../mrkdwn.js';
import { dispatches } from './index.js';

function field(element, blockId, surface, options, type, { read, write }) {
  const control = h('input', {
    class: `text-input input-${type}`,
    type,
    id: options.id || null,
    'aria-label': options.inInput ? null : plainOf(element.placeholder) || 'Date',
    'aria-describedby': options.describedBy || null,
  });
  const value = surface.values.get(blockId, element);
  control.value = value === undefined || value === null ? '' : write(value);
  control.addEventListener('change', () => {
    change(surface, blockId, element, control.value ? read(control.value) : null, {
      dispatch: dispatches(options),
      confirmNeeded: true,
    });
  });
  return bindPress(control, surface, blockId, element);
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
