package phone_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/phone"
)

func TestACloneGoesItsOwnWay(t *testing.T) {
	now := time.Now()
	// boots has a phone boot as far as its first answer, and lose its power.
	boots := func(p *phone.Phone) {
		fetch := p.Step(now, phone.PowerOn{})[0].(phone.Fetch)
		p.Step(now, phone.FileNotFound{Seq: fetch.Seq})
		p.Step(now, phone.PowerOff{})
	}
	profile, _ := phone.ProfileOf("7965") // asks by TFTP only
	p := phone.New(phone.Setup{Name: device, Profile: profile, Servers: []string{"tftp:69"}})
	boots(p)
	once := p.Status()
	require.NotEmpty(t, once)
	clone := p.Clone(nil)
	require.Equal(t, p, clone)
	boots(clone)
	require.Equal(t, once, p.Status())
	require.NotEqual(t, once, clone.Status())
	require.EqualValues(t, 1, p.Boots())
}
