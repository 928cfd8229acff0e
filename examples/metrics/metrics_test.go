// Package metrics_test tries this directory's dashboard and configuration with a real
// Prometheus.
package metrics_test

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
	"itlsim/lab/metrics"
	"itlsim/scenarios/scenariotest"
)

// dashboard is what these tests need of dashboard.json.
type dashboard struct {
	UID           string
	SchemaVersion int
	Annotations   *struct{ List []any }
	Templating    struct {
		List []struct {
			Name, Type string
			Datasource *source
		}
	}
	Panels []struct {
		ID         int
		Datasource source
		GridPos    struct{ X, Y, W, H int }
		Targets    []struct{ RefID, Expr string }
	}
}

// source is where a panel or variable gets its data.
type source struct{ Type, UID string }

func theDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	data, err := os.ReadFile("dashboard.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &d))
	return d
}

// queries are those of the dashboard.
func queries(t *testing.T) (all []string) {
	t.Helper()
	for _, p := range theDashboard(t).Panels {
		require.NotEmpty(t, p.Targets)
		for _, target := range p.Targets {
			all = append(all, target.Expr)
		}
	}
	require.NotEmpty(t, all)
	return all
}

// What Grafana wants of a dashboard that somebody imports: its own identity, a version of the
// schema that it migrates from, a Prometheus that is chosen once and that each panel and
// variable asks, and panels that have room in its 24 columns.
func TestDashboardCanBeImported(t *testing.T) {
	d := theDashboard(t)
	require.NotEmpty(t, d.UID)
	require.GreaterOrEqual(t, d.SchemaVersion, 36, "panels have a data source with type and uid since Grafana 9")
	require.NotNil(t, d.Annotations)
	chosen := source{"prometheus", "${datasource}"}
	require.Equal(t, "datasource", d.Templating.List[0].Name)
	require.Equal(t, "datasource", d.Templating.List[0].Type)
	for _, v := range d.Templating.List[1:] {
		require.Equal(t, &chosen, v.Datasource, v.Name)
	}
	ids, taken := make(map[int]bool), make(map[[2]int]int)
	for _, p := range d.Panels {
		require.Equal(t, chosen, p.Datasource, p.ID)
		require.False(t, ids[p.ID], p.ID)
		ids[p.ID] = true
		at := p.GridPos
		require.True(t, at.W > 0 && at.H > 0 && at.X >= 0 && at.X+at.W <= 24, p.ID)
		for x := at.X; x < at.X+at.W; x++ {
			for y := at.Y; y < at.Y+at.H; y++ {
				require.Zero(t, taken[[2]int{x, y}], "panel %d lies on another", p.ID)
				taken[[2]int{x, y}] = p.ID
			}
		}
		refs := make(map[string]bool)
		for _, target := range p.Targets {
			require.False(t, refs[target.RefID], p.ID)
			refs[target.RefID] = true
		}
	}
}

// The dashboard shows each metric of docs/reference/metrics.md, whose table is tested, and no other.
func TestQueriesNameMetrics(t *testing.T) {
	page, err := os.ReadFile("../../docs/reference/metrics.md")
	require.NoError(t, err)
	listed := make(map[string]bool)
	for _, row := range regexp.MustCompile("(?m)^\\| `(itlsim_\\w+)`").FindAllStringSubmatch(string(page), -1) {
		listed[row[1]] = true
	}
	shown := make(map[string]bool)
	for _, name := range regexp.MustCompile(`itlsim_\w+`).FindAllString(strings.Join(queries(t), " "), -1) {
		shown[strings.TrimSuffix(name, "_bucket")] = true
	}
	require.Equal(t, listed, shown)
}

// Prometheus scrapes phones that lost their trust as prometheus.yml says, and each query of
// the dashboard finds something: of states and boots, what phones themselves know.
func TestPrometheus(t *testing.T) {
	program := sftptest.Program(t, "prometheus")
	const phones = 10
	l := scenariotest.Open(t, "both-certificates-at-once", phones)
	l.Do("phones: power on", "20% of the phones: power off")
	l.Type("test10pub", "set cert regen CallManager", "yes")
	l.Do("wait: 6 minutes")
	l.Type("test10pub", "set cert regen TVS", "yes")
	l.Do("20% of the phones: power on")
	at, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := metrics.Serve(at, func() metrics.Source { return metrics.Of(l.Lab) })
	t.Cleanup(func() { _ = server.Close() })

	p := start(t, program, server.Addr().String())
	boots := l.Fleet.Tally().Boots.Load()
	require.Greater(t, boots, uint64(phones))
	p.awaits("sum(itlsim_boots_total)", float64(boots))
	p.awaits(`itlsim_phones{state="untrusted"}`, 2)
	for _, query := range queries(t) {
		query = strings.NewReplacer("$instance", ".+", "$__rate_interval", "1m").Replace(query)
		p.until(query, func(found []string) bool { return len(found) > 0 })
	}
}

// A prometheus is a running one.
type prometheus struct {
	t   *testing.T
	url string
}

// listening is what it prints when it serves.
var listening = regexp.MustCompile(`msg="Listening on" address=(\S+)`)

// start starts one with this directory's configuration, but for the target.
func start(t *testing.T, program, target string) *prometheus {
	t.Helper()
	config, err := os.ReadFile("prometheus.yml")
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(config), `"127.0.0.1:9464"`))
	dir := t.TempDir()
	file := filepath.Join(dir, "prometheus.yml")
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(config), "127.0.0.1:9464", target, 1)), 0o600))
	cmd := exec.Command(program, "--config.file", file, "--storage.tsdb.path", filepath.Join(dir, "data"),
		"--web.listen-address", "127.0.0.1:0")
	said, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var log strings.Builder
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		log.WriteString(lines.Text() + "\n")
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			go func() { // what it says later would else hold it up
				for lines.Scan() {
				}
			}()
			return &prometheus{t, "http://" + m[1]}
		}
	}
	t.Fatalf("prometheus ends, or does not say where it is (%v):\n%s", lines.Err(), log.String())
	return nil
}

// asks gives the values that a query finds now.
func (p *prometheus) asks(query string) (values []string) {
	answer, err := http.Get(p.url + "/api/v1/query?query=" + url.QueryEscape(query))
	require.NoError(p.t, err)
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusServiceUnavailable {
		return nil // it is not ready yet
	}
	var found struct {
		Status, Error string
		Data          struct{ Result []struct{ Value [2]any } }
	}
	require.NoError(p.t, json.NewDecoder(answer.Body).Decode(&found))
	require.Equal(p.t, "success", found.Status, "%s: %s", query, found.Error)
	for _, r := range found.Data.Result {
		values = append(values, r.Value[1].(string))
	}
	return values
}

// awaits waits until a query finds this number alone.
func (p *prometheus) awaits(query string, want float64) {
	p.t.Helper()
	data, err := json.Marshal(want)
	require.NoError(p.t, err)
	p.until(query, func(found []string) bool { return len(found) == 1 && found[0] == string(data) })
}

// until asks again and again, until what is found is as wanted.
func (p *prometheus) until(query string, wanted func(found []string) bool) {
	p.t.Helper()
	var found []string
	for range 300 { // a minute
		if found = p.asks(query); wanted(found) {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	p.t.Fatalf("%s finds %q", query, found)
}
