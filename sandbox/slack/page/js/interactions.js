// Presses and choices: what the sandbox is asked to do, and how waiting and failing look.

import { announce, h, safeUrl, toast, uid } from './dom.js';
import { icon } from './icons.js';
import { confirmDialog } from './confirm.js';
import { actAs } from './session.js';
import { store } from './store.js';

const pending = new Set();
const failures = new Map();
const unsent = new Map();
let lastPressed = null;

/**
 * Where an element stands. `key` names the surface ("channel:ts", a view id); `ref` is what the
 * control API needs to find it; `values` keeps what was typed.
 * @typedef {{key: string, surface: string, ref: object, values: import('./values.js').Values}} Surface
 */

const pressKey = (surface, blockId, actionId) => `${surface.key}|${blockId}|${actionId}`;
const blockKey = (surface, blockId) => `${surface.key}|${blockId}`;

/** Marks an element so that its waiting state survives re-rendering. */
export function bindPress(control, surface, blockId, element) {
  control.dataset.pressKey = pressKey(surface, blockId, element.action_id);
  control.dataset.actionId = element.action_id || '';
  if (blockId) control.dataset.blockId = blockId;
  showPending(control, pending.has(control.dataset.pressKey));
  return control;
}

/** Marks a block so that a failed press is written under it. */
export function bindBlock(wrapper, surface, blockId) {
  wrapper.dataset.blockKey = blockKey(surface, blockId);
  showFailure(wrapper, failures.get(wrapper.dataset.blockKey));
  return wrapper;
}

function showPending(control, waiting) {
  control.classList.toggle('is-pending', waiting);
  if (waiting) control.setAttribute('aria-busy', 'true');
  else control.removeAttribute('aria-busy');
  if (control instanceof HTMLButtonElement) control.disabled = waiting;
}

function showFailure(wrapper, text) {
  wrapper.querySelector(':scope > .press-failure')?.remove();
  if (!text) return;
  wrapper.append(
    h(
      'p',
      { class: 'press-failure', role: 'alert', id: uid('failure') },
      icon('warn', 16),
      h('span', {}, text),
    ),
  );
}

function setPending(key, waiting) {
  if (waiting) pending.add(key);
  else pending.delete(key);
  for (const control of document.querySelectorAll(`[data-press-key="${CSS.escape(key)}"]`)) {
    showPending(control, waiting);
    // A disabled control loses the focus; it gets it back unless the person moved on.
    if (!waiting && key === lastPressed && document.activeElement === document.body)
      control.focus({ preventScroll: true });
  }
}

/** The control that was pressed last, as it is in the page now. */
export function lastPressedControl() {
  return lastPressed && document.querySelector(`[data-press-key="${CSS.escape(lastPressed)}"]`);
}

function setFailure(key, text) {
  if (text) failures.set(key, text);
  else failures.delete(key);
  for (const wrapper of document.querySelectorAll(`[data-block-key="${CSS.escape(key)}"]`))
    showFailure(wrapper, text);
}

const QUIET_REASONS = new Set(['not_dispatched', 'not_confirmed', 'query_too_short']);

/** The sentence for an answer that did not go through; null when it did. */
export function failureText(answer) {
  if (!answer.ok)
    return answer.why || `That could not be done (${answer.error || 'unknown error'}).`;
  if (answer.acked !== false || QUIET_REASONS.has(answer.reason)) return null;
  if (answer.reason === 'no_connection')
    return `${store.app.name} is not connected, so it did not respond. Try again when it is running.`;
  if (answer.reason === 'timeout') return `${store.app.name} did not respond in time. Try again.`;
  return `${store.app.name} could not handle this (${answer.reason || 'no answer'}).`;
}

/** What `press` gives when the person said no in the confirm dialog. */
const DENIED = Object.freeze({ ok: false, error: 'not_confirmed' });

/**
 * Presses a button or chooses from a menu and waits for the app.
 * `body` is the act's type and value; typed text of the same view goes first.
 */
export async function press(surface, blockId, element, body) {
  const key = pressKey(surface, blockId, element.action_id);
  if (pending.has(key)) return null;
  if (element.confirm && !(await confirmDialog(element.confirm))) return DENIED;
  const failureKey = blockKey(surface, blockId);
  const opened = openUrl(element.url);
  lastPressed = key;
  setFailure(failureKey, null);
  setPending(key, true);
  await flushInputs(surface);
  const answer = await actAs({
    ...surface.ref,
    action_id: element.action_id,
    block_id: blockId,
    ...body,
  });
  setPending(key, false);
  const text = failureText(answer);
  if (answer.open_url && !opened) openUrl(answer.open_url);
  if (text && !(opened && answer.ok && answer.acked === false)) {
    setFailure(failureKey, text);
    announce(text);
  }
  return answer;
}

/** Opens an address in a new tab; must happen during the press, or the browser blocks it. */
function openUrl(url) {
  const href = safeUrl(url);
  if (!href) return false;
  const anchor = h('a', { href, target: '_blank', rel: 'noopener noreferrer' });
  anchor.click();
  return true;
}

/**
 * Records a new value of an input. With `dispatch` the app hears of it (block_actions),
 * otherwise it is only kept with the view, before the next press. A choice that is not confirmed
 * is taken back, and `onDenied` draws the former one.
 */
export function change(
  surface,
  blockId,
  element,
  value,
  { dispatch = false, confirmNeeded = false, onDenied = null } = {},
) {
  const before = surface.values.get(blockId, element);
  surface.values.set(blockId, element, value);
  const type = /select|picker|checkboxes|radio/.test(element.type) ? 'select' : 'input';
  if (dispatch) {
    const asked = confirmNeeded ? element : { ...element, confirm: null };
    const body = { type, value: surface.values.wire(element, value) };
    return press(surface, blockId, asked, body).then((answer) => {
      if (answer !== DENIED) return answer;
      surface.values.set(blockId, element, before);
      onDenied?.();
      return null;
    });
  }
  if (!surface.ref.view_id) return null;
  if (!unsent.has(surface.key)) unsent.set(surface.key, new Map());
  unsent.get(surface.key).set(`${blockId}|${element.action_id}`, {
    type,
    action_id: element.action_id,
    block_id: blockId,
    value: surface.values.wire(element, value),
    quiet: true,
  });
  return null;
}

/** Tells the sandbox what was typed in a view since the last time. */
export async function flushInputs(surface) {
  const waiting = unsent.get(surface.key);
  unsent.delete(surface.key);
  for (const body of waiting?.values() || []) await actAs({ ...surface.ref, ...body });
}

export function dropInputs(surface) {
  unsent.delete(surface.key);
}

/** The options of an external select for what was typed; a failure is a sentence. */
export async function loadOptions(surface, blockId, element, query) {
  const answer = await actAs({
    type: 'options',
    ...surface.ref,
    action_id: element.action_id,
    block_id: blockId,
    query,
  });
  const text = failureText(answer);
  if (text) return { error: text, options: [], groups: [] };
  const source = answer.options || answer.option_groups ? answer : answer.ack || {};
  for (const option of [
    ...(source.options || []),
    ...(source.option_groups || []).flatMap((group) => group.options || []),
  ]) {
    surface.values.labels.set(option.value, option);
  }
  return { options: source.options || [], groups: source.option_groups || [] };
}

/** Uploads a file as this person; the answer's file or null after a note. */
export async function uploadFile(body) {
  const answer = await actAs({ type: 'file', ...body });
  if (answer.ok) return answer.file || null;
  toast(answer.why || 'The file could not be uploaded.', 'error');
  return null;
}
