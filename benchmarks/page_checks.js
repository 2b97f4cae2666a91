// What page_checks.py asks a page.

function structure() {
    const faults = [], all = (q) => [...document.querySelectorAll(q)];
  const want = (ok, text) => { if (!ok) faults.push(text); };
  want(document.documentElement.lang, "no language");
  want(document.title.trim(), "no title");
  for (const [name, q] of [["main", "main"], ["banner", "body > header"],
      ["navigation", "nav[aria-label]"], ["contentinfo", "body > footer"], ["h1", "h1"]])
    want(all(q).length === 1, `${all(q).length} × ${name}`);
  let level = 0;
  for (const one of all("h1, h2, h3, h4, h5, h6")) {
    const next = +one.tagName[1];
    want(next <= level + 1, `heading jump to ${one.tagName}: ${one.textContent}`);
    level = next;
  }
  const ids = all("[id]").map((one) => one.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).slice(0, 5).forEach((id) => want(false, `id twice: ${id}`));
  for (const one of all("[aria-labelledby]"))
    want(document.getElementById(one.getAttribute("aria-labelledby")), "label missing");
  for (const one of all("main section, [role=region]"))
    want(one.getAttribute("aria-label") || one.getAttribute("aria-labelledby"), "part without a name");
  for (const one of all("figure svg")) want(one.getAttribute("aria-label"), "picture without a name");
  for (const one of all("table th")) want(one.scope, `th without scope: ${one.textContent}`);
  for (const one of all("input")) want(one.labels.length, "input without a label");
  for (const one of all("a[href], button, summary")) want(one.textContent.trim(), "control without a name");
  for (const one of all("a[href^='#']"))
    want(document.getElementById(one.hash.slice(1)), `dead link: ${one.hash}`);
  want(document.documentElement.scrollWidth <= innerWidth, "the page scrolls sideways");
  return faults;
}

function contrast() {
    const parse = (text) => { const m = text.match(/[\d.]+/g).map(Number);
    return [m[0], m[1], m[2], m.length > 3 ? m[3] : 1]; };
  const light = (c) => { const f = c.slice(0, 3).map((v) => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
  const behind = (one) => { for (; one; one = one.parentElement) {
    const c = parse(getComputedStyle(one).backgroundColor); if (c[3] === 1) return c; }
    return [255, 255, 255, 1]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faults = new Map(); let least = 99, seen = 0;
  for (let node; (node = walker.nextNode());) {
    const one = node.parentElement;
    if (!node.textContent.trim() || one.closest("script, style, .skip, defs, metadata")) continue;
    if (!one.getClientRects().length) continue;
    const style = getComputedStyle(one), drawn = one.closest("svg");
    const [a, b] = [light(parse(drawn ? style.fill : style.color)), light(behind(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize), bold = +style.fontWeight >= 700;
    seen++; least = Math.min(least, ratio);
    if (ratio < (size >= 24 || (bold && size >= 18.66) ? 3 : 4.5))
      faults.set(`${ratio.toFixed(2)}: ${one.tagName}.${one.className}`, 1);
  }
  return { faults: [...faults.keys()], least, seen };
}

function stops() {
  return [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
    .filter((one) => one.getClientRects().length).length;
}

function focused(fresh) {
  if (fresh) { window.visited = new Set(); document.activeElement.blur(); return null; }
  const one = document.activeElement, style = getComputedStyle(one), again = window.visited.has(one);
  window.visited.add(one);
  return {
    end: again || one === document.body,
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    name: `${one.tagName} ${one.textContent.trim().slice(0, 40)}`,
  };
}
