// A scrolling list of messages: only what is near is in the page, the end stays in view.

import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { renderMessage } from './message.js';
import { authorOf } from './store.js';
import { dayKey, dayName, exact, tsToMs } from './time.js';

const WINDOW = 80;
const STEP = 80;
const GROUP_MS = 5 * 60 * 1000;
const NEAR_END = 48;
const NEAR_TOP = 500;

export class Timeline {
  /** `intro`: a node shown above the first message; `inThread`: rendering of a thread pane. */
  constructor({ label, inThread = false }) {
    this.inThread = inThread;
    this.list = h('div', { class: 'timeline-list', role: 'list', 'aria-label': label });
    this.scroller = h(
      'div',
      { class: 'timeline', tabindex: '0', 'aria-label': label, role: 'region' },
      h('div', { class: 'timeline-push' }),
      this.list,
    );
    this.pill = h('button', {
      class: 'new-pill',
      type: 'button',
      hidden: true,
      data: { testid: 'new-messages' },
      on: { click: () => this.toEnd(true) },
    });
    this.element = h('div', { class: 'timeline-box' }, this.scroller, this.pill);
    this.nodes = new Map();
    this.limit = WINDOW;
    this.atEnd = true;
    this.unseen = 0;
    this.scroller.addEventListener('scroll', () => this.onScroll(), { passive: true });
    new ResizeObserver(() => {
      if (this.atEnd) this.toEnd();
    }).observe(this.scroller);
    new ResizeObserver(() => {
      if (this.atEnd) this.toEnd();
    }).observe(this.list);
  }

  /** Shows another conversation from its end. */
  show(rows, intro) {
    clearTimeout(this.timer);
    this.timer = 0;
    this.fresh = 0;
    this.nodes.clear();
    fill(this.list);
    this.limit = WINDOW;
    this.intro = intro;
    this.unseen = 0;
    this.atEnd = true;
    this.update(rows);
    this.toEnd();
  }

  /** Draws soon, and once for many changes; `rows()` is read then. */
  later(rows, fresh = 0) {
    this.fresh = (this.fresh || 0) + fresh;
    if (this.timer) return;
    this.timer = setTimeout(() => {
      const count = this.fresh;
      this.timer = 0;
      this.fresh = 0;
      this.update(rows(), count);
    }, 16);
  }

  /** Brings the page in step with `rows` (oldest first); `fresh` counts for the pill. */
  update(rows, fresh = 0) {
    this.rows = rows;
    const anchor = this.atEnd ? null : this.firstVisible();
    this.reconcile(this.itemsOf(rows));
    if (this.atEnd) this.toEnd();
    else {
      this.restore(anchor);
      this.unseen += fresh;
      this.drawPill();
    }
  }

  itemsOf(rows) {
    const start = Math.max(0, rows.length - this.limit);
    const items = [];
    let last = null;
    if (start === 0 && this.intro)
      items.push({ key: 'intro', version: '1', draw: () => this.intro });
    rows.slice(start).forEach((row) => {
      const ms = tsToMs(row.ts);
      const day = dayKey(ms);
      const newDay = !last || dayKey(tsToMs(last.ts)) !== day;
      if (newDay)
        items.push({ key: `day-${day}`, version: dayName(ms), draw: () => dayDivider(ms) });
      const grouped = !newDay && isContinuation(last, row);
      items.push({
        key: row.ephemeral ? `e-${row.id}` : `m-${row.ts}`,
        version: `${row._v}.${grouped}`,
        stamp: row.updates ?? row.replaced,
        draw: () =>
          h(
            'div',
            { role: 'listitem', class: 'row' },
            renderMessage(row, { grouped, inThread: this.inThread }),
          ),
      });
      last = row;
    });
    return items;
  }

  reconcile(items) {
    const keep = new Set(items.map((item) => item.key));
    for (const [key, entry] of this.nodes) {
      if (keep.has(key)) continue;
      entry.node.remove();
      this.nodes.delete(key);
    }
    let place = this.list.firstChild;
    for (const item of items) {
      const known = this.nodes.get(item.key);
      const atPlace = known?.node === place;
      const entry = known && known.version === item.version ? known : this.redraw(item, known);
      if (atPlace && known) place = entry.node;
      if (entry.node === place) place = place.nextSibling;
      else this.list.insertBefore(entry.node, place);
    }
  }

  redraw(item, known) {
    const node = item.draw();
    node.dataset.key = item.key;
    const entry = { version: item.version, stamp: item.stamp, node };
    if (known && known.node !== node) {
      const focus = focusedIn(known.node);
      if (known.node.contains(document.activeElement) && !focus)
        this.scroller.focus({ preventScroll: true });
      known.node.replaceWith(node);
      if (known.stamp !== item.stamp) node.classList.add('is-updated');
      if (focus) node.querySelector(focus)?.focus({ preventScroll: true });
    }
    this.nodes.set(item.key, entry);
    return entry;
  }

  firstVisible() {
    const top = this.scroller.getBoundingClientRect().top;
    // Day lines move when older rows come in above them; messages are what stays.
    for (const node of this.list.querySelectorAll(':scope > .row')) {
      const box = node.getBoundingClientRect();
      if (box.bottom > top) return { key: node.dataset.key, offset: box.top };
    }
    return null;
  }

  restore(anchor) {
    const node = anchor && this.nodes.get(anchor.key)?.node;
    if (node) this.scroller.scrollTop += node.getBoundingClientRect().top - anchor.offset;
  }

  onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.atEnd && this.unseen) {
      this.unseen = 0;
      this.drawPill();
    }
    if (scrollTop < NEAR_TOP && this.rows && this.limit < this.rows.length) {
      this.limit += STEP;
      const anchor = this.firstVisible();
      this.reconcile(this.itemsOf(this.rows));
      this.restore(anchor);
    }
  }

  /** Brings one message into view and marks it for a moment; false when it is not there. */
  reveal(ts) {
    const index = this.rows.findIndex((row) => row.ts === ts);
    if (index < 0) return false;
    this.limit = Math.max(this.limit, this.rows.length - index + WINDOW / 2);
    this.reconcile(this.itemsOf(this.rows));
    const node = this.nodes.get(`m-${ts}`)?.node;
    this.atEnd = false;
    node?.scrollIntoView({ block: 'center' });
    node?.classList.add('is-updated');
    return Boolean(node);
  }

  toEnd(smooth = false) {
    this.atEnd = true;
    this.unseen = 0;
    this.drawPill();
    if (smooth && !matchMedia('(prefers-reduced-motion: reduce)').matches)
      this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: 'smooth' });
    else this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  drawPill() {
    this.pill.hidden = this.unseen === 0;
    if (this.unseen)
      fill(
        this.pill,
        icon('arrowDown', 16),
        `${this.unseen} new ${this.unseen === 1 ? 'message' : 'messages'}`,
      );
  }
}

function isContinuation(last, row) {
  if (!last || last.deleted || row.deleted || last.ephemeral || row.ephemeral) return false;
  if (authorOf(last).id !== authorOf(row).id || last.username !== row.username) return false;
  if (row.blocks?.length && authorOf(row).isApp) return false;
  return tsToMs(row.ts) - tsToMs(last.ts) < GROUP_MS && !(last.reply_count > 0);
}

function dayDivider(ms) {
  return h(
    'div',
    { class: 'day', role: 'separator', 'aria-label': dayName(ms) },
    h('span', { class: 'day-name', title: exact(ms) }, dayName(ms)),
  );
}

/** A selector that finds the focused control again after its message was redrawn. */
function focusedIn(node) {
  const active = document.activeElement;
  if (!active || !node.contains(active)) return null;
  const key = active.dataset.pressKey;
  return key ? `[data-press-key="${CSS.escape(key)}"]` : null;
}
