package scenariotest_test

import (
	"fmt"
	"testing"
)

// recorder takes the errors of a test that is meant to fail.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Error(args ...any)                 { r.said = append(r.said, fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) { r.Error(fmt.Sprintf(format, args...)) }

// Fatal goes on, as the test that is meant to fail would not.
func (r *recorder) Fatal(args ...any) { r.Error(args...) }
