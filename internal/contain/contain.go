// Package contain keeps a fault of the program where it happens: a panic in what is done
// for one command, request or connection ends that alone, and somebody is told. What the
// Go runtime itself ends a process for (no memory, maps written at once, an endless
// recursion) cannot be contained.
package contain

import (
	"context"
	"fmt"
	"path"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

// A Fault is a panic that was contained.
type Fault struct {
	Value any
	At    string // function, file and line of this program where it happened
}

func (f *Fault) Error() string {
	return fmt.Sprintf("a fault of the program itself: %v, in %s", f.Value, f.At)
}

// Do does something. A panic in it is a [*Fault].
func Do(what func()) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &Fault{Value: value, At: at()}
		}
	}()
	what()
	return nil
}

// Serving serves connections as serve does, and tells of a panic, which ends one alone.
// told may be nil.
func Serving[Conn any](told func(error), serve func(context.Context, Conn)) func(context.Context, Conn) {
	return func(open context.Context, conn Conn) {
		err := Do(func() { serve(open, conn) })
		if err != nil && told != nil {
			told(err)
		}
	}
}

// module begins the names of this program's functions, whatever path it has.
var module = strings.TrimSuffix(reflect.TypeFor[Fault]().PkgPath(), "internal/contain")

// at finds where the panic that is being recovered from happened.
func at() string {
	var calls [64]uintptr
	frames := runtime.CallersFrames(calls[:runtime.Callers(3, calls[:])]) // beyond here and the deferred function
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, module) || strings.HasPrefix(frame.Function, "main.") {
			return fmt.Sprintf("%s (%s:%d)", frame.Function, path.Base(frame.File), frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

// Holding does something while it holds a lock, which it lets go whatever comes, so that a
// panic that is contained further out leaves it free.
func Holding(l sync.Locker, do func()) {
	l.Lock()
	defer l.Unlock()
	do()
}
