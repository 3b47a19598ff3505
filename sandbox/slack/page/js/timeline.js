// A scrolling list of messages: only what is near is in the page, the end stays in view.

import { fill, h, srOnly } from './dom.js';
import { icon } from './icons.js';
import { isSystem, renderMessage } from './message.js';
import { authorOf } from './store.js';
import { dayKey, dayName, exact, tsToMs } from './time.js';

const WINDOW = 80;
const STEP = 80;
const MOST = 320;
const GROUP_MS = 5 * 60 * 1000;
const NEAR_END = 48;
const NEAR_TOP = 500;

export class Timeline {
  /** `inThread`: rendering of a thread pane; `heading`: what a screen reader calls the list. */
  constructor({ label, inThread = false, heading = null }) {
    this.inThread = inThread;
    this.list = h('div', { class: 'timeline-list', role: 'list', 'aria-label': label });
    this.scroller = h(
      'div',
      { class: 'timeline', tabindex: '0', 'aria-label': label, role: 'region' },
      heading ? h('h2', { class: 'sr-only' }, heading) : null,
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
    // Drawn are the last `limit` rows but for the last `skip`.
    this.limit = WINDOW;
    this.skip = 0;
    this.lastTop = 0;
    this.rows = [];
    this.atEnd = true;
    this.unseen = 0;
    this.scroller.addEventListener('scroll', () => this.onScroll(), { passive: true });
    this.scroller.addEventListener('keydown', (event) => walk(event, this.scroller));
    const resized = new ResizeObserver(() => this.onResize());
    resized.observe(this.scroller);
    resized.observe(this.list);
  }

  /** Shows another conversation from its end; `newFrom` is the ts of the first unread message. */
  show(rows, intro, newFrom = null) {
    clearTimeout(this.timer);
    this.timer = 0;
    this.fresh = 0;
    this.nodes.clear();
    fill(this.list);
    this.limit = WINDOW;
    this.skip = 0;
    this.rows = [];
    this.intro = intro;
    this.newFrom = newFrom;
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
    const appended = appendedTo(this.rows, rows);
    this.rows = rows;
    const anchor = this.atEnd ? null : this.firstVisible();
    if (this.atEnd) {
      this.limit = WINDOW;
      this.skip = 0;
    } else {
      this.limit += appended;
      if (this.skip || this.limit > MOST) this.skip += appended;
    }
    this.draw();
    if (this.atEnd) this.toEnd();
    else {
      this.restore(anchor);
      this.unseen += fresh;
      this.drawPill();
    }
  }

  draw() {
    this.reconcile(this.itemsOf(this.rows));
  }

  itemsOf(rows) {
    const start = Math.max(0, rows.length - this.limit);
    const end = Math.max(start, rows.length - this.skip);
    const items = [];
    let last = null;
    if (start === 0 && this.intro)
      items.push({ key: 'intro', version: '1', draw: () => listed(this.intro) });
    rows.slice(start, end).forEach((row) => {
      const ms = tsToMs(row.ts);
      const day = dayKey(ms);
      const newDay = !last || dayKey(tsToMs(last.ts)) !== day;
      if (newDay)
        items.push({ key: `day-${day}`, version: dayName(ms), draw: () => dayDivider(ms) });
      const isNew = this.newFrom === row.ts && !row.ephemeral;
      if (isNew) items.push({ key: 'new', version: '1', draw: newLine });
      const grouped = !newDay && !isNew && isContinuation(last, row);
      items.push({
        key: keyOf(row),
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
      if (this.inThread && items.length < 3 && rows.length > 1) items.push(repliesItem(rows));
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

  /** The uppermost message in view and where it stands: what must not move. */
  firstVisible() {
    const { top } = this.scroller.getBoundingClientRect();
    const rows = this.list.children;
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].getBoundingClientRect().bottom > top) high = middle;
      else low = middle + 1;
    }
    // Day lines move when older rows come in above them; messages are what stays.
    let node = rows[low];
    while (node && !node.classList.contains('row')) node = node.nextElementSibling;
    return node ? { key: node.dataset.key, offset: node.getBoundingClientRect().top } : null;
  }

  restore(anchor) {
    const node = anchor && this.nodes.get(anchor.key)?.node;
    if (!node) return;
    const moved = node.getBoundingClientRect().top - anchor.offset;
    if (Math.abs(moved) >= 1) this.scroller.scrollTop += moved;
    this.anchor = anchor;
  }

  /** A picture was loaded, a box opened, the window turned: what is being read stays in place. */
  onResize() {
    if (this.atEnd) this.toEnd();
    else if (!this.list.contains(document.activeElement)) this.restore(this.anchor);
  }

  onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const below = scrollHeight - scrollTop - clientHeight;
    // Only a person scrolling up leaves the end: when the room shrinks, onResize goes after it.
    const up = scrollTop < this.lastTop - 1;
    this.lastTop = scrollTop;
    if (below < NEAR_END && this.skip === 0) this.atEnd = true;
    else if (up || this.skip > 0) this.atEnd = false;
    this.anchor = this.atEnd ? null : this.firstVisible();
    if (this.atEnd && this.unseen) {
      this.unseen = 0;
      this.drawPill();
    }
    if (scrollTop < NEAR_TOP && this.limit < this.rows.length) this.shift(STEP);
    else if (below < NEAR_TOP && this.skip > 0) this.shift(-STEP);
  }

  /** Draws older rows (or newer ones, when negative) and lets go of those far away. */
  shift(step) {
    if (step > 0) {
      this.limit += step;
      this.skip = Math.max(this.skip, this.limit - MOST);
    } else {
      this.skip = Math.max(0, this.skip + step);
      this.limit = Math.min(this.limit, this.skip + MOST);
    }
    const anchor = this.firstVisible();
    this.draw();
    this.restore(anchor);
  }

  /** Brings one message into view and marks it for a moment; false when it is not there. */
  reveal(ts) {
    const index = this.rows.findIndex((row) => row.ts === ts);
    if (index < 0) return false;
    this.limit = Math.max(this.limit, this.rows.length - index + WINDOW / 2);
    this.skip = Math.max(0, this.limit - MOST);
    this.draw();
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
    if (this.skip > 0) {
      this.skip = 0;
      this.limit = WINDOW;
      this.draw();
    }
    if (smooth && !matchMedia('(prefers-reduced-motion: reduce)').matches)
      this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: 'smooth' });
    else this.scroller.scrollTop = this.scroller.scrollHeight;
    this.lastTop = this.scroller.scrollTop;
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

/** How many rows were added behind what was the last one. */
function appendedTo(before, after) {
  const last = before.at(-1);
  if (!last) return 0;
  const key = keyOf(last);
  for (let index = after.length - 1; index >= 0 && after[index]._n >= last._n; index -= 1)
    if (keyOf(after[index]) === key) return after.length - 1 - index;
  return 0;
}

const keyOf = (row) => {
  if (row.outgoing) return `o-${row.id}`;
  return row.ephemeral ? `e-${row.id}` : `m-${row.ts}`;
};

function isContinuation(last, row) {
  if (!last || last.deleted || row.deleted || last.ephemeral || row.ephemeral) return false;
  if (isSystem(last) || isSystem(row)) return false;
  if (authorOf(last).id !== authorOf(row).id || last.username !== (row.username ?? last.username))
    return false;
  if (row.blocks?.length && authorOf(row).isApp) return false;
  return tsToMs(row.ts) - tsToMs(last.ts) < GROUP_MS && !(last.reply_count > 0);
}

const listed = (node, className = '') => h('div', { role: 'listitem', class: className }, node);

function dayDivider(ms) {
  return listed(h('span', { class: 'day-name', title: exact(ms) }, dayName(ms)), 'day');
}

function repliesItem(rows) {
  const count = rows.filter((row) => !row.ephemeral && !row.outgoing).length - 1;
  const words = `${count} ${count === 1 ? 'reply' : 'replies'}`;
  const draw = () => listed(h('span', { class: 'replies-name' }, words), 'replies-line');
  return { key: 'replies', version: words, draw };
}

function newLine() {
  return listed(h('span', { class: 'new-name' }, 'New', srOnly(' messages')), 'new-line');
}

/** Arrow keys go from message to message; Enter opens the thread, Escape leads back. */
function walk(event, scroller) {
  const on = event.target.closest?.('article');
  if (event.target !== scroller && event.target !== on) return;
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (step) {
    event.preventDefault();
    const all = [...scroller.querySelectorAll('article')];
    const next = on ? all[all.indexOf(on) + step] : all.at(step < 0 ? -1 : 0);
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  } else if (event.key === 'Enter' && on) {
    event.preventDefault();
    on.querySelector('[data-testid=reply], [data-testid=thread-link]')?.click();
  } else if (event.key === 'Escape' && on && !scroller.closest('.thread')) {
    scroller.focus({ preventScroll: true });
  }
}

/** A selector that finds the focused control again after its message was redrawn. */
function focusedIn(node) {
  const active = document.activeElement;
  if (!active || !node.contains(active)) return null;
  if (active.tagName === 'ARTICLE') return 'article';
  const { pressKey, testid } = active.dataset;
  if (testid) return `[data-testid="${CSS.escape(testid)}"]`;
  return pressKey ? `[data-press-key="${CSS.escape(pressKey)}"]` : null;
}
