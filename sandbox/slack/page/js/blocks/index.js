// Block Kit: one renderer per block type; unknown types become a labelled grey box.

import { h } from '../dom.js';
import { bindBlock } from '../interactions.js';
import * as basic from './basic.js';
import * as cards from './cards.js';
import * as compound from './compound.js';
import { chart } from './chart.js';
import { inputBlock } from './input.js';
import * as media from './media.js';
import { richText } from './richtext.js';
import { dataTable, table } from './table.js';

const RENDERERS = {
  section: basic.section,
  header: basic.header,
  divider: basic.divider,
  image: basic.image,
  context: basic.context,
  markdown: basic.markdown,
  video: media.video,
  file: media.file,
  call: media.call,
  auth_provider: media.authProvider,
  alert: basic.alert,
  actions: compound.actions,
  context_actions: compound.contextActions,
  card: cards.card,
  carousel: cards.carousel,
  container: compound.container,
  task_card: compound.taskCard,
  plan: compound.plan,
  input: inputBlock,
  rich_text: richText,
  table,
  data_table: dataTable,
  data_visualization: chart,
};

/** The wrapper element of one block on a surface. */
export function renderBlock(block, surface) {
  const draw = Object.hasOwn(RENDERERS, block?.type) ? RENDERERS[block.type] : unknown;
  const wrapper = h('div', {
    class: `block block-${RENDERERS[block?.type] ? block.type : 'unknown'}`,
    data: { blockType: block?.type, block: block?.block_id },
  });
  let content;
  try {
    content = draw(block, surface, renderBlock);
  } catch (error) {
    console.warn('block could not be drawn', block?.type, error);
    content = unknown(block);
  }
  wrapper.append(content);
  return bindBlock(wrapper, surface, block?.block_id);
}

/** Every block of a message or view. */
export function renderBlocks(blocks, surface) {
  return (blocks || []).map((block) => renderBlock(block, surface));
}

function unknown(block) {
  return h(
    'div',
    { class: 'unknown', role: 'note' },
    `Block “${block?.type ?? 'without a type'}” is not shown in this sandbox`,
  );
}
