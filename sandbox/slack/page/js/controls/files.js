// file_input: upload by button or by dropping, a list with a way to take one out.

import { fileToBase64 } from '../api.js';
import { fill, h, toast } from '../dom.js';
import { icon } from '../icons.js';
import { bindPress, change, uploadFile } from '../interactions.js';
import { dispatches } from './index.js';
import { fileSize } from '../files.js';

export function fileInput(element, blockId, surface, options = {}) {
  const most = element.max_files || 10;
  const list = h('ul', { class: 'upload-list' });
  const status = h('span', { class: 'upload-status', role: 'status' });
  const chooser = h('input', {
    class: 'sr-only',
    type: 'file',
    id: options.id || null,
    multiple: most > 1,
    'aria-label': options.label || 'Choose a file',
    'aria-describedby': options.describedBy || null,
    accept: (element.filetypes || []).map((type) => `.${type}`).join(',') || null,
  });
  const zone = h(
    'label',
    { class: 'dropzone' },
    chooser,
    icon('upload', 18),
    h('span', {}, 'Choose a file or drop it here'),
    status,
  );
  const current = () => surface.values.get(blockId, element) || [];
  const save = (ids) => {
    change(surface, blockId, element, ids, { dispatch: dispatches(options) });
    draw();
  };
  const draw = () => {
    fill(
      list,
      current().map((id) =>
        row(surface.values.files.get(id) || { id, name: id }, () =>
          save(current().filter((one) => one !== id)),
        ),
      ),
    );
    zone.classList.toggle('is-full', current().length >= most);
  };
  const take = async (files) => {
    for (const file of files) {
      if (!accepted(file, element.filetypes)) {
        toast(`${file.name}: only ${element.filetypes.join(', ')} files are taken here.`, 'error');
        continue;
      }
      status.textContent = `Uploading ${file.name} …`;
      const stored = await uploadFile({
        name: file.name,
        content_base64: await fileToBase64(file),
        ...surface.ref,
        block_id: blockId,
        action_id: element.action_id,
      });
      status.textContent = '';
      if (!stored) continue;
      surface.values.files.set(stored.id, stored);
      zone.dispatchEvent(new Event('input', { bubbles: true }));
      save(
        most === 1
          ? [stored.id]
          : [...current().filter((id) => id !== stored.id), stored.id].slice(-most),
      );
    }
  };
  chooser.addEventListener('change', async () => {
    const files = [...chooser.files];
    await take(files);
    chooser.value = '';
  });
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('is-over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('is-over');
    void take([...event.dataTransfer.files]);
  });
  draw();
  bindPress(chooser, surface, blockId, element);
  return h('div', { class: 'upload' }, list, zone);
}

function accepted(file, types) {
  if (!types?.length) return true;
  return types.some((type) => file.name.toLowerCase().endsWith(`.${String(type).toLowerCase()}`));
}

function row(file, remove) {
  return h(
    'li',
    { class: 'upload-row', data: { fileId: file.id } },
    icon('file', 18),
    h('span', { class: 'upload-name', dir: 'auto' }, file.name || file.id),
    file.size ? h('span', { class: 'file-detail' }, fileSize(file.size)) : null,
    h(
      'button',
      {
        class: 'icon-btn',
        type: 'button',
        'aria-label': `Take out ${file.name || 'the file'}`,
        on: { click: remove },
      },
      icon('close', 14),
    ),
  );
}
