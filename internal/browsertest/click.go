package browsertest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// aim has the page find the place at which an element is pressed, and note of the press that
// follows whether it was the element's. What else it hits, where the page moves meanwhile, gets
// no click of it.
const aim = `((selector) => {
	const ours = (node) => document.querySelector(selector)?.contains(node) ?? false;
	const place = () => {
		const r = document.querySelector(selector)?.getClientRects()[0];
		return r ? [r.x + r.width / 2, r.y + r.height / 2] : null;
	};
	const there = () => place() && document.elementFromPoint(...place());
	const e = document.querySelector(selector);
	if (!e) return { not: "there is none" };
	if (!e.checkVisibility({ visibilityProperty: true })) return { not: "it is hidden" };
	if (e.matches(":disabled")) return { not: "it is disabled" };
	if (!ours(there())) e.scrollIntoView({ block: "center", behavior: "instant" });
	if (!ours(there())) return { not: "it is behind " + (there()?.cloneNode().outerHTML ?? "the window's edge") };
	const over = new AbortController(), press = { down: false, up: false, clicked: false };
	window.press_ = { place, over, press };
	const on = (type, note) => addEventListener(type, note, { capture: true, signal: over.signal });
	on("pointerdown", (e) => { press.down = ours(e.target); });
	on("pointerup", (e) => { press.up = ours(e.target); });
	on("click", (e) => {
		if (ours(e.target)) press.clicked = true;
		else if (e.isTrusted && !press.clicked) { e.stopImmediatePropagation(); e.preventDefault(); }
	});
	return { at: place() };
})`

// Pressed is what became of a press: whether the button of the mouse went down on the element,
// and up, and whether that was a click.
type Pressed struct {
	Down    bool `json:"down"`    // the button went down on the element
	Up      bool `json:"up"`      // and up
	Clicked bool `json:"clicked"` // that was a click
}

// Click clicks on the first element that a selector finds, once. Where the page moved or drew it
// anew under the pointer, so that the click did not arrive, it is pressed again.
func Click(ctx context.Context, selector string) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	for {
		p, err := Press(ctx, selector, nil)
		if err != nil {
			return fmt.Errorf("no click on %s: %w", selector, err)
		}
		if p.Clicked {
			return nil
		}
	}
}

// Press presses the mouse's button on the first element that a selector finds, as soon as it can
// be pressed. With the button down on it something may be done meanwhile; the pointer goes with
// the element then.
func Press(ctx context.Context, selector string, meanwhile func()) (p Pressed, err error) {
	at, err := aimAt(ctx, selector)
	if err != nil {
		return p, err
	}
	mouse := func(does input.DispatchMouseEventType) error {
		return chromedp.Do(ctx, chromedp.MouseEvent(does, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
	if err := mouse(chromedp.MousePressed); err != nil {
		return p, err
	}
	if meanwhile != nil {
		if p, err = evaluate[Pressed](ctx, `press_.press`); err == nil && p.Down {
			meanwhile()
			at, err = evaluate[[2]float64](ctx, fmt.Sprintf(`press_.place() ?? [%v, %v]`, at[0], at[1]))
		}
	}
	err = errors.Join(err, mouse(chromedp.MouseReleased))
	if err != nil {
		return p, err
	}
	return evaluate[Pressed](ctx, `(press_.over.abort(), press_.press)`)
}

// aimAt waits until an element can be pressed, and returns where.
func aimAt(ctx context.Context, selector string) (at [2]float64, err error) {
	not := "the page does not answer"
	for ctx.Err() == nil {
		aimed, err := evaluate[struct {
			At  [2]float64 `json:"at"`
			Not string     `json:"not"`
		}](ctx, fmt.Sprintf("%s(%q)", aim, selector))
		switch {
		case err == nil && aimed.Not == "":
			return aimed.At, nil
		case err == nil:
			not = aimed.Not
			time.Sleep(interval)
		case ctx.Err() == nil:
			return at, err
		}
	}
	return at, fmt.Errorf("%s: %w", not, ctx.Err())
}
