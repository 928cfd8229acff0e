package browsertest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

// A Firefox is Debian's, headless, with one window, driven by WebDriver BiDi.
type Firefox struct {
	t       *testing.T
	conn    net.Conn
	command int
	window  string
	errors  []string
}

// OpenFirefox starts a Firefox that ends with the test. It skips the test where there is none,
// or no time for it.
func OpenFirefox(t *testing.T) *Firefox {
	t.Helper()
	wanted(t)
	profile := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(profile, "user.js"), []byte(`user_pref("network.proxy.type", 0);`),
		0o600))
	firefox := exec.Command(sftptest.Program(t, "firefox-esr"), "--headless", "--no-remote",
		"--profile", profile, "--remote-debugging-port=0", "about:blank")
	firefox.Env = append(os.Environ(), "HOME="+profile)
	require.NoError(t, firefox.Start())
	f := &Firefox{t: t}
	t.Cleanup(func() {
		if f.conn != nil {
			f.call("browser.close", map[string]any{}, nil)
			f.conn.Close()
		}
		kill := time.AfterFunc(Patience, func() { firefox.Process.Kill() })
		defer kill.Stop()
		if f.conn == nil {
			firefox.Process.Kill()
		}
		firefox.Wait() // how it ends does not matter
	})
	f.connect(filepath.Join(profile, "WebDriverBiDiServer.json"))
	return f
}

// connect opens a session, whose address Firefox writes into a file.
func (f *Firefox) connect(file string) {
	f.t.Helper()
	var at struct {
		Host string `json:"ws_host"`
		Port int    `json:"ws_port"`
	}
	require.Eventually(f.t, func() bool {
		b, err := os.ReadFile(file)
		return err == nil && json.Unmarshal(b, &at) == nil
	}, Patience, 50*time.Millisecond, "Firefox never said where it listens")
	conn, _, _, err := ws.Dial(context.Background(), "ws://"+net.JoinHostPort(at.Host, strconv.Itoa(at.Port))+"/session")
	require.NoError(f.t, err)
	f.conn = conn
	f.call("session.new", map[string]any{"capabilities": map[string]any{}}, nil)
	f.call("session.subscribe", map[string]any{"events": []string{"log.entryAdded"}}, nil)
	var tree struct{ Contexts []struct{ Context string } }
	f.call("browsingContext.getTree", map[string]any{}, &tree)
	f.window = tree.Contexts[0].Context
}

// call does one command, and keeps the errors that the page logs meanwhile.
func (f *Firefox) call(method string, params, result any) {
	f.t.Helper()
	f.command++
	b, err := json.Marshal(map[string]any{"id": f.command, "method": method, "params": params})
	require.NoError(f.t, err)
	require.NoError(f.t, f.conn.SetDeadline(time.Now().Add(Patience)))
	require.NoError(f.t, wsutil.WriteClientText(f.conn, b))
	for {
		b, err := wsutil.ReadServerText(f.conn)
		require.NoError(f.t, err, method)
		var m struct {
			ID             int
			Error, Message string
			Method         string
			Result         json.RawMessage
			Params         struct{ Level, Text string }
		}
		require.NoError(f.t, json.Unmarshal(b, &m), "%s", b)
		if m.Method == "log.entryAdded" && m.Params.Level == "error" {
			f.errors = append(f.errors, m.Params.Text)
		}
		if m.ID != f.command {
			continue
		}
		require.Empty(f.t, m.Error, "%s: %s", method, m.Message)
		if result != nil {
			require.NoError(f.t, json.Unmarshal(m.Result, result), "%s", m.Result)
		}
		return
	}
}

// Go opens a page in a window of a size in pixels.
func (f *Firefox) Go(url string, width, height int) {
	f.t.Helper()
	f.Size(width, height)
	f.call("browsingContext.navigate", map[string]any{"context": f.window, "url": url, "wait": "complete"}, nil)
}

// Size makes the window as large as that, in pixels.
func (f *Firefox) Size(width, height int) {
	f.t.Helper()
	f.call("browsingContext.setViewport", map[string]any{"context": f.window,
		"viewport": map[string]int{"width": width, "height": height}}, nil)
}

// Press presses keys, one after the other, as WebDriver names them: a character, or one of those
// that stand for keys (https://www.w3.org/TR/webdriver2/#keyboard-actions).
func (f *Firefox) Press(keys ...string) {
	f.t.Helper()
	var actions []map[string]string
	for _, key := range keys {
		actions = append(actions, map[string]string{"type": "keyDown", "value": key},
			map[string]string{"type": "keyUp", "value": key})
	}
	f.call("input.performActions", map[string]any{"context": f.window,
		"actions": []any{map[string]any{"type": "key", "id": "keyboard", "actions": actions}}}, nil)
}

// Evaluate is a JavaScript expression's value, as text.
func (f *Firefox) Evaluate(expression string) string {
	f.t.Helper()
	var said struct {
		Type             string
		Result           struct{ Value string }
		ExceptionDetails struct{ Text string }
	}
	f.call("script.evaluate", map[string]any{"expression": "String(" + expression + ")",
		"target": map[string]string{"context": f.window}, "awaitPromise": true}, &said)
	require.Equal(f.t, "success", said.Type, "%s: %s", expression, said.ExceptionDetails.Text)
	return said.Result.Value
}

// Shoot takes a picture of the window, as PNG.
func (f *Firefox) Shoot() []byte {
	f.t.Helper()
	var picture struct{ Data string }
	f.call("browsingContext.captureScreenshot", map[string]any{"context": f.window}, &picture)
	png, err := base64.StdEncoding.DecodeString(picture.Data)
	require.NoError(f.t, err)
	return png
}

// Errors are what the page has logged as errors so far.
func (f *Firefox) Errors() []string {
	f.Evaluate("0") // what was logged before has come
	return f.errors
}
