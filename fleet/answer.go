package fleet

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
	"itlsim/tvs"
)

// FileAnswer tells a phone how its request for a file ended: with data, or with
// an error that wraps [tftp.ErrNotFound], is a [*tftp.TooLargeError], or stands
// for no answer. Data of more than [itl.MaxFile] bytes is too large.
func FileAnswer(a phone.Fetch, data []byte, err error) phone.Event {
	if err == nil && len(data) > itl.MaxFile {
		err = &tftp.TooLargeError{Server: a.Address(), Name: a.Name, Limit: itl.MaxFile}
	}
	switch _, large := errors.AsType[*tftp.TooLargeError](err); {
	case err == nil:
		return phone.FileReceived{Seq: a.Seq, Data: data}
	case errors.Is(err, tftp.ErrNotFound):
		return phone.FileNotFound{Seq: a.Seq}
	case large:
		return phone.FileTooLarge{Seq: a.Seq, Err: err}
	}
	return phone.NoAnswer{Seq: a.Seq, Err: err}
}

// TVSAnswer tells a phone how its question to a TVS ended. A [*tvs.MismatchError]
// is a server whose certificate the phone does not know; any other error stands
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

// RegisterAnswer tells a phone how its registration ended, and how many of its
// alarms were answered with 202 before.
func RegisterAnswer(a phone.Register, alarms int, err error) phone.Event {
	if err != nil {
		return phone.NotRegistered{Seq: a.Seq, Alarms: alarms, Err: err}
	}
	return phone.Registered{Seq: a.Seq, Alarms: alarms}
}

// OpenAnswer tells a phone how its connection to an HTTPS service ended: with
// the certificate (DER) that the service showed, or with an error.
func OpenAnswer(a phone.OpenService, certificate []byte, err error) phone.Event {
	if err != nil {
		return phone.ServiceFailed{Seq: a.Seq, Err: err}
	}
	return phone.ServiceShown{Seq: a.Seq, Certificate: certificate}
}

// ReadAnswer tells a phone what it read from an HTTPS service.
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
		return nil, "", fmt.Errorf("%q is no HTTPS address", address)
	}
	return u, net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443")), nil
}
