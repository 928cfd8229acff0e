package metrics

import (
	"cmp"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/internal/reference"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// played plays a scenario, while somebody scrapes, and gives its lab and report.
func played(t *testing.T, mode, name string) (*lab.Lab, *report.Report) {
	t.Helper()
	s, ok := scenarios.Find(name)
	require.True(t, ok)
	var opened atomic.Pointer[lab.Lab]
	now := func() Source { return Of(opened.Load()) }
	opt := scenarios.Options{
		Lab:    lab.Options{Mode: mode, Phones: 20, Seed: 1, Keys: testkeys.NewPool(1)},
		Opened: func(l *lab.Lab) { opened.Store(l) },
		Progress: func(p scenarios.Progress) {
			all := gathered(t, now)
			if p.Done { // phones think the same; when the lab closes they hang up
				require.EqualValues(t, registered(opened.Load()), sum(all["itlsim_registrations"]), p.Name)
			}
		},
	}
	require.Empty(t, gathered(t, now), "there is no lab yet")
	r, err := scenarios.Run(t.Context(), s, opt)
	require.NoError(t, err)
	require.True(t, r.Passed)
	return opened.Load(), r
}

// gathered are the metrics of a source, by name, as a scrape has them.
func gathered(t *testing.T, now func() Source) map[string]*dto.MetricFamily {
	t.Helper()
	all := prometheus.NewPedanticRegistry()
	require.NoError(t, all.Register(New(now)))
	families, err := all.Gather()
	require.NoError(t, err)
	byName := make(map[string]*dto.MetricFamily)
	for _, f := range families {
		byName[f.GetName()] = f
	}
	return byName
}

// sum adds the values of a family up whose labels have these values, as name=value.
func sum(f *dto.MetricFamily, labels ...string) (n float64) {
	for _, m := range f.GetMetric() {
		var has []string
		for _, l := range m.GetLabel() {
			has = append(has, l.GetName()+"="+l.GetValue())
		}
		if !slices.ContainsFunc(labels, func(l string) bool { return !slices.Contains(has, l) }) {
			n += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return n
}

// At the end of a run metrics and report say the same, in both modes.
func TestMetricsAreTheReports(t *testing.T) {
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			l, r := played(t, mode, "bulk-reset")
			all, c := gathered(t, func() Source { return Of(l) }), r.Counts
			for _, want := range []struct {
				name   string
				labels []string
				value  uint64
			}{
				{"itlsim_boots_total", nil, c.Boots},
				{"itlsim_refused_files_total", nil, c.RefusedFiles},
				{"itlsim_refused_files_total", []string{"reason=every trust point is lost"}, c.RefusedFiles},
				{"itlsim_tvs_requests_total", []string{"command=QUERY", "result=answered"}, c.TVSQueries},
				{"itlsim_tvs_requests_total", []string{"command=VERIFY", "result=answered"}, c.TVSVerifies},
				{"itlsim_tvs_requests_total", []string{"command=QUERY", "result=mismatch"}, c.TVSStrange},
				{"itlsim_tvs_requests_total", []string{"command=VERIFY", "result=mismatch"}, 0},
				{"itlsim_tvs_requests_total", []string{"result=unanswered"}, c.TVSSilent},
				{"itlsim_tftp_files_total", nil, c.TFTPFiles},
				{"itlsim_tftp_retransmits_total", nil, c.Retransmits},
				{"itlsim_alarms_total", nil, c.AlarmsDeviceTLInfo},
			} {
				require.NotNil(t, all[want.name], want.name)
				require.EqualValues(t, want.value, sum(all[want.name], want.labels...), "%s %s", want.name, want.labels)
			}
			require.NotZero(t, c.Boots*c.RefusedFiles*c.TVSStrange*c.TFTPFiles*c.AlarmsDeviceTLInfo)
			require.NotZero(t, sum(all["itlsim_alarms_total"], "match=Match"))
			seen := make(map[[2]string]int)
			l.Each(fleet.Basics, func(_ int, m *lab.Member, v *fleet.View) {
				seen[[2]string{"group=" + m.Group, "state=" + fleet.PlaceName(v.Place())}]++
			})
			for at, n := range seen {
				require.EqualValues(t, n, sum(all["itlsim_phones"], at[:]...), at)
			}
			require.EqualValues(t, r.Phones, sum(all["itlsim_phones"]))
			require.EqualValues(t, r.States.Trusted, sum(all["itlsim_phones"], "state=trusted"))

			h := all["itlsim_boot_seconds"].GetMetric()[0].GetHistogram()
			require.Equal(t, c.Boots, h.GetSampleCount())
			require.Positive(t, h.GetSampleSum())
			require.Len(t, h.GetBucket(), len(bounds))
			for i, b := range h.GetBucket() {
				half := l.Fleet.BootTimes().P50.Seconds() <= b.GetUpperBound()
				require.Equal(t, half, b.GetCumulativeCount() >= (c.Boots+1)/2, "bucket %d", i)
			}
		})
	}
}

// Of questions that failed it is known, too, what phones asked or would have asked: about a
// list where TVS is down, about the directory where it is down or a stranger.
func TestQuestionsThatFailed(t *testing.T) {
	const metric = "itlsim_tvs_requests_total"
	for _, mode := range lab.Modes {
		for name, failed := range map[string][][]string{
			"tvs-outage": {{"command=QUERY", "result=unanswered"}},
			"host-not-found": {
				{"command=QUERY", "result=mismatch"}, {"command=VERIFY", "result=mismatch"},
				{"command=VERIFY", "result=unanswered"},
			},
		} {
			t.Run(mode+"/"+name, func(t *testing.T) {
				l, r := played(t, mode, name)
				f := gathered(t, func() Source { return Of(l) })[metric]
				for _, labels := range failed {
					require.NotZero(t, sum(f, labels...), labels)
				}
				for label, want := range map[string]uint64{
					"result=mismatch": r.Counts.TVSStrange, "result=unanswered": r.Counts.TVSSilent,
					"result=answered": r.Counts.TVSQueries + r.Counts.TVSVerifies,
				} {
					require.EqualValues(t, want, sum(f, label), label)
					require.EqualValues(t, want, sum(f, label, "command=QUERY")+sum(f, label, "command=VERIFY"), label)
				}
			})
		}
	}
}

// Phones alone have the same metrics, by what they know: of a cluster elsewhere its own
// numbers are not to be had.
func TestPhonesAlone(t *testing.T) {
	for _, mode := range lab.Modes {
		l, r := played(t, mode, "host-not-found")
		whole := gathered(t, func() Source { return Of(l) })
		alone := gathered(t, func() Source { return Source{Fleet: l.Fleet} })
		for name, f := range whole {
			require.Equal(t, f.GetHelp(), alone[name].GetHelp())
			if name != "itlsim_tftp_retransmits_total" && name != "itlsim_registrations" { // hung up with the lab
				require.Equal(t, sum(f), sum(alone[name]), "%s in %s mode", name, mode)
			}
		}
		require.EqualValues(t, r.Phones, sum(alone["itlsim_registrations"]))
	}
}

// registered counts the phones that think that they are.
func registered(l *lab.Lab) (n int) {
	l.Each(fleet.Calls, func(_ int, _ *lab.Member, v *fleet.View) {
		if v.CallManager != "" {
			n++
		}
	})
	return n
}

// Names, types and help are as Prometheus' promlint wants them, and docs/reference/metrics.md has
// a row for each metric, and no other.
func TestReferenceOfMetrics(t *testing.T) {
	l, _ := played(t, lab.Virtual, "bulk-reset")
	now := func() Source { return Of(l) }
	problems, err := testutil.CollectAndLint(New(now))
	require.NoError(t, err)
	require.Empty(t, problems)

	var rows [][]string
	for _, f := range gathered(t, now) {
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, "`"+l.GetName()+"`")
		}
		rows = append(rows, []string{"`" + f.GetName() + "`", strings.ToLower(f.GetType().String()),
			cmp.Or(strings.Join(labels, ", "), "-"), f.GetHelp()})
	}
	slices.SortFunc(rows, slices.Compare)
	reference.Keep(t, *update, "metrics", "# Metrics\n\nThe metrics for Prometheus, written by "+
		"`go test ./lab/metrics -run Reference -update`. [How to watch with them](../metrics.md) says where they are and "+
		"what their labels mean.\n\n"+reference.Table([]string{"metric", "type", "labels", "what it is"}, rows...))
}

var update = flag.Bool("update", false, "write docs/reference/metrics.md anew")

// Beyond the first groups all are counted as one, so that a plan of thousands does not
// fill a Prometheus.
func TestGroupsAreBounded(t *testing.T) {
	for _, groups := range []int{maxGroups, maxGroups + 7} {
		s := Source{Groups: func() (names []string, states []fleet.States) {
			for i := range groups {
				names, states = append(names, fmt.Sprint(i)), append(states, fleet.States{fleet.Off: 2})
			}
			return names, states
		}}
		names, states := s.groups()
		require.Len(t, states, len(names))
		total := 0
		for _, of := range states {
			total += of[fleet.Off]
		}
		require.Equal(t, 2*groups, total)
		require.Len(t, names, min(groups, maxGroups+1))
		require.Equal(t, groups > maxGroups, slices.Contains(names, otherGroups))
	}
}

// One scrape too many at a time is refused.
func TestScrapesAreBounded(t *testing.T) {
	asked, going := make(chan struct{}), make(chan struct{})
	h := Handler(func() Source {
		asked <- struct{}{}
		<-going
		return Source{}
	})
	get := func() int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Path, nil))
		return w.Code
	}
	codes := make(chan int, maxScrapes)
	for range maxScrapes {
		go func() { codes <- get() }()
		<-asked
	}
	require.Equal(t, http.StatusServiceUnavailable, get())
	close(going)
	for range maxScrapes {
		require.Equal(t, http.StatusOK, <-codes)
	}
}

// A server of metrics has those of the process, too, and nothing else.
func TestServe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := Serve(l, func() Source { return Source{} })
	defer s.Close()
	defer http.DefaultClient.CloseIdleConnections()
	for path, want := range map[string]int{Path: 200, "/": 404, "/debug/pprof/": 404} {
		answer, err := http.Get("http://" + s.Addr().String() + path)
		require.NoError(t, err)
		require.Equal(t, want, answer.StatusCode, path)
		var body strings.Builder
		require.NoError(t, answer.Write(&body))
		if want == 200 {
			require.Contains(t, body.String(), "\nprocess_cpu_seconds_total ")
			require.Contains(t, body.String(), "\ngo_goroutines ")
		}
	}
}
