// Block elements: one renderer per type.

import { h } from '../dom.js';
import { picture } from '../blocks/basic.js';
import { button, feedback, iconButton, overflow, workflowButton } from './buttons.js';
import { checkboxes, radioButtons } from './choices.js';
import { datePicker, dateTimePicker, timePicker } from './dates.js';
import { fileInput } from './files.js';
import { select } from './selects.js';
import { textField } from './text.js';

const RENDERERS = {
  button,
  overflow,
  icon_button: iconButton,
  feedback_buttons: feedback,
  workflow_button: workflowButton,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
  file_input: fileInput,
  plain_text_input: textField,
  email_text_input: textField,
  url_text_input: textField,
  number_input: textField,
  rich_text_input: textField,
  image: (element) =>
    picture(element.image_url || element.slack_file?.url, element.alt_text, 'accessory-image'),
};

/**
 * The control for an element. `options`: id, label, describedBy, required (inside an input
 * block), inInput, dispatch (tell the app on every change), accessory.
 */
export function renderElement(element, blockId, surface, options = {}) {
  const type = element?.type;
  if (/^(multi_)?(static|external|users|conversations|channels)_select$/.test(type))
    return select(element, blockId, surface, options);
  if (Object.hasOwn(RENDERERS, type)) return RENDERERS[type](element, blockId, surface, options);
  return h(
    'span',
    { class: 'unknown', role: 'note' },
    `Element “${type ?? 'without a type'}” is not shown in this sandbox`,
  );
}

/** Whether a change of this element is told to the app at once. */
export function dispatches(options) {
  return options.inInput ? Boolean(options.dispatch) : true;
}
