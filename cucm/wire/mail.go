package wire

import (
	"net"
	"net/smtp"
	"time"

	"itlsim/cucm"
)

// mailPatience bounds the whole dialogue with a mail server.
const mailPatience = 10 * time.Second

// Mailer sends e-mail by SMTP ([cucm.Config.SendMail]) over connections that
// dial makes; nil takes the real network.
func Mailer(dial func(network, address string) (net.Conn, error)) func(server string, m cucm.Mail) error {
	if dial == nil {
		dial = (&net.Dialer{Timeout: mailPatience}).Dial
	}
	return func(server string, m cucm.Mail) error {
		conn, err := dial("tcp", server)
		if err != nil {
			return err
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(mailPatience)) // of the network, not of the cluster
		host, _, _ := net.SplitHostPort(server)
		client, err := smtp.NewClient(conn, host)
		if err != nil {
			return err
		}
		if err := client.Mail(m.From); err != nil {
			return err
		}
		for _, to := range m.To {
			if err := client.Rcpt(to); err != nil {
				return err
			}
		}
		w, err := client.Data()
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte(m.Text)); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		return client.Quit()
	}
}
