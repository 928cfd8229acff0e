package phone_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/phone"
)

// A keep-alive that comes while the directory opens is made up for, and the
// directory opens when the keep-alive before is through.
func TestOneThingAfterTheOther(t *testing.T) {
	l := bootedLab(t)
	step := func(ev phone.Event) (last phone.Action) {
		for _, a := range l.phone.Step(l.now, ev) {
			last = a
		}
		return last
	}
	opens := step(phone.OpenDirectory{}).(phone.OpenService)
	require.Nil(t, step(phone.KeepAlive{}))
	require.Nil(t, step(phone.KeepAlive{}))
	registers := step(phone.ServiceFailed{Seq: opens.Seq, Err: errors.New("refused")}).(phone.Register)
	require.Equal(t, phone.HostNotFound, l.phone.Screen().Text)
	require.Nil(t, step(phone.KeepAlive{}), "it registers already")
	require.Nil(t, step(phone.OpenDirectory{}))
	opens = step(phone.Registered{Seq: registers.Seq}).(phone.OpenService)
	require.Nil(t, step(phone.OpenDirectory{}), "it opens already")

	require.Nil(t, step(phone.KeepAlive{}))
	require.IsType(t, phone.Fetch{}, step(phone.Reset{}))
	require.Nil(t, step(phone.ServiceFailed{Seq: opens.Seq}), "a boot ends all that")
}
