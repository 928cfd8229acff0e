package usage

import (
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Processor is the processor time that this process has used.
func Processor() time.Duration {
	var created, ended, kernel, user windows.Filetime
	if windows.GetProcessTimes(windows.CurrentProcess(), &created, &ended, &kernel, &user) != nil {
		return 0
	}
	return time.Duration(ticks(kernel)+ticks(user)) * 100
}

// ticks are those of 100 ns each.
func ticks(t windows.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }

var processMemoryInfo = windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetProcessMemoryInfo")

// memoryCounters is PROCESS_MEMORY_COUNTERS (psapi.h), which package windows lacks.
type memoryCounters struct {
	size, pageFaults uint32
	peakWorkingSet   uintptr
	_                [7]uintptr
}

// PeakMemory is the most memory that this process had, in bytes.
func PeakMemory() int64 {
	c := memoryCounters{size: uint32(unsafe.Sizeof(memoryCounters{}))}
	told, _, _ := processMemoryInfo.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&c)), uintptr(c.size))
	if told == 0 {
		return 0
	}
	return int64(c.peakWorkingSet)
}
