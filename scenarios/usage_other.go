//go:build !unix

package scenarios

import "time"

// usage and peakRSS are not known here.
func usage() time.Duration { return 0 }
func peakRSS() int64       { return 0 }
