// What Sphinx's search leaves out. It skips numbers and the place of a word; a page whose code,
// title or recognised text is asked for comes first here, and what Sphinx finds comes after it.
'use strict';

const ranking = (() => {
  const stemmer = new Stemmer();
  // Words that stand beside a code and say nothing of their own.
  const BESIDE_A_CODE = /^(?:error|err|code|errorcode|status|statuscode|fault|fehler|fehlercode)$/;
  const LEAST_SHARE = 0.55;

  // Large or small, with or without accents; ue as ü, since tools write both.
  const folded = (text) =>
    text
      .toLowerCase()
      .replaceAll('ß', 'ss')
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/([aou])e/g, '$1');
  const wordsOf = (text) => folded(text).match(/[\p{L}\p{N}_]+/gu) ?? [];
  const stemsOf = (words) => new Set(words.map((word) => stemmer.stemWord(word)));

  // 003200 is 3200, -2000 is 2000, and -2147220480 is 0x80040400 as a number with a sign.
  const codeOf = (word) => {
    if (/^21472\d{5}$/.test(word)) return (2 ** 32 - Number(word)).toString(16);
    return word.replace(/^0x/, '').replace(/^0+(?=\d)/, '');
  };
  const keyOf = (code) => wordsOf(code).map(codeOf).join(',');

  const pages = KNOWN.map(([doc, title, codes, texts]) => ({
    doc,
    title,
    codes: new Map(codes.map(([code, alone]) => [keyOf(code), alone])),
    texts: [title, ...texts].map((text) => {
      const words = wordsOf(text);
      return { text, phrase: words.join(' '), stems: stemsOf(words) };
    }),
  }));
  const codes = new Set(pages.flatMap((page) => [...page.codes.keys()]));
  const having = new Map();
  for (const page of pages) {
    const stems = new Set(page.texts.flatMap((text) => [...text.stems]));
    for (const stem of stems) having.set(stem, (having.get(stem) ?? 0) + 1);
  }
  const rarity = (stem) => Math.log(1 + pages.length / (having.get(stem) ?? 0.5));

  // Codes, and two that belong together (-6000, -83); Error6240 is a code with its word before it.
  // A number of one or two digits among words is hardly ever a code.
  const codesIn = (words) => {
    const found = new Set();
    for (let place = 0; place < words.length; place += 1) {
      const [word, next] = [words[place], words[place + 1] ?? ''];
      const pair = `${codeOf(word)},${codeOf(next)}`;
      const alone = [codeOf(word), codeOf(word.replace(/^\p{L}+(?=\d{3})/u, ''))];
      // Of a pair, each number alone means something else at QuickBooks Online.
      for (const code of codes.has(pair) ? [pair] : alone) {
        if (codes.has(code) && (code.length > 2 || words.length < 3)) found.add(code);
      }
      if (codes.has(pair)) place += 1;
    }
    return found;
  };

  const readQuery = (query) => {
    const words = wordsOf(query);
    const found = codesIn(words);
    const rest = words.filter((word) => !/^\d+$/.test(word) && !found.has(codeOf(word)));
    const stems = stemsOf(rest.filter((word) => !BESIDE_A_CODE.test(word) && word !== ''));
    return { phrase: words.join(' '), codes: found, stems };
  };

  // How well one title or text fits: the very words in their order, else the share it has of them.
  const fit = (asked, text) => {
    if (asked.phrase && ` ${text.phrase} `.includes(` ${asked.phrase} `)) {
      return 300 + (200 * asked.phrase.length) / text.phrase.length;
    }
    const all = [...asked.stems].reduce((sum, stem) => sum + rarity(stem), 0);
    const had = [...asked.stems].filter((stem) => text.stems.has(stem));
    const share = all ? had.reduce((sum, stem) => sum + rarity(stem), 0) / all : 0;
    return share >= LEAST_SHARE ? 200 * share : 0;
  };

  const scoreOf = (asked, page) => {
    const best = page.texts
      .map((text) => ({ text: text.text, score: fit(asked, text) }))
      .reduce((one, other) => (other.score > one.score ? other : one));
    // Of a code without words, the words around it in a text only settle who of equals is first.
    let score = asked.codes.size && !asked.stems.size ? best.score / 1000 : best.score;
    for (const code of asked.codes) {
      if (page.codes.has(code)) score += 1000 + page.codes.get(code);
    }
    return { doc: page.doc, title: page.title, text: best.score ? best.text : '', score };
  };

  const known = (asked) =>
    pages
      .map((page) => scoreOf(asked, page))
      .filter((hit) => hit.score > 0)
      .sort((one, other) => other.score - one.score || one.title.localeCompare(other.title, 'en'));

  // Pages that have all the words somewhere; what asks for a code alone has none to look for.
  const elsewhere = (query, asked) => {
    if (asked.codes.size && !asked.stems.size) return [];
    const [, terms, excluded] = Search._parseQuery(query);
    // Sphinx lets go of the others where there are words of one or two letters.
    const long = new Set([...terms].filter((term) => term.length > 2));
    return Search.performTermsSearch(long, excluded)
      .filter(([doc]) => doc.startsWith('problems/'))
      .sort((one, other) => other[4] - one[4] || one[1].localeCompare(other[1], 'en'))
      .map(([doc, title]) => ({ doc, title, text: '' }));
  };

  const search = (query) => {
    const asked = readQuery(query);
    const first = known(asked);
    const there = new Set(first.map((hit) => hit.doc));
    return [first, elsewhere(query, asked).filter((hit) => !there.has(hit.doc))];
  };

  const element = (name, text, under) => {
    const made = document.createElement(name);
    made.textContent = text;
    return under.appendChild(made);
  };

  const list = (hits, under) => {
    const made = under.appendChild(document.createElement('ol'));
    for (const hit of hits) {
      const item = made.appendChild(document.createElement('li'));
      element('a', hit.title, item).href = `${hit.doc}.html`;
      if (hit.text && hit.text !== hit.title) element('p', hit.text, item);
    }
  };

  const show = (query) => {
    const [first, others] = search(query);
    const count = first.length + others.length;
    const said = query.length > 80 ? `${query.slice(0, 80)}…` : query;
    const pagesFound = count === 1 ? '1 page' : `${count} pages`;
    const out = document.getElementById('search-results');
    out.replaceChildren();
    element('p', count ? `${pagesFound} for “${said}”` : `Nothing found for “${said}”. Try this:`, out);
    document.getElementById('search-advice').hidden = count > 0;
    list(first, out);
    if (first.length && others.length) element('h2', 'Pages that have the words elsewhere', out);
    list(others, out);
    // Sphinx would mark the words on whatever page is opened next.
    localStorage.removeItem('sphinx_highlight_terms');
  };

  return { show };
})();

Search.query = ranking.show;
Search.performSearch = (query) =>
  Search.hasIndex() ? Search.query(query) : Search.deferQuery(query);
