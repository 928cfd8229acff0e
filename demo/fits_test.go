package demo_test

import (
	"github.com/stretchr/testify/require"

	"itlsim/internal/browsertest"
)

// misfits are what does not fit on the page, in words: what stands out sideways or is cut, texts
// that stand on each other, headings that stand on the wall's cells. What is to be scrolled, and
// what only a reader of the screen hears, is not among them.
const misfits = `(() => {
	const found = [], root = document.documentElement;
	if (root.scrollWidth > innerWidth) found.push("the page is " + root.scrollWidth + " pixels wide");
	const seen = [...document.querySelectorAll("header *, #tour *, #stage, #stage *, #strip-panel *")].filter((e) =>
		e.checkVisibility() && !e.closest("canvas, select, .sr") && getComputedStyle(e).clipPath === "none");
	const name = (e) => e.tagName + "#" + e.id + "." + (e.getAttribute("class") ?? "") + " “" + e.textContent.slice(0, 40) + "”";
	for (const e of seen) if (getComputedStyle(e).overflowX !== "visible" && !(e instanceof SVGElement) && !e.matches("#tour-does, #strip-says, #past")) {
		if (e.scrollWidth > e.clientWidth + 1) found.push("cut: " + name(e));
		if (e.scrollHeight > e.clientHeight + 1) found.push("cut below: " + name(e));
	}
	const texts = seen.flatMap((e) => [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()).flatMap((n) => {
		const range = document.createRange();
		range.selectNodeContents(n);
		return [...range.getClientRects()].map((r) => ({ e, r }));
	}));
	texts.forEach(({ e, r }, i) => { for (const o of texts.slice(i + 1)) {
		const across = Math.min(r.right, o.r.right) - Math.max(r.left, o.r.left), down = Math.min(r.bottom, o.r.bottom) - Math.max(r.top, o.r.top);
		if (across > 3 && down > 6 && o.e !== e) found.push("on each other: " + name(e) + ", " + name(o.e));
	} });
	const wall = document.getElementById("wall"), at = wall.getBoundingClientRect(), scale = wall.width / at.width;
	for (const h of wall.checkVisibility() ? document.querySelectorAll("#wall-headings div") : []) {
		const r = h.getBoundingClientRect();
		const d = new Uint32Array(wall.getContext("2d").getImageData((r.x - at.x) * scale, (r.y - at.y) * scale, r.width * scale, r.height * scale - 1).data.buffer);
		if (d.some((v) => v !== d[0])) found.push("on the cells: " + name(h));
	}
	return found;
})()`

// moved is by how many whole pixels a headline of two lines moves what stands below it.
const moved = `(() => {
	const h = document.getElementById("headline"), was = [...h.childNodes], text = document.createRange();
	const below = () => document.getElementById("stage").getBoundingClientRect().top;
	const high = () => { text.selectNodeContents(h); return text.getBoundingClientRect().height; };
	h.textContent = "All phones";
	const line = high(), before = below();
	for (let i = 0; i < 200 && high() < 1.5 * line; i++) h.append(" trust the cluster");
	const two = high() >= 1.5 * line, after = below();
	h.replaceChildren(...was);
	return two ? Math.round(after - before) : NaN;
})()`

// The screens that the page is made for, in pixels.
var (
	onAPhone    = [2]int64{390, 844}
	onABeamer   = [2]int64{1280, 720}
	onALaptop   = [2]int64{1280, 800}
	onAWideOne  = [2]int64{1920, 1080}
	everyScreen = [][2]int64{onAPhone, onAWideOne, onALaptop}
)

// fits requires that all that the page shows in a state fits on screens; the last stays.
func (p *person) fits(state string, screens ...[2]int64) {
	p.t.Helper()
	for _, s := range screens {
		p.window(s[0], s[1])
		p.rests()
		if err := browsertest.Becomes(p.ctx, misfits+".length === 0"); err != nil {
			p.fails("%s, %d × %d: %v, %q", state, s[0], s[1], err, evaluate[[]string](p, misfits))
		}
		if s != onAPhone { // where it has a row of its own
			require.Zero(p.t, evaluate[float64](p, moved), "%s, %d × %d", state, s[0], s[1])
		}
	}
}
