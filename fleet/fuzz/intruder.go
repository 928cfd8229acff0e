package fuzz

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
)

// forgery is what somebody in the middle does to a file.
type forgery uint8

const (
	changeByte forgery = iota
	cutShort
	signAnew // with a key of the cluster
)

// forger makes forgeries of one kind.
type forger struct {
	forgery forgery
	at      float64    // where in the file to change or cut it, from 0 to below 1
	node    *cucm.Node // whose key signs
	unit    cucm.Unit
}

// intrude puts somebody between phones and TFTP who changes files, or signs them
// with a key of the cluster that must not sign such files.
func intrude(t *trial, on targets) Act {
	unit := []cucm.Unit{cucm.ITLRecovery, cucm.TVSUnit, cucm.CallManager, cucm.Tomcat}[t.random.IntN(4)]
	if on.node.Certificate(unit) == nil {
		unit = cucm.Tomcat // a release without ITLRecovery
	}
	f := forger{at: t.random.Float64(), node: on.node, unit: unit}
	f.forgery = forgery(t.random.IntN(3))
	does := [...]string{
		"changes a byte of", "cuts off", "signs anew, with the " + string(unit) + " key of " + on.node.Name() + ",",
	}
	made := make(map[string][]byte) // by the original, so that all phones get the same bytes
	return Act{
		Text: fmt.Sprintf("somebody in the middle %s what %s fetch", does[f.forgery], on.phones()),
		do: func(_ context.Context, t *trial) error {
			t.tamper = func(i int, name string, data []byte) []byte {
				if i < on.from || i >= on.to || !(strings.HasSuffix(name, ".sgn") || strings.HasSuffix(name, ".tlv")) {
					return data
				}
				original := string(data)
				forged, ok := made[original]
				if !ok {
					forged = f.forge(name, data, t.clock.Now())
					made[original] = forged
				}
				return forged
			}
			return nil
		},
	}
}

// forge changes a file. One that cannot be read cannot be signed either, and stays
// as it is.
func (f forger) forge(name string, data []byte, now time.Time) []byte {
	at := int(f.at * float64(len(data)))
	switch f.forgery {
	case changeByte:
		forged := slices.Clone(data)
		forged[at] ^= 1
		return forged
	case cutShort:
		return slices.Clone(data[:at])
	}
	forged, err := f.sign(name, data, now)
	if err != nil {
		return data
	}
	return forged
}

// sign signs a list again, or a configuration, whose content it changes.
func (f forger) sign(name string, data []byte, now time.Time) ([]byte, error) {
	signer := f.node.Certificate(f.unit).Signer
	if strings.HasSuffix(name, ".sgn") {
		file, err := itl.ParseFile(data)
		if err != nil {
			return nil, err
		}
		payload := strings.Replace(string(file.Payload), "<sshAccess>1", "<sshAccess>0", 1)
		return itl.SignFile(name, []byte(payload), file.Digest, now, signer)
	}
	list, err := itl.ParseList(data)
	if err != nil {
		return nil, err
	}
	again, err := list.Resign(signer, now)
	if err != nil {
		return nil, err
	}
	return again.Bytes(), nil
}
