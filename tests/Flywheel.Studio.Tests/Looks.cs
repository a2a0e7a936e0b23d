namespace Flywheel.Studio.Tests;

/// <summary>What can be told of a page by looking at it.</summary>
static class Looks
{
    /// <summary>Texts whose contrast to what lies behind them is below 4.5 (3 where they are large), and controls without a name.</summary>
    public static Task<string[]> FaultsAsync(BrowserPage page) => page.EvaluateAsync<string[]>("""
        (() => {
          const faults = [], canvas = new OffscreenCanvas(1, 1), c = canvas.getContext('2d', { willReadFrequently: true });
          const rgba = text => { c.clearRect(0, 0, 1, 1); c.fillStyle = text; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
          const lum = p => { const f = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(p[0]) + 0.7152 * f(p[1]) + 0.0722 * f(p[2]); };
          const ground = e => { const stack = []; for (; e; e = e.parentElement) { const p = rgba(getComputedStyle(e).backgroundColor); stack.push(p); if (p[3] === 255) break; }
            let out = [255, 255, 255]; for (const p of stack.reverse()) out = out.map((v, i) => v * (1 - p[3] / 255) + p[i] * p[3] / 255); return out; };
          const seen = e => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1 && e.checkVisibility({ opacityProperty: true, visibilityProperty: true }); };
          for (const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walk.nextNode();) {
            const e = walk.currentNode.parentElement;
            if (!walk.currentNode.data.trim() || !seen(e) || e.closest('.overlay, .sr, button:disabled, option')) continue;
            const style = getComputedStyle(e), isSvg = !!e.closest('svg');
            const ink = rgba(isSvg ? style.fill : style.color), back = ground(isSvg ? e.closest('svg') : e);
            const [a, b] = [lum(ink), lum(back)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
            const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
            if (ratio < (large ? 3 : 4.5)) faults.push(`${ratio.toFixed(2)} ${walk.currentNode.data.trim().slice(0, 40)}`);
          }
          for (const e of document.querySelectorAll('button, a[href], input, select, textarea, [role=listbox], canvas, img')) {
            if (!seen(e)) continue;
            const name = e.getAttribute('aria-label') || e.getAttribute('alt') || (e.labels && [...e.labels].map(l => l.textContent).join('')) || e.textContent.trim() || e.title;
            if (!name && !(e.tagName === 'IMG' && e.getAttribute('alt') === '')) faults.push(`no name: ${e.outerHTML.slice(0, 80)}`);
          }
          if (document.documentElement.scrollWidth > innerWidth + 1) faults.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
          return faults;
        })()
        """);
}
