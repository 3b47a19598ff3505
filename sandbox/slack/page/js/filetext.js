// What is inside a file: which kinds can be shown, and their text.

const texts = new Map();

export const isPicture = (file) => /^image\/(png|jpeg|gif|webp)$/.test(file.mimetype || '');
export const isCsv = (file) => /\.csv$/i.test(file.name || '') || file.mimetype === 'text/csv';
export const isText = (file) =>
  isCsv(file) || /^text\/|json|xml/.test(file.mimetype || '') || /\.(txt|log|md)$/i.test(file.name);

/** The text of a file, read once; null when it cannot be read. */
export function fetchText(address) {
  if (!texts.has(address)) texts.set(address, read(address));
  return texts.get(address);
}

async function read(address) {
  try {
    const response = await fetch(address);
    if (!response.ok || /text\/html/.test(response.headers.get('content-type') || '')) return null;
    return await response.text();
  } catch {
    texts.delete(address);
    return null;
  }
}

/** The rows of a CSV text, at most `limit`; quotes may hold separators and line breaks. */
export function parseCsv(text, limit) {
  const separator = (text.split('\n', 1)[0].match(/;/g) || []).length > 1 ? ';' : ',';
  const rows = [];
  let row = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < text.length && rows.length < limit; index += 1) {
    const char = text[index];
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[index + 1] === '"') cell += text[(index += 1)];
      else quoted = false;
    } else if (char === '"' && !cell) quoted = true;
    else if (char === separator) cell = push(row, cell);
    else if (char === '\n') {
      push(row, cell.replace(/\r$/, ''));
      rows.push(row);
      row = [];
      cell = '';
    } else cell += char;
  }
  if (rows.length < limit && (cell || row.length)) {
    push(row, cell);
    rows.push(row);
  }
  return rows;
}

function push(row, cell) {
  row.push(cell);
  return '';
}
