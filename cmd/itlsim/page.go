package main

import (
	"fmt"
	"io"
	"net"

	"itlsim/demo"
	"itlsim/internal/guard"
	"itlsim/scenarios"
	"itlsim/scenarios/live"
	"itlsim/scenarios/report"
)

// checkPage finds what is wrong with a page's address and token, by the flags that give them.
func checkPage(flag, address, tokenFlag, token string) error {
	if _, err := listenAt(flag, address); err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	switch {
	case token == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()):
		return usageError("%s %s can be reached from other machines: give a %s too", flag, address, tokenFlag)
	case token != "" && len(token) < guard.MinToken:
		return usageError("%s has %d characters: want %d or more, such as openssl rand -hex 16 prints",
			tokenFlag, len(token), guard.MinToken)
	}
	return nil
}

// pageAt are the flags of a run that people watch in a browser.
type pageAt struct {
	Page      string `help:"${run_page}" placeholder:"ADDR"`
	PageToken string `help:"${demo_token}" env:"ITLSIM_DEMO_TOKEN" placeholder:"TOKEN"`
}

// check finds what is wrong with them, for so many phones.
func (p *pageAt) check(phones int) error {
	switch {
	case p.Page == "":
		return nil
	case phones > demo.MaxPhones:
		return usageError("--page: it has room for %d phones at most", demo.MaxPhones)
	}
	return checkPage("--page", p.Page, "--page-token", p.PageToken)
}

// runPage is the page of a run; the zero value is none.
type runPage struct {
	run  live.Run
	page *demo.Watched
}

// listen listens before anything else is begun.
func (p *pageAt) listen() (*runPage, error) {
	r := &runPage{}
	if p.Page == "" {
		return r, nil
	}
	var err error
	if r.page, err = demo.Watch(p.Page, p.PageToken); err != nil {
		err = fmt.Errorf("--page: %w", err)
	}
	return r, err
}

// stage is where the run plays.
func (r *runPage) stage() scenarios.Stage {
	if r.page == nil {
		return nil
	}
	return &r.run
}

// show shows the lab, now that there is one, and says where.
func (r *runPage) show(out io.Writer) {
	if r.page != nil {
		r.page.Show(r.run.Lab)
		fmt.Fprintf(out, "page: %s\n", r.page.URL())
	}
}

// ended shows how the run ended.
func (r *runPage) ended(how *report.Report) {
	if r.page != nil && how != nil {
		r.run.Ended(how.Outcome() + ": " + how.Verdict)
	}
}

// close ends the page.
func (r *runPage) close() {
	if r.page != nil {
		_ = r.page.Close()
	}
}
