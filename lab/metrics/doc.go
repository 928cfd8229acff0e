// Package metrics shows what a lab's phones and clusters do to Prometheus.
//
//	lab.Lab ─→ Source ─→ Collector ─→ Handler ─→ GET /metrics
//
// A [Collector] counts nothing by itself: each time it is asked it reads the counters that
// reports are made of. So a metric is, at the end of a run, what the run's report says.
// Times are in seconds, of the scenario's clock where they are phones'. docs/metrics.md has
// the table of all metrics.
//
// The zero value of a [Source] has nothing to show, and shows the process alone.
package metrics
