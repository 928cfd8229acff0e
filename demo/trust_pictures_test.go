package demo_test

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"itlsim/internal/browsertest"
	"itlsim/scenarios"
)

const tenPictures = "../examples/ten-pictures.yaml"

// drawing is the trust picture as an SVG of its own, in the colours that it has on the page: the
// phones that it is about and how they are, what the page says of it as its title, and what is
// drawn.
const drawing = `(() => {
	document.getAnimations().forEach((a) => a.cancel());
	const drawn = document.querySelector("#trust svg"), copy = drawn.cloneNode(true), head = 26;
	const hex = (c) => c.startsWith("rgb(") ? "#" + c.match(/\d+/g).map((n) => (+n).toString(16).padStart(2, "0")).join("") : c;
	const usual = { fill: "#000000", stroke: "none", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linecap": "butt",
		opacity: "1", "font-size": "13px", "font-weight": "400", "paint-order": "normal" };
	const originals = drawn.querySelectorAll("*");
	copy.querySelectorAll("*").forEach((e, i) => {
		const style = getComputedStyle(originals[i]), words = e.matches("text, tspan");
		e.removeAttribute("style");
		if (e.tagName === "title") return;
		for (const [name, value] of Object.entries(usual)) {
			if (name.startsWith("font") && !words || e.tagName === "g" && name !== "opacity") continue;
			const is = hex(style.getPropertyValue(name));
			if (is !== value) e.setAttribute(name, is);
		}
	});
	copy.querySelectorAll("g > title").forEach((e) => e.remove());
	const [x, y, width, height] = drawn.getAttribute("viewBox").split(" ").map(Number);
	const svg = (tag, attributes, text = "") => {
		const e = document.createElementNS(copy.namespaceURI, tag);
		for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
		e.textContent = text;
		return e;
	};
	const tab = document.querySelector('.trust-tab[aria-selected="true"]'), ink = hex(getComputedStyle(document.body).color);
	const state = hex(getComputedStyle(tab.querySelector(".trust-bar span")).backgroundColor);
	for (const name of ["role", "class", "aria-labelledby"]) copy.removeAttribute(name);
	copy.setAttribute("viewBox", [x - 12, y - head - 10, width + 24, height + head + 20].join(" "));
	copy.setAttribute("width", width + 24);
	copy.setAttribute("height", height + head + 20);
	copy.setAttribute("font-size", usual["font-size"]);
	copy.setAttribute("font-family", "system-ui, DejaVu Sans, sans-serif");
	copy.prepend(
		svg("title", {}, document.querySelector("#trust-says").textContent.replace(/\s+/g, " ").trim()),
		svg("rect", { x: x - 12, y: y - head - 10, width: width + 24, height: height + head + 20, fill: "#ffffff" }),
		svg("rect", { x: x + 1, y: y - head + 1, width: 13, height: 13, fill: state, stroke: "#8a919c" }),
		svg("text", { x: x + 22, y: y - head + 12, fill: ink, "font-size": "14px", "font-weight": "700" },
			tab.querySelector("b").textContent + ": " + tab.querySelector(".trust-counts").textContent));
	return new XMLSerializer().serializeToString(copy).replaceAll("><", ">\n<") + "\n";
})()`

// The pictures of docs/trust.md are what the page shows of phones and nodes at the end of each
// step of the scenario: with -update they are drawn anew.
func TestTenPicturesOnThePage(t *testing.T) {
	t.Parallel()
	tour, err := scenarios.LoadFile(tenPictures)
	require.NoError(t, err)
	p := lead(t, tour, tour.Phones())
	p.window(1280, 1000) // in which there is room for all that a drawing may have
	for i := range tour.Steps {
		ended := "Paused"
		if i == len(tour.Steps)-1 {
			ended = "This is the end of the tour."
		}
		p.begins(fmt.Sprintf("%d. ", i+1))
		p.sees("#tour-status", ended)
		require.Equal(t, 0, evaluate[int](p, `document.querySelectorAll("#tour-expected .failed").length`))
		file := trustPicture(i)
		if *rewrite {
			p.do(chromedp.Sleep(2 * time.Second)) // for the last change, of which nothing tells
			require.NoError(t, os.WriteFile(file, []byte(evaluate[string](p, drawing)), 0o644))
		}
		kept, err := os.ReadFile(file)
		require.NoError(t, err)
		want, until := sayings(string(kept)), time.Now().Add(browsertest.Patience)
		said := func() []string { return sayings(evaluate[string](p, drawing)) }
		for !slices.Equal(want, said()) && time.Now().Before(until) {
			p.rests()
		}
		require.Equal(t, want, said(), file)
	}
}

func trustPicture(step int) string {
	return filepath.Join(pictures, fmt.Sprintf("trust-%d.svg", step+1))
}

// saying are the parts of a drawing that say something: words and kinds of lines. What keys look
// like is another matter, since they are new with each cluster.
var saying = regexp.MustCompile(`<(?:text|title|tspan)[^>]*>([^<]*)|class="(line[^"]*)"`)

func sayings(drawing string) (all []string) {
	for _, m := range saying.FindAllStringSubmatch(drawing, -1) {
		all = append(all, strings.TrimSpace(m[1]+strings.TrimSuffix(m[2], " now")))
	}
	return all
}

// docs/trust.md tells what the scenario tells, and has the page's words for who does not see a
// picture.
func TestTenPicturesAreTold(t *testing.T) {
	tour, err := scenarios.LoadFile(tenPictures)
	require.NoError(t, err)
	require.Len(t, tour.Steps, 10)
	const file = "../docs/trust.md"
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, _ := strings.Cut(string(page), "## 1. ")
	_, after, _ := strings.Cut(rest, "\n## What ")
	var all strings.Builder
	all.WriteString(before)
	for i, step := range tour.Steps {
		picture, err := os.ReadFile(trustPicture(i))
		require.NoError(t, err)
		require.Less(t, len(picture), 60_000)
		alt := html.UnescapeString(sayings(string(picture))[0])
		fmt.Fprintf(&all, "## %d. %s\n\n![%s](pictures/%s)\n\n%s\n\n",
			i+1, step.Name, alt, filepath.Base(trustPicture(i)), strings.TrimSpace(step.Says))
	}
	want := strings.TrimSuffix(all.String(), "\n") + "\n## What " + after
	if *rewrite {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(page))
}
