// A floating panel tied to a button: menus, option lists, completion.

import { h } from './dom.js';

let current = null;

/** Closes the open panel, if any. */
export function closePopover() {
  current?.close();
}

/** Whether the open panel belongs to this anchor. */
export function isOpenAt(anchor) {
  return current?.anchor === anchor;
}

/**
 * Shows `content` at `anchor`. The panel stays inside an open dialog, closes on Escape, on a
 * press outside and when the anchor leaves the page. Returns `{element, close, place}`.
 */
export function openPopover(
  anchor,
  content,
  { placement = 'bottom', match = false, onClose = null, className = '' } = {},
) {
  closePopover();
  const panel = h('div', { class: `popover ${className}`, popover: 'manual' }, content);
  (anchor.closest('dialog') || document.body).append(panel);
  panel.showPopover();
  const place = () => placeAt(panel, anchor, placement, match);
  const handle = { element: panel, anchor, place, close: null };
  const outside = (event) => {
    if (!panel.contains(event.target) && !anchor.contains(event.target)) handle.close();
  };
  const escape = (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    handle.close(true);
  };
  const moved = (event) => {
    if (!panel.contains(event.target)) place();
  };
  const watcher = setInterval(() => {
    if (!anchor.isConnected) handle.close();
  }, 300);
  handle.close = (refocus = false) => {
    if (current !== handle) return;
    current = null;
    clearInterval(watcher);
    document.removeEventListener('pointerdown', outside, true);
    document.removeEventListener('keydown', escape, true);
    window.removeEventListener('resize', place);
    document.removeEventListener('scroll', moved, true);
    panel.remove();
    if (refocus && anchor.isConnected) anchor.focus();
    if (onClose) onClose();
  };
  current = handle;
  document.addEventListener('pointerdown', outside, true);
  document.addEventListener('keydown', escape, true);
  window.addEventListener('resize', place);
  document.addEventListener('scroll', moved, true);
  place();
  return handle;
}

function placeAt(panel, anchor, placement, match) {
  const gap = 6;
  const edge = 8;
  // Measured at its full height, where nothing in it scrolls: a list would jump back to its top.
  const scrolled = [...panel.querySelectorAll('*')].map((part) => [part, part.scrollTop]);
  const box = anchor.getBoundingClientRect();
  if (match) panel.style.minWidth = `${Math.min(box.width, innerWidth - 2 * edge)}px`;
  panel.style.maxHeight = '';
  const below = innerHeight - box.bottom - gap - edge;
  const above = box.top - gap - edge;
  const wanted = panel.scrollHeight + 2;
  const up =
    placement === 'top'
      ? above >= Math.min(wanted, 160) || above > below
      : below < Math.min(wanted, 240) && above > below;
  const room = Math.max(120, up ? above : below);
  panel.style.maxHeight = `${Math.min(room, 420)}px`;
  const height = panel.offsetHeight;
  const width = panel.offsetWidth;
  for (const [part, top] of scrolled) if (top) part.scrollTop = top;
  panel.style.top = `${Math.max(edge, up ? box.top - gap - height : box.bottom + gap)}px`;
  panel.style.left = `${Math.max(edge, Math.min(box.left, innerWidth - width - edge))}px`;
}
