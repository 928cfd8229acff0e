//go:build !unix && !windows

package usage

import "time"

// Nothing tells what is used here.
func Processor() time.Duration { return 0 }

// PeakMemory is the most memory that this process had, in bytes.
func PeakMemory() int64 { return 0 }
