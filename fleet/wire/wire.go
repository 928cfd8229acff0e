package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
	"itlsim/tvs"
)

// local is the address that a phone asks from.
func (f *Fleet) local(p *phone.Phone) netip.Addr {
	if f.config.Anywhere {
		return netip.Addr{}
	}
	return p.IP()
}

// fetch asks a server for a file from the phone's own address.
func (f *Fleet) fetch(p *phone.Phone, a phone.Fetch) phone.Event {
	if a.By == phone.HTTP {
		return f.fetchHTTP(p, a)
	}
	limits := f.config.Limits
	client := tftp.Client{Local: f.local(p), Timeout: limits.TFTPTimeout, Retries: limits.TFTPRetries, MaxSize: itl.MaxFile, Retransmits: &f.tally.Retransmits}
	var data []byte
	err := f.patiently(func() (err error) {
		data, err = client.Get(f.ctx, a.Server, a.Name)
		return err
	})
	var large *tftp.TooLargeError
	switch {
	case err == nil:
		return phone.FileReceived{Seq: a.Seq, Data: data}
	case errors.Is(err, tftp.ErrNotFound):
		f.failures.add("TFTP", a.Server, p.Name(), a.Name+" not found")
		return phone.FileNotFound{Seq: a.Seq}
	case errors.As(err, &large):
		return phone.FileTooLarge{Seq: a.Seq, Err: err}
	}
	f.failures.add("TFTP", a.Server, p.Name(), reason(err))
	return phone.NoAnswer{Seq: a.Seq, Err: err}
}

// ask asks a TVS from the phone's own address.
func (f *Fleet) ask(p *phone.Phone, a phone.AskTVS) phone.Event {
	client := tvs.Client{Local: f.local(p), MaxVersion: p.Profile().MaxTLS, Timeout: f.config.Limits.TVSTimeout}
	var answer tvs.Answer
	err := f.patiently(func() (err error) {
		answer, err = client.Ask(f.ctx, a.Server, a.Authenticate, a.Request)
		return err
	})
	var strange *tvs.MismatchError
	switch {
	case err == nil:
		return phone.TVSAnswered{Seq: a.Seq, Answer: answer}
	case errors.As(err, &strange):
		f.tally.TVSStrange.Add(1)
		f.failures.add("TVS", a.Server, p.Name(), "shows a certificate that is not in the phone's list")
		return phone.TVSStrange{Seq: a.Seq}
	}
	f.tally.TVSSilent.Add(1)
	f.failures.add("TVS", a.Server, p.Name(), a.Request.Command.String()+": "+reason(err))
	return phone.TVSSilent{Seq: a.Seq, Err: err}
}

// patiently repeats what failed for want of descriptors, ports or buffers on
// this machine: that is no fault of the network that phones are to see. When it
// goes on failing the run cannot go on.
func (f *Fleet) patiently(try func() error) error {
	err := try()
	for began := time.Now(); exhausted(err) && f.ctx.Err() == nil && time.Since(began) < f.patience; err = try() {
		time.Sleep(50 * time.Millisecond)
	}
	if exhausted(err) {
		f.end(fmt.Errorf("this machine has no descriptor, port or address left for a phone: %w", err))
	}
	return err
}

func exhausted(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRINUSE, syscall.EADDRNOTAVAIL} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
