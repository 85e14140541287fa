"""What can be seen to be wrong with a page without understanding it."""

import re
import time

from playwright.sync_api import Error, Page

SECONDS = 30

_ENGLISH = re.compile(
    r"\b(the|and|with|this|that|was|were|has|have|lot|label|batch|not found)\b",
    re.IGNORECASE,
)
_LOOK = """
() => {
  if (document.readyState !== 'complete' || !document.body) return null;
  const faults = [], english = [];
  const shown = el => {
    const box = el.getBoundingClientRect(), style = getComputedStyle(el);
    return box.width > 1 && box.height > 1 && style.visibility !== 'hidden'
      && box.right > 0 && el.checkVisibility();
  };
  const name = el => el.tagName.toLowerCase()
    + (el.id ? '#' + el.id : '') + (el.className && el.className.baseVal === undefined
      ? '.' + el.className : '') + ' ' + (el.innerText || '').slice(0, 40);
  const all = selector => [...document.querySelectorAll(selector)].filter(shown);
  const lang = document.documentElement.lang;
  if (!['vi', 'en'].includes(lang)) faults.push('lang is ' + lang);
  if (!document.title.trim()) faults.push('no title');
  const heads = all('h1').length;
  if (heads !== 1) faults.push(heads + ' h1');
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) faults.push('scrolls sideways by ' + wide);
  for (const el of all('input, select, textarea')) {
    if (el.type === 'hidden' || el.closest('[aria-hidden=true]')) continue;
    if (!el.labels.length && !el.getAttribute('aria-label'))
      faults.push('no label: ' + el.name);
  }
  for (const el of all('img')) if (!el.hasAttribute('alt')) faults.push('no alt');
  const targets = 'button, [role=button], a.button, summary, select, '
    + 'input:not([type=checkbox], [type=radio]), label:has(> [type=checkbox]), '
    + 'label:has(> [type=radio]), header a';
  for (const el of all(targets)) {
    const height = el.getBoundingClientRect().height;
    if (height < 43.9 && !el.closest('[aria-hidden=true]'))
      faults.push(Math.round(height) + ' px high: ' + name(el));
  }
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = color => {
    const [r, g, b] = color.map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = el => {
    for (; el; el = el.parentElement) {
      const color = rgb(getComputedStyle(el).backgroundColor);
      if (color.length === 3 || color[3] > 0.99) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const el = node.parentElement, text = node.textContent.trim();
    if (!text || !shown(el) || el.closest('.unseen, .skip, svg, option')) continue;
    const style = getComputedStyle(el), size = parseFloat(style.fontSize);
    if (size < 15.95) faults.push(size + ' px small: ' + text.slice(0, 40));
    const pair = [rgb(style.color).slice(0, 3), behind(el)].map(light).sort();
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (contrast < 4.5) faults.push(contrast.toFixed(2) + ' contrast: '
      + text.slice(0, 40));
    if (lang === 'vi' && !el.closest('[lang=en], code, .code')) english.push(text);
  }
  return [faults, english];
}
"""


def faults_of(page: Page) -> list[str]:
    """Return what breaks the basics on the page shown, each in a few words.

    One h1; a language and a title; labels, alternative texts; nothing wider than the
    screen; targets of 44 px, text of 16 px, contrast of 4.5 (WCAG 2.1 AA); no English
    among Vietnamese. A page that is still on its way is waited for.
    """
    faults, texts = _looked_at(page)
    english = [f"English: {text[:60]}" for text in texts if _ENGLISH.search(text)]
    return sorted({*faults, *english})


def _looked_at(page: Page) -> tuple[list[str], list[str]]:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        page.wait_for_load_state()
        try:
            seen = page.evaluate(_LOOK)
        except Error as error:  # another page came while we looked
            if "navigation" not in str(error):
                raise
            seen = None
        if seen is not None:
            faults, texts = seen
            return faults, texts
        page.wait_for_timeout(20)
    raise AssertionError(f"{page.url} was never whole")
