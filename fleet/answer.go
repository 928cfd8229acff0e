package fleet

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"

	"itlsim/phone"
	"itlsim/sip"
	"itlsim/tftp"
	"itlsim/tvs"
)

// FileAnswer is the event that ends a request for a file. The request got data, or
// an error: one that wraps [tftp.ErrNotFound], a [*tftp.TooLargeError], or any
// other, which stands for no answer. Data beyond the phone's
// limit is too large.
func FileAnswer(a phone.Fetch, data []byte, err error) phone.Event {
	switch _, large := errors.AsType[*tftp.TooLargeError](err); {
	case large, len(data) > a.Limit():
		return phone.FileTooLarge{Seq: a.Seq}
	case err == nil:
		return phone.FileReceived{Seq: a.Seq, Data: data}
	case errors.Is(err, tftp.ErrNotFound):
		return phone.FileNotFound{Seq: a.Seq}
	}
	return phone.NoAnswer{Seq: a.Seq, Err: err}
}

// TVSAnswer is the event that ends a question to a TVS. A [*tvs.MismatchError]
// stands for a server whose certificate the phone does not know, any other error
// for silence.
func TVSAnswer(a phone.AskTVS, answer tvs.Answer, err error) phone.Event {
	switch _, strange := errors.AsType[*tvs.MismatchError](err); {
	case err == nil:
		return phone.TVSAnswered{Seq: a.Seq, Answer: answer}
	case strange:
		return phone.TVSStrange{Seq: a.Seq}
	}
	return phone.TVSSilent{Seq: a.Seq, Err: err}
}

// RegisterAnswer is the event that ends a registration. alarms are those of the
// action's that were answered with 202.
func RegisterAnswer(a phone.Register, alarms phone.AlarmSet, err error) phone.Event {
	if err != nil {
		return phone.NotRegistered{Seq: a.Seq, Alarms: alarms, Err: err}
	}
	return phone.Registered{Seq: a.Seq, Alarms: alarms}
}

// ControlEvent is what a NOTIFY that a phone took asks of it; nil for nothing.
// check-version and apply-config come down to the configuration's stamp: what they
// say of dial plan, soft keys and loads a simulated phone does not have.
func ControlEvent(s sip.ServiceControl) phone.Event {
	switch s.Action {
	case sip.Reset, sip.Restart:
		return phone.Reset{Restart: s.Action == sip.Restart, Asked: true}
	case sip.CheckVersion, sip.ApplyConfig:
		if s.Result != sip.NoChange {
			return phone.CheckVersion{Stamp: *s.Config}
		}
	}
	return nil
}

// OpenAnswer is the event that ends a connection to an HTTPS service: with the
// certificate (DER) that the service showed, or with an error.
func OpenAnswer(a phone.OpenService, certificate []byte, err error) phone.Event {
	if err != nil {
		return phone.ServiceFailed{Seq: a.Seq, Err: err}
	}
	return phone.ServiceShown{Seq: a.Seq, Certificate: certificate}
}

// ReadAnswer is the event that ends the reading of an HTTPS service's page.
func ReadAnswer(a phone.ReadService, data []byte, err error) phone.Event {
	if err != nil {
		return phone.ServiceFailed{Seq: a.Seq, Err: err}
	}
	return phone.ServiceRead{Seq: a.Seq, Data: data}
}

// ParseServiceURL takes the address of an HTTPS service apart. server is where
// to connect, host:port, with port 443 where the URL has none.
func ParseServiceURL(address string) (u *url.URL, server string, err error) {
	u, err = url.Parse(address)
	if err != nil || u.Scheme != "https" {
		return nil, "", fmt.Errorf("%q is not an HTTPS address", address)
	}
	return u, net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443")), nil
}
