package browsertest

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// What a page shows is waited for, not for ever, and what stands there instead is told.
func TestSeesOnThePage(t *testing.T) {
	ctx := Open(t, 2*Patience)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(
		`data:text/html,<p id=now>It is dark. <script>setTimeout(() => now.append("It dawns."), 500)</script>`)))
	require.NoError(t, Sees(ctx, "#now", "dawns"))
	err := sees(ctx, "#now", "noon", time.Second)
	require.ErrorContains(t, err, `#now has not shown "noon" for 1s, but "It is dark. `)
	require.ErrorContains(t, err, "It dawns.")
	require.ErrorContains(t, sees(ctx, "#then", "noon", time.Second), `(no such element)`)
}

// A button that jumps about, as on a page that is drawn meanwhile, is clicked once, and what
// stands in its place at other times not at all; nor is it lost where it's drawn anew while it is
// pressed.
func TestClickOnThePage(t *testing.T) {
	ctx := Open(t, 2*Patience)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(`data:text/html,
		<style>button { position: absolute; top: 0; width: 100px; height: 50px } </style>
		<button id=other>Other</button><button id=go>Go</button>
		<script>
			let clicks = { go: 0, other: 0 }, frames = 0, anew = 0;
			const get = (id) => document.getElementById(id);
			addEventListener("click", (e) => clicks[e.target.id]++);
			addEventListener("pointerdown", (e) => { if (anew++ < 3) get("go").replaceWith(get("go").cloneNode(true)); });
			function jump() {
				frames++;
				get("go").style.left = frames % 2 ? "0" : "200px";
				get("other").style.left = frames % 2 ? "200px" : "0";
				if (frames < 60) requestAnimationFrame(jump);
			}
			jump();
		</script>`)))
	require.NoError(t, Click(ctx, "#go"))
	clicks, err := evaluate[map[string]int](ctx, "clicks")
	require.NoError(t, err)
	require.Equal(t, map[string]int{"go": 1, "other": 0}, clicks)
	anew, err := evaluate[int](ctx, "anew")
	require.NoError(t, err)
	require.Greater(t, anew, 3, "three presses were in vain")
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	require.ErrorContains(t, Click(short, "#none"), "no click on #none: there is none: context deadline exceeded")
}
