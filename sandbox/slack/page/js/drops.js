// Files dragged over a place: a note says where they would go.

import { fill, h } from './dom.js';
import { icon } from './icons.js';

const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes('Files');

/** `take(files)` gets what is dropped on `element`; `words()` is the note, null refuses. */
export function takeDrops(element, take, words) {
  const note = h('div', { class: 'drop-note', hidden: true, 'aria-hidden': 'true' });
  element.append(note);
  const show = (text) => {
    note.hidden = !text;
    fill(note, text ? [icon('upload', 26), h('strong', {}, text)] : null);
  };
  element.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    const text = words();
    event.dataTransfer.dropEffect = text ? 'copy' : 'none';
    if (note.hidden) show(text);
  });
  element.addEventListener('dragleave', (event) => {
    if (!element.contains(event.relatedTarget)) show(null);
  });
  element.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(null);
    if (words()) take([...event.dataTransfer.files]);
  });
}
