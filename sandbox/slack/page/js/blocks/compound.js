// Blocks that hold elements or other blocks: actions, container, plan …

import { h, uid } from '../dom.js';
import { icon } from '../icons.js';
import { plainOf } from '../mrkdwn.js';
import { link } from '../mentions.js';
import { renderElement } from '../controls/index.js';
import { picture, textBox } from './basic.js';
import { richNodes } from './richtext.js';

export function actions(block, surface) {
  return h(
    'div',
    { class: 'actions' },
    (block.elements || []).map((element) => renderElement(element, block.block_id, surface)),
  );
}

export function contextActions(block, surface) {
  return h(
    'div',
    { class: 'actions actions-quiet' },
    (block.elements || []).map((element) => renderElement(element, block.block_id, surface)),
  );
}

const opened = new Map();

export function container(block, surface, renderBlock) {
  const titleId = uid('container');
  const heading = h(
    'span',
    { class: 'container-title', id: titleId, dir: 'auto' },
    block.rich_text_title ? richNodes(block.rich_text_title.elements) : plainOf(block.title),
  );
  const subtitle = block.subtitle
    ? h('span', { class: 'container-subtitle' }, textBox(block.subtitle))
    : null;
  const head = [
    block.icon ? picture(block.icon.image_url, block.icon.alt_text, 'card-icon') : null,
    h('span', { class: 'container-words' }, heading, subtitle),
  ];
  const body = h(
    'div',
    { class: 'container-body' },
    (block.child_blocks || []).map((child) => renderBlock(child, surface)),
  );
  const width = ['narrow', 'standard', 'wide', 'full'].includes(block.width)
    ? block.width
    : 'standard';
  const className = `container container-${width}${block.has_header_divider ? ' has-divider' : ''}`;
  if (!block.is_collapsible) {
    return h(
      'section',
      { class: className, 'aria-labelledby': titleId },
      h('div', { class: 'container-head' }, head),
      body,
    );
  }
  const key = `${surface.key}|${block.block_id}`;
  const details = h(
    'details',
    {
      class: className,
      'aria-labelledby': titleId,
      open: opened.get(key) ?? !block.default_collapsed,
    },
    h('summary', { class: 'container-head' }, icon('right', 16), head),
    body,
  );
  details.addEventListener('toggle', () => opened.set(key, details.open));
  return details;
}

const TASK_STATES = {
  pending: 'Pending',
  in_progress: 'In progress',
  complete: 'Complete',
  error: 'Error',
};

export function taskCard(block) {
  const state = Object.hasOwn(TASK_STATES, block.status) ? block.status : 'pending';
  const symbol =
    {
      complete: icon('check', 14),
      error: icon('close', 14),
      in_progress: h('span', { class: 'spinner' }),
    }[state] || null;
  return h(
    'div',
    { class: `task task-${state}` },
    h('span', { class: 'task-mark', 'aria-hidden': 'true' }, symbol),
    h(
      'div',
      { class: 'task-words' },
      h(
        'div',
        { class: 'task-title', dir: 'auto' },
        plainOf(block.title),
        h('span', { class: 'task-state' }, TASK_STATES[state]),
      ),
      block.details ? h('div', { class: 'task-detail' }, richNodes(block.details.elements)) : null,
      block.output ? h('div', { class: 'task-detail' }, richNodes(block.output.elements)) : null,
      block.sources?.length
        ? h(
            'div',
            { class: 'task-sources' },
            block.sources.map((source) =>
              link(source.url, source.text || source.url, 'link small'),
            ),
          )
        : null,
    ),
  );
}

export function plan(block) {
  const tasks = block.tasks || [];
  const done = tasks.filter((task) => task.status === 'complete').length;
  return h(
    'div',
    { class: 'plan' },
    h(
      'div',
      { class: 'plan-head' },
      h('span', { class: 'plan-title', dir: 'auto' }, plainOf(block.title)),
      tasks.length
        ? h('span', { class: 'plan-count tabular' }, `${done} of ${tasks.length}`)
        : null,
    ),
    tasks.length ? progress(done, tasks.length) : null,
    h(
      'ol',
      { class: 'plan-tasks' },
      tasks.map((task) => h('li', {}, taskCard(task))),
    ),
  );
}

function progress(done, all) {
  return h(
    'div',
    { class: 'plan-bar', 'aria-hidden': 'true' },
    h('span', { class: 'plan-done', style: { '--share': `${(done / all) * 100}%` } }),
  );
}
